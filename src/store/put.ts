/** Puts whose outcome is the transaction's: a promise for each of thousands costs a third of writing them. */
import { type IDBPObjectStore, unwrap } from "idb";
import { unguarded } from "./sound-reads.ts";
import type { EnvoiSchema, StoreName, WriteTx } from "./schema.ts";

/** Where it fails the transaction does, and whoever waits for that hears of it. */
export function putRow<S extends StoreName>(
  tx: WriteTx,
  store: S,
  value: EnvoiSchema[S]["value"],
  key?: EnvoiSchema[S]["key"],
): void {
  unwrap(unguarded(tx.objectStore(store) as unknown as IDBPObjectStore)).put(value, key);
}
