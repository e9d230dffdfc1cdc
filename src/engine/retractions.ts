/**
 * Withdrawn messages (XEP-0424 0.4): only whoever wrote one may, and what was written stays readable on request. The
 * word may come before the message, since archives are read newest first; so it is kept by itself.
 */
import type { Jid } from "../mail/address.ts";
import type { Arrival, Message, NewMessage } from "../mail/message.ts";
import { putRow } from "../store/put.ts";
import type { ReadTx, WriteTx } from "../store/schema.ts";
import type { WorkingSet } from "./working-set.ts";

/** Notes what these arrivals withdraw, and marks what is here already. Store: retractions. */
export async function takeRetractions(
  set: WorkingSet,
  arrivals: readonly Arrival[],
): Promise<void> {
  for (const { message, retracts: mid = "" } of arrivals)
    await takeRetraction(set, { from: message.from, mid, at: message.at });
}

/** One of them; its corrections go with it. Store: retractions. */
export async function takeRetraction(
  set: WorkingSet,
  { from, mid, at }: { from: Jid; mid: string; at: number },
): Promise<void> {
  if ((await retractionOf(set.tx, from, mid)) !== undefined) return;
  putRow(set.tx, "retractions", { at }, [from, mid]);
  const corrections = (await set.referringTo(mid)).filter((row) => row.corrects === mid);
  for (const row of [...set.withMid(mid), ...corrections])
    if (row.from === from) set.change(asRetracted(row, at));
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
      const { from, mid, corrects } = arrival.message;
      const known =
        (await retractionOf(tx, from, mid)) ??
        (corrects === undefined ? undefined : await retractionOf(tx, from, corrects));
      return known === undefined
        ? arrival
        : { ...arrival, message: asRetracted(arrival.message, known.at) };
    }),
  );
}

function retractionOf(tx: ReadTx, from: Jid, mid: string): Promise<{ at: number } | undefined> {
  return tx.objectStore("retractions").get([from, mid]);
}

/** A list says nothing more of what it said. */
function asRetracted<M extends Message | NewMessage>(message: M, at: number): M {
  return { ...message, snippet: "", retractedAt: at };
}
