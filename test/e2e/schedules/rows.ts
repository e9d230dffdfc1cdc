/** The app's database as it lies in the browser. */
import type { Page } from "playwright-core";
import type { Rows } from "../../sim/check.ts";

/** Names of object stores, of those whose keys are wanted too, and of single values. */
type Wanted = { rows: readonly string[]; keys: readonly string[]; meta: readonly string[] };
type Found = {
  rows: Record<string, unknown[]>;
  keys: Record<string, IDBValidKey[]>;
  meta: Record<string, unknown>;
};

/** In one transaction, by any page of the app's origin. */
export async function readDatabase(page: Page, jid: string, wanted: Wanted): Promise<Found> {
  return page.evaluate(
    async ([account, { rows, keys, meta }]) => {
      const all = await indexedDB.databases();
      const name = all.find((database) => database.name?.includes(account))?.name;
      if (name === undefined) throw new Error(`no database of ${account}`);
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
      });
      try {
        const tx = db.transaction([...rows, ...keys, "meta"]);
        const done = new Promise((resolve) => tx.addEventListener("complete", resolve));
        const ask = (names: readonly string[], request: (name: string) => IDBRequest) =>
          names.map((of) => [of, request(of)] as const);
        const asked = {
          rows: ask(rows, (store) => tx.objectStore(store).getAll()),
          keys: ask(keys, (store) => tx.objectStore(store).getAllKeys()),
          meta: ask(meta, (of) => tx.objectStore("meta").get(of)),
        };
        await done;
        const results = (of: readonly (readonly [string, IDBRequest])[]) =>
          Object.fromEntries(of.map(([key, request]) => [key, request.result]));
        return {
          rows: results(asked.rows),
          keys: results(asked.keys),
          meta: results(asked.meta),
        };
      } finally {
        db.close();
      }
    },
    [jid, wanted] as const,
  );
}

export async function readRows(page: Page, jid: string): Promise<Rows> {
  const { rows, keys, meta } = await readDatabase(page, jid, {
    rows: ["messages", "bodies", "conversations", "entries", "outbox"],
    keys: ["entries"],
    meta: ["totals", "ranges", "connection", "sync"],
  });
  return { ...rows, ...meta, entryKeys: keys["entries"] } as unknown as Rows;
}
