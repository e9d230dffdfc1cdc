/** Reads of many rows at once: a promise and a guard for each of hundreds cost more than reading them. */
import { type IDBPObjectStore, unwrap } from "idb";
import type { EnvoiSchema, ReadTx, StoreName } from "./schema.ts";
import { soundnessOf, unguarded } from "./sound-reads.ts";

type Row<S extends StoreName> = EnvoiSchema[S]["value"];

/** The row of each key, undefined where there is none; rejects where the transaction fails. */
export function readMany<S extends StoreName>(
  tx: ReadTx,
  name: S,
  keys: readonly EnvoiSchema[S]["key"][],
): Promise<(Row<S> | undefined)[]> {
  const guarded = tx.objectStore(name) as unknown as IDBPObjectStore;
  const store = unwrap(unguarded(guarded));
  const isSound = soundnessOf(guarded);
  const rows: (Row<S> | undefined)[] = keys.map(() => undefined);
  if (keys.length === 0) return Promise.resolve(rows);
  return new Promise((resolve, reject) => {
    let left = keys.length;
    keys.forEach((key, index) => {
      const request = store.get(key as IDBValidKey) as IDBRequest<Row<S> | undefined>;
      request.onsuccess = () => {
        if (request.result !== undefined && isSound(request.result, key))
          rows[index] = request.result;
        if (--left === 0) resolve(rows);
      };
      request.onerror = () => reject(request.error ?? new Error("a read failed"));
    });
  });
}

/** First and last of each run of neighbouring numbers: one request reads all of a run. */
export function runsOf(numbers: Iterable<number>): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}
