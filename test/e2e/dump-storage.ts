/** What a page leaves behind. */
import type { Page } from "playwright-core";

/** All a page's origin keeps: databases (as text), both storages, caches. */
export async function dumpStorage(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const parts: unknown[] = [
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      location.href,
    ];
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error as Error);
      });
      parts.push(name);
      for (const store of db.objectStoreNames) {
        const rows = await new Promise<unknown[]>((resolve) => {
          const request = db.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => resolve(request.result);
        });
        parts.push(rows);
      }
      db.close();
    }
    for (const name of await caches.keys()) parts.push(name);
    return JSON.stringify(parts);
  });
}
