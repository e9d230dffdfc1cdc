/** What becomes known of mail I sent: written, acknowledged, delivered, refused. By id *and* by whom it was sent to. */
import type { Jid } from "../mail/address.ts";
import type { Message, MessageRecipient } from "../mail/message.ts";
import type { Received } from "../mail/received.ts";
import { copiesWith, intentOf, messageIdsOf, withCopies } from "../mail/retraction.ts";
import type { WrittenCopy } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/schema.ts";
import type { AccountContext } from "./context.ts";
import { hasWork } from "./ingest.ts";
import { WORKING_STORES, WorkingSet } from "./working-set.ts";

type Change = (recipient: MessageRecipient) => MessageRecipient;

export type ChangeOptions = {
  /** Changes what the outbox notes of the copy; undefined forgets it. */
  copy?: (old: WrittenCopy | undefined) => WrittenCopy | undefined;
  /** Where it says no, nothing is changed. */
  only?: (tx: WriteTx) => Promise<boolean>;
};

/** Changes one recipient's state of the message with this id; true where something changed. */
export async function changeRecipient(
  context: AccountContext,
  mid: string,
  jid: Jid,
  change: Change,
  { copy, only }: ChangeOptions = {},
): Promise<boolean> {
  const changed = await context.store.write(
    WORKING_STORES,
    async (tx) => {
      if (only !== undefined && !(await only(tx))) return false;
      const set = await WorkingSet.open(tx, context.me);
      const found = await messageSentAs(tx, mid);
      const row = found === undefined ? undefined : await set.message(found.key);
      const before = row === undefined ? undefined : copiesWith(row, mid);
      if (row === undefined || before === undefined) return false;
      const recipients = before.map((r) => (r.jid === jid ? change(r) : r));
      const isSame = JSON.stringify(recipients) === JSON.stringify(before);
      if (isSame && copy === undefined) return false;
      const next = withCopies(row, mid, recipients);
      set.change(next);
      await set.flush();
      // What becomes known of a message that was taken back is no work any more.
      if (intentOf(next)?.mid !== mid) return true;
      const old = await tx.objectStore("outbox").get(row.key);
      const noted = copy?.(old?.copies?.[jid]);
      const copies = { ...old?.copies, ...(noted === undefined ? {} : { [jid]: noted }) };
      const intent = { key: row.key, mid, createdAt: old?.createdAt ?? row.at, copies };
      if (hasWork(recipients)) void tx.objectStore("outbox").put(intent);
      else void tx.objectStore("outbox").delete(row.key);
      return true;
    },
    "strict",
  );
  if (changed) context.bus.touch(["mail", "outbox"], { urgent: true });
  return changed;
}

/** The message of mine whose stanzas, or whose retraction's, have this id. Stores: messages. */
export async function messageSentAs(tx: ReadTx, id: string): Promise<Message | undefined> {
  const index = tx.objectStore("messages").index("mid");
  const rows = await Promise.all(messageIdsOf(id).map((mid) => index.getAll(mid)));
  return rows.flat().find((row) => copiesWith(row, id) !== undefined);
}

/** My server has it (XEP-0198 section 4, or it answered a later request of the same stream). */
export function markSent(context: AccountContext, mid: string, jid: Jid): Promise<boolean> {
  return changeRecipient(context, mid, jid, (r) =>
    r.state === "waiting" || r.state === "sending" ? { ...r, state: "sent", written: true } : r,
  );
}

/** Nobody will take it; `reason` as `bounceReason` of the words reads it: a condition, a colon, technical text. */
export function markFailed(
  context: AccountContext,
  mid: string,
  jid: Jid,
  reason: string,
): Promise<boolean> {
  return changeRecipient(context, mid, jid, (r) =>
    r.state === "waiting" || r.state === "sending" ? { ...r, state: "failed", reason } : r,
  );
}

/**
 * A receipt counts only from the person the message went to (XEP-0184, PROTOCOL.md section 8). It proves more than any
 * bounce: somebody has it.
 */
export async function takeReceipt(context: AccountContext, received: Received): Promise<void> {
  if (received.receiptFor === undefined) return;
  await changeRecipient(context, received.receiptFor, received.from, (r) =>
    r.written ? { jid: r.jid, state: "delivered", written: true } : r,
  );
}
