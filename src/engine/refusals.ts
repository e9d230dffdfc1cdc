/** A server that ends the stream over a stanza would do so for ever: who is to blame, and what is learned from it. */
import { SMALLEST_LIMIT } from "../mail/stanza-limit.ts";
import type { Jid } from "../mail/address.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { WrittenCopy } from "../store/rows.ts";
import type { ConnectionError } from "../xmpp/connection-error.ts";
import { wholeMessageBytes } from "../xmpp/socket.ts";
import type { AccountContext } from "./context.ts";
import { changeRecipient, markFailed } from "./delivery.ts";

/** So often a copy may be the only one on its way when the server ends the stream. */
const MAX_REFUSALS = 3;
/** Conditions that speak of what we sent (RFC 6120 section 4.9.3), unlike a shutdown or a conflict. */
const OF_CONTENT =
  /^(policy-violation|bad-format|invalid-xml|not-well-formed|restricted-xml|unsupported-\w|undefined-condition|internal-server-error|resource-constraint|bad-namespace-prefix)/;
/** RFC 6455 section 7.4.1: 1009 is "too big", 1008 is policy; 1003 is said to a message that came in parts. */
const OF_SIZE = /^policy-violation|code 100[389]\b|too (large|big)/;

/** A copy that is with the server, or on its way to it. */
export type InFlight = { mid: string; to: Jid; bytes: number };

/** Such a copy is not sent together with others: the next refusal is to say which one it was. */
export function isSuspect({ refusals = 0 }: WrittenCopy): boolean {
  return refusals > 0 && refusals < MAX_REFUSALS;
}

/** Reason of a copy that is larger than the server takes; in bytes. */
export function tooLarge(bytes: number, limit: number): string {
  return `too-large: ${bytes} of ${limit} bytes`;
}

/** Notes who is to blame for the end of a stream, of the copies that were on their way, oldest first. */
export async function blameFor(
  context: AccountContext,
  error: ConnectionError,
  inFlight: readonly InFlight[],
): Promise<void> {
  const { detail } = error;
  const largest = inFlight.toSorted((a, b) => b.bytes - a.bytes)[0];
  if (largest === undefined) return;
  if (OF_SIZE.test(detail) && largest.bytes >= SMALLEST_LIMIT) {
    const inParts = detail.includes("code 1003") ? wholeMessageBytes() : Infinity;
    const limit = Math.min(largest.bytes - 1, inParts);
    await learnLimit(context, limit);
    await markFailed(context, largest.mid, largest.to, tooLarge(largest.bytes, limit));
    return;
  }
  if (!OF_CONTENT.test(detail) && !OF_SIZE.test(detail)) return;
  // The first is as likely as any; from the second time on they go one by one.
  const [suspect] = inFlight;
  if (suspect === undefined) return;
  let refusals = 0;
  await changeRecipient(context, suspect.mid, suspect.to, (r) => r, {
    copy: (old) => {
      refusals = (old?.refusals ?? 0) + 1;
      return { ...old, refusals };
    },
  });
  if (refusals >= MAX_REFUSALS) await markFailed(context, suspect.mid, suspect.to, detail);
}

async function learnLimit({ store }: AccountContext, bytes: number): Promise<void> {
  await store.write(["meta"], async (tx) => {
    const known = await readMeta(tx, "stanzaLimit");
    const learned = Math.min(bytes, known?.learned ?? bytes);
    putMeta(tx, "stanzaLimit", { ...known, learned });
  });
}
