/** Sorted places and their counters, kept in the transaction that changes a conversation: never counted. */
import { type Conversation, listings } from "../mail/conversation.ts";
import type { ListPlace } from "../mail/place.ts";
import { entryKey, mailboxRange } from "./keys.ts";
import { putRow } from "./put.ts";
import type { ReadTx, WriteTx } from "./schema.ts";

export type PlaceCount = { total: number; unread: number };
/** Places with something in them, and some with nothing. */
export type PlaceTotals = { [P in ListPlace]?: PlaceCount };

export const NONE: PlaceCount = { total: 0, unread: 0 };

/** Where a reader was last: the way on from there is short, from the top it may be long. */
export type EntryMark = { offset: number; key: [string, number, number] };

/** Ids of the conversations of a place, from number `offset` on. */
export async function readEntries(
  tx: ReadTx,
  place: ListPlace,
  offset: number,
  limit: number,
  mark?: EntryMark,
): Promise<{ ids: number[]; mark?: EntryMark }> {
  const entries = tx.objectStore("entries");
  const range = mailboxRange(place);
  if (offset === 0) return { ids: await entries.getAll(range, limit) };
  const key = await keyAt(tx, range, offset, mark);
  if (key === undefined) return { ids: [] };
  const ids = await entries.getAll(IDBKeyRange.bound(key, range.upper), limit);
  return { ids, mark: { offset, key } };
}

/** Ids of all conversations of a place, in its order. */
export function allEntries(tx: ReadTx, place: ListPlace): Promise<number[]> {
  return tx.objectStore("entries").getAll(mailboxRange(place));
}

async function keyAt(
  tx: ReadTx,
  range: IDBKeyRange,
  offset: number,
  mark: EntryMark | undefined,
): Promise<EntryMark["key"] | undefined> {
  const entries = tx.objectStore("entries");
  const steps = mark === undefined ? offset : offset - mark.offset;
  if (mark === undefined || Math.abs(steps) >= offset)
    return (await (await entries.openKeyCursor(range))?.advance(offset))?.key;
  if (steps === 0) return mark.key;
  const cursor =
    steps > 0
      ? await entries.openKeyCursor(IDBKeyRange.bound(mark.key, range.upper))
      : await entries.openKeyCursor(IDBKeyRange.bound(range.lower, mark.key), "prev");
  return (await cursor?.advance(Math.abs(steps)))?.key;
}

/**
 * Moves a conversation from where it was listed to where it belongs now and adjusts `totals` in place.
 * `before` or `after` undefined: it did not exist, or no longer does.
 */
export function putEntries(
  tx: WriteTx,
  totals: PlaceTotals,
  before: Conversation | undefined,
  after: Conversation | undefined,
): void {
  const entries = tx.objectStore("entries");
  const old = placesOf(before);
  const now = placesOf(after);
  const wasUnread = before !== undefined && before.unread > 0;
  const isUnread = after !== undefined && after.unread > 0;
  for (const [place, at] of old) {
    count(totals, place, -1, wasUnread);
    if (before !== undefined && now.get(place) !== at)
      void entries.delete(entryKey(place, at, before.id));
  }
  for (const [place, at] of now) {
    count(totals, place, 1, isUnread);
    if (after !== undefined && old.get(place) !== at)
      putRow(tx, "entries", after.id, entryKey(place, at, after.id));
  }
}

function placesOf(conversation: Conversation | undefined): Map<ListPlace, number> {
  return new Map(
    conversation === undefined ? [] : listings(conversation).map((l) => [l.place, l.at]),
  );
}

function count(totals: PlaceTotals, place: ListPlace, by: 1 | -1, isUnread: boolean): void {
  const { total, unread } = totals[place] ?? NONE;
  totals[place] = { total: total + by, unread: unread + (isUnread ? by : 0) };
}
