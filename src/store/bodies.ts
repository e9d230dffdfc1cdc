import type { Body } from "../mail/message.ts";
import type { ReadTx } from "./schema.ts";

/** The texts of messages, by key. Messages that came one after the other are one request, not one each. */
export async function readBodies(tx: ReadTx, keys: readonly number[]): Promise<Map<number, Body>> {
  const bodies = tx.objectStore("bodies");
  const found = await Promise.all(
    runsOf(keys).map(async ([first, last]) =>
      first === last ? [await bodies.get(first)] : bodies.getAll(IDBKeyRange.bound(first, last)),
    ),
  );
  return new Map(
    found.flat().flatMap((body) => (body === undefined ? [] : [[body.key, body] as const])),
  );
}

/** Keys without a gap between them, as first and last. */
function runsOf(keys: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const key of keys.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && key <= run[1] + 1) run[1] = key;
    else runs.push([key, key]);
  }
  return runs;
}
