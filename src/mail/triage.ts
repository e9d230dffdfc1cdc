/** What a person does with a conversation, as changes of its messages' fields. Pure: nothing is written here. */
import type { Jid } from "./address.ts";
import { cameIn } from "./conversation.ts";
import type { Message } from "./message.ts";
import { type FolderId, isJunk } from "./place.ts";
import type { Field, FieldValue } from "./state.ts";

export type TriageAct =
  | { do: "read" }
  /** `from`: key of the message it begins with; without it the newest that came in. */
  | { do: "unread"; from?: number }
  | { do: "star" }
  | { do: "unstar" }
  /** One message's star; `key` of it. */
  | { do: "star-message"; key: number; on: boolean }
  | { do: "move"; to: FolderId }
  | { do: "tag"; tag: string; on: boolean }
  /** `until`: epoch ms. */
  | { do: "snooze"; until: number }
  | { do: "unsnooze" }
  /** What lies in that folder goes to the archive: the folder is about to go. */
  | { do: "empty-folder"; folder: FolderId }
  | { do: "mute" }
  | { do: "unmute" }
  /** Out of trash or spam for good, on every device; the server's archive keeps what it keeps. */
  | { do: "delete-forever" };

export type FieldChange = { row: Message; field: Field; value: FieldValue };

/** The changes that make it so; those that are so already are not among them. `rows`: the whole conversation. */
export function changesOf(act: TriageAct, rows: readonly Message[], me: Jid): FieldChange[] {
  return wanted(act, rows, me).filter(({ row, field, value }) => valueOf(row, field, me) !== value);
}

function wanted(act: TriageAct, all: readonly Message[], me: Jid): FieldChange[] {
  const rows = all
    .filter((row) => row.folder !== "gone")
    .sort((a, b) => b.at - a.at || b.key - a.key);
  const each = (field: Field, value: FieldValue, of: readonly Message[] = rows): FieldChange[] =>
    of.map((row) => ({ row, field, value }));
  const newest = rows.slice(0, 1);
  const received = rows.filter((row) => cameIn(row, me));
  switch (act.do) {
    case "read":
      return each(
        "read",
        true,
        rows.filter((row) => row.unread === 1),
      );
    case "unread":
      return each("read", false, unreadFrom(rows, received, act.from));
    case "star":
      return each("star", true, newest);
    case "unstar":
      return each(
        "star",
        false,
        rows.filter((row) => row.star === 1),
      );
    case "star-message":
      return each(
        "star",
        act.on,
        rows.filter((row) => row.key === act.key),
      );
    case "move":
      return moves(act.to, rows, received);
    case "empty-folder":
      return each(
        "folder",
        "archive",
        rows.filter((row) => row.folder === act.folder),
      );
    case "tag":
      return each(`tag:${act.tag}`, act.on);
    case "snooze":
      return each("snooze", act.until, newest);
    case "unsnooze":
      return each(
        "snooze",
        null,
        rows.filter((row) => row.snooze !== undefined),
      );
    case "mute":
      // Muted is out of the way at once, as what follows will be.
      return [
        ...each("mute", true, newest),
        ...each(
          "folder",
          "archive",
          received.filter((row) => folderOf(row, me) === "inbox"),
        ),
      ];
    case "unmute":
      return each(
        "mute",
        false,
        rows.filter((row) => row.mute === 1),
      );
    case "delete-forever":
      return each(
        "folder",
        "gone",
        rows.filter((row) => isJunk(row.folder)),
      );
  }
}

/** What I sent goes along; back in the inbox it lies where it came from, unless nothing else of the mail is mine to see. */
function moves(
  to: FolderId,
  rows: readonly Message[],
  received: readonly Message[],
): FieldChange[] {
  if (to !== "inbox") return rows.map((row) => ({ row, field: "folder", value: to }));
  return rows.map((row) => ({
    row,
    field: "folder",
    value: received.length === 0 || received.includes(row) ? "inbox" : null,
  }));
}

function unreadFrom(
  rows: readonly Message[],
  received: readonly Message[],
  from: number | undefined,
): readonly Message[] {
  if (from === undefined) return received.slice(0, 1);
  const shown = rows.find((row) => row.key === from);
  // What is shown may be the correction; it stands where the first version does.
  const first = rows.find((row) => row.mid === shown?.corrects && row.from === shown.from) ?? shown;
  const since = first === undefined ? -1 : rows.indexOf(first);
  return received.filter((row) => rows.indexOf(row) <= since);
}

/** Mail lies in the inbox until somebody says otherwise; what I sent, in no folder. */
function folderOf(row: Message, me: Jid): FolderId | null {
  return row.folder ?? (cameIn(row, me) ? "inbox" : null);
}

/** What the row says now, in the state's words. */
export function valueOf(row: Message, field: Field, me: Jid): FieldValue {
  switch (field) {
    case "read":
      return row.unread !== 1;
    case "star":
      return row.star === 1;
    case "mute":
      return row.mute === 1;
    case "folder":
      return folderOf(row, me);
    case "snooze":
      return row.snooze?.until ?? null;
    default:
      return row.tags?.includes(field.slice("tag:".length)) === true;
  }
}
