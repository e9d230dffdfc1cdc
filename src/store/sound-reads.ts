/**
 * A transaction that hands out sound rows only: what `get` and `getAll` find unsound is as if it were not there, and is
 * told. In one place, so that no query, no batch and no send can be stopped by a row. Cursors give what lies there.
 */
import type { ReadTx, StoreName } from "./schema.ts";
import { isSound } from "./sound.ts";

const SOURCE = Symbol("the store itself");
const KEEPS = Symbol("whether a row of it is handed out");

/** The object store behind a guarded one. */
export function unguarded<S extends object>(store: S): S {
  return (store as { [SOURCE]?: S })[SOURCE] ?? store;
}

type Keeps = (value: unknown, key?: unknown) => boolean;

/** What a guarded store asks of its rows, for who reads past it; whatever it refuses is told. */
export function soundnessOf(store: object): Keeps {
  return (store as { [KEEPS]?: Keeps })[KEEPS] ?? (() => true);
}

type Source = Record<string, unknown>;
type Read = (...args: unknown[]) => Promise<unknown>;

export function soundReads<Tx extends ReadTx>(tx: Tx, onUnsound: (store: StoreName) => void): Tx {
  const stores = new Map<string, unknown>();
  const objectStore = (name: StoreName): unknown => {
    let made = stores.get(name);
    if (made === undefined) {
      made = guarded(tx.objectStore(name) as unknown as Source, name, onUnsound);
      stores.set(name, made);
    }
    return made;
  };
  return new Proxy(tx, {
    get(target, property) {
      if (property === "objectStore") return objectStore;
      const value = Reflect.get(target, property) as unknown;
      return typeof value === "function" ? (value as Read).bind(target) : value;
    },
  });
}

/** An object store, or one of its indexes. */
function guarded(source: Source, name: StoreName, onUnsound: (store: StoreName) => void): unknown {
  const keep: Keeps = (value, key) => {
    if (isSound(name, value, key)) return true;
    onUnsound(name);
    return false;
  };
  const reads: Record<string, Read> = {
    get: async (key) => {
      const value = await (source["get"] as Read).call(source, key);
      return value === undefined || keep(value, key) ? value : undefined;
    },
    getAll: async (...args) => {
      const all = (await (source["getAll"] as Read).apply(source, args)) as unknown[];
      return name === "meta" ? all : all.filter((value) => keep(value));
    },
  };
  const index = (wanted: string): unknown =>
    guarded((source["index"] as (n: string) => Source).call(source, wanted), name, onUnsound);
  return new Proxy(source, {
    get(target, property) {
      if (property === SOURCE) return target;
      if (property === KEEPS) return keep;
      if (property === "index") return index;
      const read = typeof property === "string" ? reads[property] : undefined;
      if (read !== undefined) return read;
      const value = Reflect.get(target, property) as unknown;
      return typeof value === "function" ? (value as Read).bind(target) : value;
    },
  });
}
