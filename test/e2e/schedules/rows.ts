/** The app's database as it lies in the browser. */
import type { Page } from "playwright-core";
import type { Rows } from "../../sim/check.ts";

/** Read by any page of the app's origin. */
export async function readRows(page: Page, jid: string): Promise<Rows> {
  return page.evaluate(async (account) => {
    const all = await indexedDB.databases();
    const name = all.find((database) => database.name?.includes(account))?.name;
    if (name === undefined) throw new Error(`no database of ${account}`);
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
    });
    try {
      const stores = ["messages", "bodies", "conversations", "entries", "outbox", "meta"];
      const tx = db.transaction(stores);
      const done = new Promise((resolve) => tx.addEventListener("complete", resolve));
      const rows = (store: string): IDBRequest => tx.objectStore(store).getAll();
      const meta = (key: string): IDBRequest => tx.objectStore("meta").get(key);
      const asked = {
        messages: rows("messages"),
        bodies: rows("bodies"),
        conversations: rows("conversations"),
        entries: rows("entries"),
        entryKeys: tx.objectStore("entries").getAllKeys(),
        outbox: rows("outbox"),
        totals: meta("totals"),
        ranges: meta("ranges"),
        connection: meta("connection"),
        sync: meta("sync"),
      };
      await done;
      const results = Object.entries(asked).map(([key, request]) => [key, request.result]);
      return Object.fromEntries(results) as Rows;
    } finally {
      db.close();
    }
  }, jid);
}
