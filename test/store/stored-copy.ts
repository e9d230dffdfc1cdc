/**
 * A whole database as JSON, schema and rows, and back: how databases of earlier versions are kept for the tests.
 * Knows nothing of the app's own schema, so that what it restores is what once lay on somebody's machine.
 */

type IndexCopy = { name: string; keyPath: string | string[]; multiEntry: boolean; unique: boolean };
type StoreCopy = {
  name: string;
  keyPath: string | string[] | null;
  autoIncrement: boolean;
  indexes: IndexCopy[];
};
export type SchemaCopy = StoreCopy[];
export type StoredCopy = {
  version: number;
  schema: SchemaCopy;
  /** Per store: key and value of each row. */
  rows: Record<string, [unknown, unknown][]>;
};

/** Reads everything there is. */
export async function copyDatabase(db: IDBDatabase): Promise<StoredCopy> {
  const names = [...db.objectStoreNames];
  const tx = db.transaction(names, "readonly");
  const rows: StoredCopy["rows"] = {};
  for (const name of names) {
    const store = tx.objectStore(name);
    const [keys, values] = [await answer(store.getAllKeys()), await answer(store.getAll())];
    rows[name] = keys.map((key, index) => [encoded(key), encoded(values[index])]);
  }
  return { version: db.version, schema: schemaOf(db), rows };
}

export function schemaOf(db: IDBDatabase): SchemaCopy {
  if (db.objectStoreNames.length === 0) return [];
  const tx = db.transaction([...db.objectStoreNames], "readonly");
  return [...db.objectStoreNames].map((name) => {
    const store = tx.objectStore(name);
    return {
      name,
      keyPath: store.keyPath as StoreCopy["keyPath"],
      autoIncrement: store.autoIncrement,
      indexes: [...store.indexNames].map((index) => {
        const { keyPath, multiEntry, unique } = store.index(index);
        return { name: index, keyPath: keyPath as IndexCopy["keyPath"], multiEntry, unique };
      }),
    };
  });
}

/** Makes the database of the copy, at its own version; the connection is closed again. */
export async function restoreDatabase(name: string, copy: StoredCopy): Promise<void> {
  const opening = indexedDB.open(name, copy.version);
  opening.addEventListener("upgradeneeded", () => {
    for (const { name: store, keyPath, autoIncrement, indexes } of copy.schema) {
      const made = opening.result.createObjectStore(store, { keyPath, autoIncrement });
      for (const index of indexes) made.createIndex(index.name, index.keyPath, index);
    }
  });
  const db = await answer(opening);
  const tx = db.transaction([...db.objectStoreNames], "readwrite");
  for (const { name: store, keyPath } of copy.schema) {
    for (const [key, value] of copy.rows[store] ?? []) {
      if (keyPath === null) tx.objectStore(store).put(decoded(value), decoded(key) as IDBValidKey);
      else tx.objectStore(store).put(decoded(value));
    }
  }
  await new Promise<void>((resolve, reject) => {
    tx.addEventListener("complete", () => resolve());
    tx.addEventListener("abort", () => reject(tx.error ?? new Error("aborted")));
  });
  db.close();
}

/** The result of a request. */
export function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
  });
}

/** JSON has neither bytes nor Infinity; both lie in real rows. */
function encoded(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: [...value] };
  if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) };
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, encoded(part)]));
}

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== "object" || value === null) return value;
  const special = value as { $bytes?: number[]; $number?: string };
  if (special.$bytes !== undefined) return new Uint8Array(special.$bytes);
  if (special.$number !== undefined) return Number(special.$number);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, decoded(part)]));
}
