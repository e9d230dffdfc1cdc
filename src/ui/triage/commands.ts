/** What can be done with conversations, and where it makes sense. */
import type { Place, RowView, TagView, TriageAct, TriageTarget } from "../../api/contract.ts";
import { labelOfPlace } from "../../mail/place.ts";

/** In the order of the toolbars. */
export const COMMANDS = [
  "archive",
  "moveToInbox",
  "notSpam",
  "delete",
  "deleteForever",
  "spam",
  "read",
  "unread",
  "snooze",
  "move",
  "tag",
  "mute",
  "unmute",
] as const;
export type Command = (typeof COMMANDS)[number];

/** Those that are one act; the others ask something first. */
export const ACT_OF: Partial<Record<Command, TriageAct>> = {
  archive: { do: "move", to: "archive" },
  moveToInbox: { do: "move", to: "inbox" },
  notSpam: { do: "move", to: "inbox" },
  delete: { do: "move", to: "trash" },
  spam: { do: "move", to: "spam" },
  read: { do: "read" },
  unread: { do: "unread" },
  mute: { do: "mute" },
  unmute: { do: "unmute" },
};

/** What is acted on: one conversation or many. */
export type Subject = {
  on: TriageTarget;
  count: number;
  /** As far as they are known to the page. */
  rows: readonly RowView[];
  /** Whether there are such among them; of what the page does not know, both. */
  hasUnread: boolean;
  hasRead: boolean;
  hasMuted: boolean;
  hasUnmuted: boolean;
  hasUnstarred: boolean;
  isSnoozed: boolean;
  /** Tags of each known one. */
  tags: readonly (readonly TagView[])[];
  /** Where it lies, for one that is open. */
  folders?: readonly string[];
};

export function subjectOf(on: TriageTarget, count: number, rows: readonly RowView[]): Subject {
  const isPartial = rows.length < count;
  return {
    on,
    count,
    rows,
    hasUnread: isPartial || rows.some((row) => row.unread),
    hasRead: isPartial || rows.some((row) => !row.unread),
    hasMuted: rows.some((row) => row.muted === true),
    hasUnmuted: isPartial || rows.some((row) => row.muted !== true),
    hasUnstarred: isPartial || rows.some((row) => row.starred !== true),
    isSnoozed: rows.some((row) => row.snoozedUntil !== undefined),
    tags: rows.map((row) => row.tags ?? []),
  };
}

export function isPossible(command: Command, place: Place, subject: Subject): boolean {
  const isJunk = place === "spam" || place === "trash";
  if (place === "drafts") return false;
  if (place === "outbox") return command === "tag";
  switch (command) {
    case "archive":
      return !isJunk && place !== "archive" && subject.folders?.includes("inbox") !== false;
    case "moveToInbox":
      return mayComeBack(place, subject);
    case "notSpam":
      return place === "spam";
    case "spam":
      return place !== "spam";
    case "delete":
      return !isJunk;
    case "deleteForever":
      return isJunk;
    case "read":
      return subject.hasUnread;
    case "unread":
      return subject.hasRead;
    case "snooze":
      return !isJunk;
    case "mute":
      return !isJunk && subject.hasUnmuted;
    case "unmute":
      return !isJunk && subject.hasMuted;
    case "move":
    case "tag":
      return true;
  }
}

function mayComeBack(place: Place, { folders }: Subject): boolean {
  if (place === "inbox" || place === "chats" || place === "spam" || place === "snoozed")
    return false;
  return folders?.includes("inbox") !== true;
}

/** What takes it out of the place, and nothing more. */
export function removalFrom(place: Place): TriageAct | undefined {
  const label = labelOfPlace(place);
  if (label?.kind === "tag") return { do: "tag", tag: label.id, on: false };
  switch (place) {
    case "inbox":
    case "chats":
    case "all":
      return { do: "move", to: "archive" };
    case "starred":
      return { do: "unstar" };
    case "snoozed":
      return { do: "unsnooze" };
    default:
      return label?.kind === "folder" || place === "spam" || place === "trash"
        ? { do: "move", to: "inbox" }
        : undefined;
  }
}

/** Whoever reads it is done with it. */
export function isLeaving(act: TriageAct): boolean {
  return ["move", "snooze", "mute", "delete-forever"].includes(act.do);
}
