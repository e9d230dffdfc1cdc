/** What becomes known of mail I sent: acknowledged, delivered, bounced. Each by id *and* by whom it was sent to. */
import type { Jid } from "../mail/address.ts";
import { domainOf } from "../mail/address.ts";
import { leastDelivered } from "../mail/delivery.ts";
import type { MessageRecipient } from "../mail/message.ts";
import type { Received, StanzaProblem } from "../mail/received.ts";
import type { AccountContext } from "./context.ts";
import { hasWork } from "./ingest.ts";
import { WORKING_STORES, WorkingSet } from "./working-set.ts";

type Change = (recipient: MessageRecipient) => MessageRecipient;

/** Changes one recipient's state of the message with this id; true where something changed. */
export async function changeRecipient(
  context: AccountContext,
  mid: string,
  jid: Jid,
  change: Change,
): Promise<boolean> {
  const changed = await context.store.write(
    WORKING_STORES,
    async (tx) => {
      const set = await WorkingSet.open(tx, context.me);
      const keys = await tx.objectStore("messages").index("mid").getAll(mid);
      const found = keys.find((row) => row.direction === "out" && row.recipients !== undefined);
      const row = found === undefined ? undefined : await set.message(found.key);
      if (row?.recipients === undefined) return false;
      const recipients = row.recipients.map((r) => (r.jid === jid ? change(r) : r));
      if (JSON.stringify(recipients) === JSON.stringify(row.recipients)) return false;
      const delivery = leastDelivered(recipients.map((r) => r.state));
      set.change({ ...row, recipients, ...(delivery === undefined ? {} : { delivery }) });
      const outbox = tx.objectStore("outbox");
      if (hasWork(recipients)) void outbox.put({ key: row.key, mid, createdAt: row.at });
      else void outbox.delete(row.key);
      await set.flush();
      return true;
    },
    "strict",
  );
  if (changed) context.bus.touch(["mail", "outbox"], { urgent: true });
  return changed;
}

/** My server has it (XEP-0198 section 4, or it answered a later request of the same stream). */
export function markSent(context: AccountContext, mid: string, jid: Jid): Promise<boolean> {
  return changeRecipient(context, mid, jid, (r) =>
    r.state === "waiting" || r.state === "sending"
      ? { jid: r.jid, state: "sent", written: true }
      : r,
  );
}

/** A receipt counts only from the person the message went to (XEP-0184, PROTOCOL.md section 8). */
export async function takeReceipt(context: AccountContext, received: Received): Promise<void> {
  if (received.receiptFor === undefined) return;
  await changeRecipient(context, received.receiptFor, received.from, (r) =>
    r.state === "failed" ? r : { jid: r.jid, state: "delivered", written: true },
  );
}

/** A bounce: from the recipient, from their domain, or from my own server on their behalf. */
export async function takeBounce(context: AccountContext, received: Received): Promise<boolean> {
  const { id, from, problem } = received;
  if (id === undefined || problem === undefined) return false;
  const candidates = await bouncedRecipients(context, id, from);
  for (const jid of candidates) {
    await changeRecipient(context, id, jid, (r) => {
      // A device that vanished answers for a copy another one got (PROTOCOL.md section 3, rule 5).
      const ghost =
        problem.condition === "recipient-unavailable" &&
        (r.state === "sent" || r.state === "delivered");
      return ghost || r.state === "delivered"
        ? r
        : { jid: r.jid, state: "failed", written: true, reason: reasonOf(problem) };
    });
  }
  return candidates.length > 0;
}

async function bouncedRecipients(context: AccountContext, mid: string, from: Jid): Promise<Jid[]> {
  const rows = await context.store.read(["messages"], (tx) =>
    tx.objectStore("messages").index("mid").getAll(mid),
  );
  const recipients = rows.find((row) => row.direction === "out")?.recipients ?? [];
  const exact = recipients.filter((r) => r.jid === from);
  if (exact.length > 0) return exact.map((r) => r.jid);
  const own = from === context.me || from === domainOf(context.me);
  const rest = recipients.filter(
    (r) => domainOf(r.jid) === from || (own && recipients.length === 1),
  );
  return rest.map((r) => r.jid);
}

/** Condition and the server's own words: "service-unavailable", "item-not-found: No such user". */
function reasonOf(problem: StanzaProblem): string {
  return problem.text === undefined || problem.text === ""
    ? problem.condition
    : `${problem.condition}: ${problem.text}`;
}
