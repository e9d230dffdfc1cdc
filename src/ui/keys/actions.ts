/**
 * Everything a person can do by a key. A part of the page says what it can do while it lives (`createActions`); the
 * listener, the palette, the help and the tooltips know no more than this table and who lives.
 */
import { createSignal, onCleanup, onMount } from "solid-js";

/** In the order in which they are shown. */
export const SECTIONS = ["triage", "list", "conversation", "select", "write", "go", "app"] as const;
export type Section = (typeof SECTIONS)[number];

/**
 * Gmail's keys (key-map.ts says how a key is written). One key may have several actions: the first that can be done is,
 * as "!" reports spam, and takes it back in Spam.
 */
const TABLE = {
  archive: act("triage", "e"),
  delete: act("triage", "#", "Delete"),
  spam: act("triage", "!"),
  notSpam: act("triage", "!"),
  star: act("triage", "s"),
  read: act("triage", "I"),
  unread: act("triage", "U"),
  unreadFrom: act("conversation", "_"),
  move: act("triage", "v"),
  tag: act("triage", "l"),
  snooze: act("triage", "b"),
  mute: act("triage", "m"),
  moveToInbox: act("triage"),
  removeFromView: act("triage", "y"),
  archiveAndNewer: act("triage", "["),
  archiveAndOlder: act("triage", "]"),
  undo: act("triage", "z", "Mod+z"),

  next: act("list", "j"),
  previous: act("list", "k"),
  open: act("list", "o", "Enter"),
  back: act("conversation", "u"),
  nextMessage: act("conversation", "n"),
  previousMessage: act("conversation", "p"),
  expandAll: act("conversation", ";"),
  collapseAll: act("conversation", ":"),
  copyLink: act("conversation", "Mod+Shift+l"),
  more: act("conversation", "."),

  select: act("select", "x"),
  selectAll: act("select", "* a"),
  selectNone: act("select", "* n"),
  selectRead: act("select", "* r"),
  selectUnread: act("select", "* u"),
  selectStarred: act("select", "* s"),
  selectUnstarred: act("select", "* t"),

  compose: act("write", "c", "d"),
  reply: act("write", "r", "R"),
  replyAll: act("write", "a", "A"),
  forward: act("write", "f", "F"),

  goInbox: act("go", "g i"),
  goStarred: act("go", "g s"),
  goSnoozed: act("go", "g b"),
  goSent: act("go", "g t"),
  goOutbox: act("go", "g o"),
  goDrafts: act("go", "g d"),
  goArchive: act("go", "g e"),
  goAll: act("go", "g a"),
  goChats: act("go", "g c"),
  goSpam: act("go", "g !"),
  goTrash: act("go", "g #"),
  goTag: act("go", "g l"),
  goFolder: act("go", "g f"),
  goSettings: act("go", "g ,"),

  palette: act("app", "Mod+k"),
  search: act("app", "/"),
  help: act("app", "?"),
  refresh: act("app"),
} as const satisfies Record<string, ActionRow>;

type ActionRow = { section: Section; keys: readonly string[] };
export type ActionId = keyof typeof TABLE;

export const ACTIONS: Readonly<Record<ActionId, ActionRow>> = TABLE;
export const ACTION_IDS = Object.keys(TABLE) as ActionId[];

/** Has its key, and nothing to do yet: nobody is told of it. */
const UNBUILT: readonly ActionId[] = ["search"];
export const SETTABLE_IDS = ACTION_IDS.filter((id) => !UNBUILT.includes(id));

function act(section: Section, ...keys: string[]): ActionRow {
  return { section, keys };
}

/** Returns false where it does not apply: the one that was there before is asked, and then the next action of the key. */
export type Handler = () => boolean | void;
export type Handlers = Partial<Record<ActionId, Handler>>;

type Entry = { handlers: Handlers; isPossible: () => boolean };
const entries: Entry[] = [];
/** Who lives, as a signal: the help and the palette follow it. */
const [lives, setLives] = createSignal(0);

/**
 * What can be done while the owner lives; the last that came is asked first. `isPossible`: whether any of it can be done
 * now; where not, the palette does not offer it.
 */
export function createActions(handlers: Handlers, isPossible: () => boolean = () => true): void {
  const entry = { handlers, isPossible };
  onMount(() => {
    entries.push(entry);
    setLives((n) => n + 1);
  });
  onCleanup(() => {
    const index = entries.indexOf(entry);
    if (index >= 0) entries.splice(index, 1);
    setLives((n) => n + 1);
  });
}

/** Does it, by whoever can. False where nobody did. */
export function runAction(id: ActionId): boolean {
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i];
    const handler = entry?.handlers[id];
    if (handler !== undefined && entry?.isPossible() === true && handler() !== false) return true;
  }
  return false;
}

/** Whether anybody does it, now or once there is something to do it to. */
export function isOffered(id: ActionId): boolean {
  lives();
  return entries.some((entry) => entry.handlers[id] !== undefined);
}

export function isAvailable(id: ActionId): boolean {
  lives();
  return entries.some((entry) => entry.handlers[id] !== undefined && entry.isPossible());
}

/** What somebody can do now, in the order of the table. */
export function availableActions(): ActionId[] {
  return ACTION_IDS.filter(isAvailable);
}

/** Held down, a key walks on; nothing else is done again and again. */
export function isRepeatable(id: ActionId): boolean {
  return ["next", "previous", "nextMessage", "previousMessage"].includes(id);
}
