/** Putting right what I sent (XEP-0308): a draft of it, and what of the first message the correction keeps. */
import type { Draft } from "../../mail/draft.ts";
import { draftAgain } from "../../mail/draft-again.ts";
import type { Arrival, Message } from "../../mail/message.ts";
import { waitingFor } from "../../mail/outgoing.ts";
import { reached } from "../../mail/retraction.ts";
import { splitQuote } from "../../mail/snippet.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { firstVersion } from "../first-version.ts";

/** `key`: of the version that is shown. Null where it cannot be put right any more. */
export async function beginCorrection(
  context: AccountContext,
  { key }: { key: number },
): Promise<{ draft: Draft } | null> {
  return context.store.read(["messages", "bodies"], async (tx) => {
    const row = await tx.objectStore("messages").get(key);
    if (row === undefined || row.direction !== "out") return null;
    const [first, body] = await Promise.all([
      firstVersion(tx, row),
      tx.objectStore("bodies").get(key),
    ]);
    if (body === undefined || first.retractedAt !== undefined) return null;
    const draft = draftAgain(row, splitQuote(body.body, body.fallbacks), {
      id: crypto.randomUUID(),
      to: new Set(reached(first)),
      now: context.now(),
    });
    return { draft: { ...draft, corrects: first.mid } };
  });
}

/**
 * The correction as it goes out: to those who have the message, whatever the draft says, and naming the people the
 * message names. Undefined where there is nothing to correct. Stores: messages.
 */
export async function correctionOf(
  tx: ReadTx,
  mid: string,
  arrival: Arrival,
): Promise<Arrival | undefined> {
  const rows = await tx.objectStore("messages").index("mid").getAll(mid);
  const first = rows.find((row) => row.direction === "out");
  if (first === undefined || first.retractedAt !== undefined) return undefined;
  const recipients = waitingFor(reached(first));
  if (recipients.length === 0) return undefined;
  return { ...arrival, message: { ...arrival.message, ...addressesOf(first), recipients } };
}

function addressesOf({ to, cc, bcc }: Message): Pick<Message, "to" | "cc" | "bcc"> {
  return { to, cc, bcc };
}
