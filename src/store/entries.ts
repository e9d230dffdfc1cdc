/** Sorted mailboxes and their counters, kept in the transaction that changes a conversation: never counted. */
import { type Conversation, type ConversationMailbox, listings } from "../mail/conversation.ts";
import { entryKey, mailboxRange } from "./keys.ts";
import { putRow } from "./put.ts";
import type { ReadTx, WriteTx } from "./schema.ts";

export type MailboxTotals = Record<ConversationMailbox, { total: number; unread: number }>;

export function emptyTotals(): MailboxTotals {
  const zero = () => ({ total: 0, unread: 0 });
  return { inbox: zero(), sent: zero(), outbox: zero(), all: zero(), chats: zero() };
}

/** Where a reader was last: the way on from there is short, from the top it may be long. */
export type EntryMark = { offset: number; key: [string, number, number] };

/** Ids of the conversations of a mailbox, newest first, from number `offset` on. */
export async function readEntries(
  tx: ReadTx,
  mailbox: ConversationMailbox,
  offset: number,
  limit: number,
  mark?: EntryMark,
): Promise<{ ids: number[]; mark?: EntryMark }> {
  const entries = tx.objectStore("entries");
  const range = mailboxRange(mailbox);
  if (offset === 0) return { ids: await entries.getAll(range, limit) };
  const key = await keyAt(tx, range, offset, mark);
  if (key === undefined) return { ids: [] };
  const ids = await entries.getAll(IDBKeyRange.bound(key, range.upper), limit);
  return { ids, mark: { offset, key } };
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
  totals: MailboxTotals,
  before: Conversation | undefined,
  after: Conversation | undefined,
): void {
  const entries = tx.objectStore("entries");
  const old = new Map(before === undefined ? [] : listings(before).map((l) => [l.mailbox, l.at]));
  const now = new Map(after === undefined ? [] : listings(after).map((l) => [l.mailbox, l.at]));
  for (const [mailbox, at] of old) {
    totals[mailbox].total -= 1;
    totals[mailbox].unread -= before !== undefined && before.unread > 0 ? 1 : 0;
    if (before !== undefined && now.get(mailbox) !== at) {
      void entries.delete(entryKey(mailbox, at, before.id));
    }
  }
  for (const [mailbox, at] of now) {
    totals[mailbox].total += 1;
    totals[mailbox].unread += after !== undefined && after.unread > 0 ? 1 : 0;
    if (after !== undefined && old.get(mailbox) !== at) {
      putRow(tx, "entries", after.id, entryKey(mailbox, at, after.id));
    }
  }
}
