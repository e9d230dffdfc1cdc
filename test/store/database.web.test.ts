/** The database in a real browser: all or nothing, and what another tab does to it. */
import { expect, test, vi } from "vitest";
import { deleteStore, openStore } from "../../src/store/database.ts";
import { StorageError } from "../../src/store/storage-error.ts";
import { putMeta, readMeta } from "../../src/store/meta.ts";

let names = 0;
const fresh = (): string => `web-${++names}-${crypto.randomUUID()}`;
const quiet = { onLost: () => undefined, onBlocked: () => undefined };

test("a write that throws leaves nothing behind, not even what it wrote before", async () => {
  const store = await openStore(fresh(), quiet);
  const failing = store.write(["meta"], async (tx) => {
    putMeta(tx, "syncPaused", true);
    await readMeta(tx, "syncPaused");
    throw new Error("half-way");
  });
  await expect(failing).rejects.toThrow("half-way");
  expect(await store.read(["meta"], (tx) => readMeta(tx, "syncPaused"))).toBeUndefined();
  store.close();
});

test("two writes at once do not mix: each sees the other whole", async () => {
  const store = await openStore(fresh(), quiet);
  const add = () =>
    store.write(["meta"], async (tx) => {
      const now = (await readMeta(tx, "nextMessage")) ?? 0;
      await readMeta(tx, "totals");
      putMeta(tx, "nextMessage", now + 1);
    });
  await Promise.all(Array.from({ length: 25 }, add));
  expect(await store.read(["meta"], (tx) => readMeta(tx, "nextMessage"))).toBe(25);
  store.close();
});

test("deleting waits for nobody: an open tab lets go and is told", async () => {
  const name = fresh();
  let lost = false;
  await openStore(name, { ...quiet, onLost: () => (lost = true) });
  await deleteStore(name);
  expect(lost).toBe(true);
  expect((await indexedDB.databases()).map((db) => db.name)).not.toContain(`envoi:${name}`);
});

test("what cannot be stored is a StorageError, not a crash", async () => {
  const store = await openStore(fresh(), quiet);
  const failing = store.write(["meta"], async (tx) => {
    await tx.objectStore("meta").put(() => undefined, "a function cannot be cloned");
  });
  await expect(failing).rejects.toBeInstanceOf(StorageError);
  store.close();
});

test("a transaction that another tab holds up for long is told, and told to be over", async () => {
  const name = fresh();
  const told: boolean[] = [];
  const store = await openStore(name, {
    ...quiet,
    stallMs: 100,
    onStall: (isStalled) => void told.push(isStalled),
  });
  const other = await openStore(name, quiet);
  let isHeld = true;
  const holding = other.write(["meta"], async (tx) => {
    while (isHeld) await readMeta(tx, "syncPaused");
  });
  const [first, second] = [1, 2].map(() => store.read(["meta"], (tx) => readMeta(tx, "totals")));
  await vi.waitFor(() => expect(told).toEqual([true]));
  isHeld = false;
  await Promise.all([holding, first, second]);
  expect(told).toEqual([true, false]);
  store.close();
  other.close();
});
