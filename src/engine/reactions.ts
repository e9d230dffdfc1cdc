/** Reactions (XEP-0444) go to their messages; one that comes first, as in an archive that is read backwards, waits. */
import type { Arrival } from "../mail/message.ts";
import { type Reaction, withReaction } from "../mail/reactions.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { WriteTx } from "../store/schema.ts";
import type { WorkingSet } from "./working-set.ts";

/** So many wait; the oldest are forgotten. */
const MAX_AHEAD = 500;

/** Notes what these arrivals say of messages that are here, and keeps the rest. Store: meta. */
export async function takeReactions(set: WorkingSet, arrivals: readonly Arrival[]): Promise<void> {
  const ahead: (Reaction & { mid: string })[] = [];
  for (const { message, reacts } of arrivals) {
    if (reacts === undefined) continue;
    const reaction = { jid: message.from, at: message.at, emoji: reacts.emoji };
    const rows = set.withMid(reacts.to);
    if (rows.length === 0) ahead.push({ ...reaction, mid: reacts.to });
    for (const row of rows) {
      const next = withReaction(row, reaction);
      if (next !== row) set.change(next);
    }
  }
  if (ahead.length === 0) return;
  const known = (await readMeta(set.tx, "reactionsAhead")) ?? [];
  putMeta(set.tx, "reactionsAhead", [...known, ...ahead].slice(-MAX_AHEAD));
}

/** The messages of a batch, with what was said of them before they came. */
export async function withReactionsAhead(
  tx: WriteTx,
  arrivals: readonly Arrival[],
): Promise<readonly Arrival[]> {
  const ahead = (await readMeta(tx, "reactionsAhead")) ?? [];
  if (ahead.length === 0) return arrivals;
  const mids = new Set(arrivals.map((arrival) => arrival.message.mid));
  const left = ahead.filter((reaction) => !mids.has(reaction.mid));
  if (left.length === ahead.length) return arrivals;
  putMeta(tx, "reactionsAhead", left);
  return arrivals.map((arrival) => {
    let { message } = arrival;
    for (const { mid, ...reaction } of ahead)
      if (mid === message.mid) message = withReaction(message, reaction);
    return { ...arrival, message };
  });
}
