/**
 * Withdrawn messages (XEP-0424 0.4): only whoever wrote one may, and what was written stays readable on request. The
 * word may come before the message, since archives are read newest first; so it is kept by itself.
 */
import type { Arrival, Message, NewMessage } from "../mail/message.ts";
import { putRow } from "../store/put.ts";
import type { WriteTx } from "../store/schema.ts";
import type { WorkingSet } from "./working-set.ts";

/** Notes what these arrivals withdraw, and marks what is here already. Store: retractions. */
export async function takeRetractions(
  set: WorkingSet,
  arrivals: readonly Arrival[],
): Promise<void> {
  for (const { message, retracts = "" } of arrivals) {
    const key: [typeof message.from, string] = [message.from, retracts];
    if ((await set.tx.objectStore("retractions").get(key)) !== undefined) continue;
    putRow(set.tx, "retractions", { at: message.at }, key);
    for (const row of set.withMid(retracts))
      if (row.from === message.from) set.change(asRetracted(row, message.at));
  }
}

/** The messages of a batch, those marked that were withdrawn before they came. */
export async function markRetracted(
  tx: WriteTx,
  arrivals: readonly Arrival[],
): Promise<readonly Arrival[]> {
  const store = tx.objectStore("retractions");
  if (arrivals.length === 0 || (await store.count()) === 0) return arrivals;
  return Promise.all(
    arrivals.map(async (arrival) => {
      const known = await store.get([arrival.message.from, arrival.message.mid]);
      return known === undefined
        ? arrival
        : { ...arrival, message: asRetracted(arrival.message, known.at) };
    }),
  );
}

/** A list says nothing more of what it said. */
function asRetracted<M extends Message | NewMessage>(message: M, at: number): M {
  return { ...message, snippet: "", retractedAt: at };
}
