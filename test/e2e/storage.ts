/** What a test does to the browser's storage behind the app's back, from another page of the same site. */
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import type { StoredCopy } from "../store/stored-copy.ts";

/** A page of the app's origin without the app. */
export async function bystander(context: BrowserContext, appUrl: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(new URL("config.json", appUrl).href);
  return page;
}

export async function deleteDatabase(page: Page, name: string): Promise<void> {
  await page.evaluate(
    (database) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase(database);
        request.addEventListener("success", () => resolve());
        request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
      }),
    name,
  );
}

/** Opens a database at a version and holds it, deaf to everybody; resolves when it is open. */
export async function holdDatabase(page: Page, name: string, version: number): Promise<void> {
  await page.evaluate(
    ([database, wanted]) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open(database, wanted);
        request.addEventListener("success", () => {
          Object.assign(globalThis, { held: request.result });
          resolve();
        });
        request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
      }),
    [name, version] as const,
  );
}

export async function letGo(page: Page): Promise<void> {
  await page.evaluate(() => (globalThis as unknown as { held: IDBDatabase }).held.close());
}

/** Makes a database as an earlier version left it; the connection stays open and deaf. */
export async function restoreAndHold(page: Page, name: string, copy: StoredCopy): Promise<void> {
  await page.evaluate(
    ([database, stored]) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open(database, stored.version);
        request.addEventListener("upgradeneeded", () => {
          for (const { name: store, keyPath, autoIncrement, indexes } of stored.schema) {
            const made = request.result.createObjectStore(store, { keyPath, autoIncrement });
            for (const index of indexes) made.createIndex(index.name, index.keyPath, index);
          }
        });
        request.addEventListener("success", () => {
          Object.assign(globalThis, { held: request.result });
          resolve();
        });
        request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
      }),
    [name, copy] as const,
  );
}

/**
 * Until nobody has a transaction open. A browser freezes no page that others wait for; this tool does, and would leave
 * the database locked.
 */
export function databaseIsQuiet(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const name = databases.find((database) => database.name?.includes("@"))?.name ?? "";
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    const tx = db.transaction([...db.objectStoreNames], "readwrite");
    await new Promise((resolve) => (tx.oncomplete = resolve));
    db.close();
  });
}

/** Rows of one object store, as they lie there. */
export async function rowsOf(page: Page, name: string, store: string): Promise<unknown[]> {
  return page.evaluate(
    ([database, wanted]) =>
      new Promise<unknown[]>((resolve, reject) => {
        const request = indexedDB.open(database);
        request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
        request.addEventListener("success", () => {
          const all = request.result.transaction(wanted).objectStore(wanted).getAll();
          all.addEventListener("success", () => {
            request.result.close();
            resolve(JSON.parse(JSON.stringify(all.result)) as unknown[]);
          });
        });
      }),
    [name, store] as const,
  );
}

export interface Quota {
  /** Leaves about this many bytes. */
  leave(bytes: number): Promise<void>;
  lift(): Promise<void>;
}

/**
 * The browser's own quota, as its developer tools set it: writes really fail with QuotaExceededError. To be set before
 * the app writes: Chromium asks for the room left now and then only, and goes by its last answer for half a minute.
 */
export async function quotaOf(page: Page): Promise<Quota> {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  return {
    async leave(bytes) {
      const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
      await cdp.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: used + bytes });
    },
    async lift() {
      await cdp.send("Storage.overrideQuotaForOrigin", { origin });
    },
  };
}

/** Takes what room is left, from a page of the same site, until less than this many bytes fit. */
export async function takeRoom(page: Page, leave: number): Promise<void> {
  await page.evaluate(
    (least) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open("filler", 1);
        request.addEventListener("upgradeneeded", () => {
          request.result.createObjectStore("bytes", { autoIncrement: true });
        });
        request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
        request.addEventListener("success", () => {
          const put = (size: number): void => {
            if (size < least) return resolve();
            // One call gives 65,536 bytes at the most (Web Cryptography, section 10.1.1).
            const bytes = crypto.getRandomValues(new Uint8Array(size));
            const tx = request.result.transaction("bytes", "readwrite");
            tx.objectStore("bytes").add(bytes);
            tx.addEventListener("complete", () => put(size));
            tx.addEventListener("abort", () => put(size / 2));
          };
          put(65_536);
        });
      }),
    leave,
  );
}

/** Text that a database cannot compress away. */
export function incompressible(bytes: number): string {
  let text = "";
  while (text.length < bytes) text += crypto.randomUUID();
  return text.slice(0, bytes);
}

/** Makes garbage of every other row of every object store. */
export async function spoil(page: Page, name: string): Promise<void> {
  await page.evaluate(
    (database) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open(database);
        request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
        request.addEventListener("success", () => {
          const db = request.result;
          const tx = db.transaction([...db.objectStoreNames], "readwrite");
          for (const wanted of db.objectStoreNames) {
            const store = tx.objectStore(wanted);
            const keys = store.getAllKeys();
            keys.addEventListener("success", () => {
              for (const [index, key] of keys.result.entries()) {
                if (index % 2 === 1) continue;
                const junk = { junk: true, at: "yesterday", people: 7, subject: null };
                if (store.keyPath === null) store.put(junk, key);
                else store.put({ ...junk, [store.keyPath as string]: key });
              }
            });
          }
          tx.addEventListener("complete", () => {
            db.close();
            resolve();
          });
          tx.addEventListener("abort", () => reject(tx.error ?? new Error("aborted")));
        });
      }),
    name,
  );
}
