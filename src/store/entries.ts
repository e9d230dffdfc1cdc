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

/** Ids of the conversations of a mailbox, newest first, from number `offset` on. */
export async function readEntries(
  tx: ReadTx,
  mailbox: ConversationMailbox,
  offset: number,
  limit: number,
): Promise<number[]> {
  const entries = tx.objectStore("entries");
  const range = mailboxRange(mailbox);
  if (offset === 0) return entries.getAll(range, limit);
  const cursor = await (await entries.openKeyCursor(range))?.advance(offset);
  if (cursor === null || cursor === undefined) return [];
  return entries.getAll(IDBKeyRange.bound(cursor.key, range.upper), limit);
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
