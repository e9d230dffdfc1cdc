/** What an act makes of the rows of a place, before the worker has said so. */
import type {
  Place,
  RowView,
  TagView,
  TriageAct,
  TriageTarget,
  WindowView,
} from "../../api/contract.ts";
import { isJunk, labelOfPlace, placeOfFolder } from "../../mail/place.ts";
import type { Patch } from "../list/overlay.ts";

export type Asked = {
  act: TriageAct;
  on: TriageTarget;
  /** The tag, for "tag". */
  tag?: TagView;
  /** The folder's name, for "move" into one of the person's own. */
  folder?: string;
};

/** `now`: what comes in later is not meant by "all of the place". */
export function patchOf(asked: Asked, now: number): Patch {
  return (view) => {
    const rows: RowView[] = [];
    let unread = view.unread;
    for (const row of view.rows) {
      const next = isMeant(asked.on, row, view.mailbox, now)
        ? rowAfter(asked, view.mailbox, row)
        : row;
      if (next !== undefined) rows.push(next);
      unread += (next?.unread === true ? 1 : 0) - (row.unread ? 1 : 0);
    }
    const isSame = rows.length === view.rows.length && rows.every((row, i) => row === view.rows[i]);
    return isSame ? view : { ...view, rows, unread, total: totalAfter(asked, view, rows.length) };
  };
}

function totalAfter({ on }: Asked, view: WindowView, left: number): number {
  const gone = view.rows.length - left;
  // Of all but some, those are left, and whatever came in since.
  if ("place" in on && gone > 0) return left;
  return Math.max(left, view.total - gone);
}

function isMeant(on: TriageTarget, row: RowView, place: Place, now: number): boolean {
  if (row.kind !== "conversation") return false;
  if ("conversations" in on) return on.conversations.includes(row.id);
  return on.place === place && row.at <= now && !on.except.includes(row.id);
}

/** The row as it will be, undefined where it leaves the place; the same one where nothing changes. */
function rowAfter(asked: Asked, place: Place, row: RowView): RowView | undefined {
  const { act } = asked;
  switch (act.do) {
    case "read":
      return row.unread ? { ...row, unread: false } : row;
    case "unread":
      return row.unread ? row : { ...row, unread: true };
    case "star":
      return row.starred === true ? row : { ...row, starred: true };
    case "unstar":
      return row.starred === true ? unstarred(place, row) : row;
    case "star-message":
    case "empty-folder":
      return row;
    case "move":
      return moved(asked, act.to, place, row);
    case "tag":
      return tagged(asked, act.on, place, row);
    case "snooze":
      return snoozed(act.until, place, row);
    case "unsnooze":
      return woken(place, row);
    case "mute":
      if (place === "inbox") return undefined;
      return row.muted === true ? row : { ...row, muted: true };
    case "unmute":
      return row.muted === true ? without(row, "muted") : row;
    case "delete-forever":
      return place === "spam" || place === "trash" ? undefined : row;
  }
}

function without<K extends keyof RowView>(row: RowView, ...fields: K[]): RowView {
  const next = { ...row };
  for (const field of fields) delete next[field];
  return next;
}

function unstarred(place: Place, row: RowView): RowView | undefined {
  return place === "starred" ? undefined : without(row, "starred");
}

function woken(place: Place, row: RowView): RowView | undefined {
  if (row.snoozedUntil === undefined) return row;
  return place === "snoozed" ? undefined : without(row, "snoozedUntil");
}

function moved({ folder }: Asked, to: string, place: Place, row: RowView): RowView | undefined {
  const there = placeOfFolder(to);
  const isOwn = there?.startsWith("folder:") === true;
  const folders = isOwn && folder !== undefined ? [folder] : [];
  const isSame = JSON.stringify(row.folders ?? []) === JSON.stringify(folders);
  const next = isSame ? row : { ...without(row, "folders"), ...(isOwn ? { folders } : {}) };
  switch (place) {
    case "outbox":
    case "drafts":
      return row;
    case "all":
    case "starred":
    case "sent":
    case "snoozed":
      return isJunk(to) ? undefined : next;
    case "chats":
      return to === "inbox" ? next : undefined;
    default:
      if (labelOfPlace(place)?.kind === "tag") return isJunk(to) ? undefined : next;
      return there === place ? next : undefined;
  }
}

function tagged({ tag }: Asked, isOn: boolean, place: Place, row: RowView): RowView | undefined {
  if (tag === undefined) return row;
  const has = row.tags?.some(({ id }) => id === tag.id) === true;
  if (has === isOn) return row;
  if (isOn) return { ...row, tags: [...(row.tags ?? []), tag] };
  if (place === `tag:${tag.id}`) return undefined;
  const tags = row.tags?.filter(({ id }) => id !== tag.id) ?? [];
  return tags.length === 0 ? without(row, "tags") : { ...row, tags };
}

function snoozed(until: number, place: Place, row: RowView): RowView | undefined {
  if (place === "inbox" || place === "chats") return undefined;
  if (row.snoozedUntil === until) return row;
  return { ...without(row, "wokeAt"), snoozedUntil: until };
}

/** Puts rows back as they were, where they were: `before` is what an act found. */
export function restoreOf(before: WindowView, after: WindowView): Patch {
  const left = new Map(after.rows.map((row) => [row.id, row]));
  const changed = before.rows.flatMap((row, i) =>
    left.get(row.id) === row ? [] : [{ row, index: before.offset + i }],
  );
  return (view) => {
    if (view.mailbox !== before.mailbox) return view;
    const rows = [...view.rows];
    let unread = view.unread;
    let back = 0;
    for (const { row, index } of changed) {
      const at = rows.findIndex(({ id }) => id === row.id);
      const old = rows[at];
      unread += (row.unread ? 1 : 0) - (old?.unread === true ? 1 : 0);
      if (old === undefined) {
        back += 1;
        rows.splice(Math.max(0, Math.min(index - view.offset, rows.length)), 0, row);
      } else if (JSON.stringify(old) !== JSON.stringify(row)) rows[at] = row;
    }
    const isSame = back === 0 && rows.every((row, i) => row === view.rows[i]);
    return isSame ? view : { ...view, rows, unread, total: view.total + back };
  };
}
