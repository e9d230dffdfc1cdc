/** Words of what is done with conversations: toolbars, pickers, tags and folders. Loaded with them. */
import type { TriageProgress, UndoableAct } from "../../api/contract.ts";
import { isolated } from "../../base/isolated.ts";
import { count, plural } from "../words.ts";

/** Whatever can be done: some of it cannot be taken back. */
export type Verb = UndoableAct | "delete-forever";

const DID: Record<Verb, string> = {
  archive: "archived",
  trash: "moved to Trash",
  spam: "reported as spam",
  inbox: "moved to Inbox",
  move: "moved",
  read: "marked as read",
  unread: "marked as unread",
  star: "starred",
  unstar: "unstarred",
  tag: "tagged",
  untag: "untagged",
  snooze: "snoozed",
  unsnooze: "woken",
  mute: "muted",
  unmute: "unmuted",
  "delete-forever": "deleted forever",
  "delete-label": "deleted",
  "change-label": "changed",
  "discard-draft": "draft discarded",
};

const DOING: Partial<Record<Verb, string>> = {
  archive: "Archiving",
  trash: "Moving to Trash",
  spam: "Reporting as spam",
  inbox: "Moving to Inbox",
  move: "Moving",
  read: "Marking as read",
  unread: "Marking as unread",
  star: "Starring",
  unstar: "Unstarring",
  tag: "Tagging",
  untag: "Untagging",
  snooze: "Snoozing",
  unsnooze: "Waking",
  mute: "Muting",
  unmute: "Unmuting",
  "delete-forever": "Deleting forever",
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "Archived", "3 conversations archived", "Moved to Work". `name`: of the folder or tag. */
export function didText(act: Verb, many: number, name = ""): string {
  const to =
    name === "" ? "" : act === "untag" ? `, without ${isolated(name)}` : ` ${toWhere(act, name)}`;
  const what = `${DID[act]}${to}`;
  return many === 1 ? capital(what) : `${plural(many, "conversation", "conversations")} ${what}`;
}

function toWhere(act: Verb, name: string): string {
  if (act === "snooze") return `until ${name}`;
  return act === "tag" ? isolated(name) : `to ${isolated(name)}`;
}

/** "Archiving 1,200 of 10,000". */
export function progressText({ act, done, total }: NonNullable<TriageProgress>): string {
  return `${(act === "undo" ? undefined : DOING[act]) ?? "Undoing"} ${count(done)} of ${count(total)}`;
}

/** What Undo takes back: "archived, 3 conversations". */
export function undoTitle(view: { act: Verb; count: number } | null): string {
  if (view === null) return "Nothing to undo";
  const what = DID[view.act];
  if (view.act === "delete-label" || view.act === "change-label")
    return `Undo: tag or folder ${what}`;
  return `Undo: ${view.count === 1 ? what : `${plural(view.count, "conversation", "conversations")} ${what}`}`;
}

export function undoneText(view: { act: Verb; count: number } | null): string {
  return view === null ? "Nothing to undo" : `Undone: ${undoTitle(view).slice("Undo: ".length)}`;
}

export const presetName = {
  later: "Later today",
  tomorrow: "Tomorrow",
  weekend: "This weekend",
  "next-week": "Next week",
} as const;

/** Names of HUES, in their order. */
export const HUE_NAMES = ["Red", "Orange", "Yellow", "Green", "Teal", "Blue", "Purple", "Pink"];

type Kind = "tag" | "folder";

export const triageWords = {
  toolbar: "Selected conversations",
  archive: "Archive",
  delete: "Delete",
  spam: "Report spam",
  notSpam: "Not spam",
  read: "Mark as read",
  unread: "Mark as unread",
  move: "Move",
  tag: "Tag",
  snooze: "Snooze",
  mute: "Mute",
  unmute: "Unmute",
  moveToInbox: "Move to Inbox",
  deleteForever: "Delete forever",
  undo: "Undo",
  selected: "selected",
  selectAllIn: (n: number, view: string) => `Select all ${count(n)} in ${view}`,
  allIn: (n: number, view: string) => `All ${count(n)} in ${view} are selected.`,
  clear: "Clear selection",
  blockSender: "Block sender",
  blocked: (name: string) => `${isolated(name)} is blocked`,
  notBlocked: (host: string) => `${host} does not offer blocking. Nobody was blocked.`,
  failed: "That could not be kept: nothing was changed.",
  nothing: "Nothing to change",
  moveTo: "Move to",
  filterFolders: "Folder",
  newFolderNamed: (name: string) => `New folder ${name}`,
  filterTags: "Find or create a tag",
  newTagNamed: (name: string) => `New tag ${name}`,
  noTags: "No tags yet: type a name to make one.",
  done: "Done",
  cancel: "Cancel",
  snoozeUntil: "Snooze until",
  times: "Times",
  when: "Date or time",
  whenExample: "fri 9, in 3 days, 12 May",
  notUnderstood: "Not understood. Try “fri 9”, “in 3 days” or “2027-01-05 14:30”.",
  until: (time: string) => `Until ${time}`,
  wake: "Wake now",
  empty: { trash: "Empty Trash", spam: "Empty Spam" },
  emptyTitle: { trash: "Empty Trash?", spam: "Empty Spam?" },
  foreverTitle: "Delete forever?",
  forever: (n: number) =>
    `${plural(n, "conversation is", "conversations are")} forgotten for good: Envoi does not show or fetch ${n === 1 ? "it" : "them"} again. Your other devices forget ${n === 1 ? "it" : "them"} too, as soon as they hear of it. There is no Undo.`,
  serverForgot: (host: string) => `${host} keeps no archive: nothing of this stays there.`,
  serverKeeps: (host: string) =>
    `${host} keeps its own copy in its archive. Mail cannot be deleted there.`,
  serverKeepsFor: (host: string, time: string) =>
    `${host} keeps its own copy in its archive for ${time}. It cannot be deleted there before.`,
  tags: "Tags",
  folders: "Folders",
  newTag: "New tag",
  newFolder: "New folder",
  options: (name: string) => `Options for ${name}`,
  rename: "Rename",
  colour: "Colour",
  moveInside: "Move inside",
  moveUp: "Move up",
  moveDown: "Move down",
  name: "Name",
  inside: "Inside",
  top: "Nothing, at the top",
  save: "Save",
  edit: (kind: Kind, name: string) => `${kind === "tag" ? "Tag" : "Folder"} ${isolated(name)}`,
  made: (name: string) => `${isolated(name)} made`,
  saved: (name: string) => `${isolated(name)} saved`,
  deleted: (name: string) => `${isolated(name)} deleted`,
  deleteTitle: (name: string) => `Delete ${isolated(name)}?`,
  deleteFolder: (n: number) =>
    n === 0
      ? "There is no mail in this folder."
      : `Its ${plural(n, "conversation goes", "conversations go")} to Archive.`,
  deleteTag: (n: number) =>
    n === 0
      ? "No mail has this tag."
      : `${plural(n, "conversation loses", "conversations lose")} this tag. The mail itself stays where it is.`,
  deleteInside: (kind: Kind, n: number) =>
    `The ${plural(n, kind, `${kind}s`)} inside ${n === 1 ? "moves" : "move"} up one level.`,
  problem: {
    "no-name": "Give it a name.",
    "same-name": "There is one of this name here already. Choose another name, or another place.",
    inside: "It cannot stand inside itself, or inside what stands in it.",
  },
  dragged: (n: number, subject: string) =>
    n === 1 ? isolated(subject) : plural(n, "conversation", "conversations"),
} as const;
