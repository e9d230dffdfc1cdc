/** What waits is given a moment before its database goes. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { saveDraft } from "../../src/engine/commands/drafts.ts";
import { countOnlyHere } from "../../src/engine/commands/only-here.ts";
import { saveNow } from "../../src/engine/commands/save-now.ts";
import { DraftShelf } from "../../src/engine/draft-shelf.ts";
import { engineLock, holderOf } from "../../src/engine/holder.ts";
import { newDraft } from "../../src/mail/reply.ts";
import { putMeta } from "../../src/store/meta.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";

const ID = "one-draft-of-mine";
let context: Awaited<ReturnType<typeof accountOnTrial>>;
let leave: () => void;

beforeEach(async () => {
  context = await accountOnTrial();
  const left = new Promise<void>((resolve) => (leave = resolve));
  await new Promise<void>((resolve) => {
    void navigator.locks.request(engineLock(me), () => {
      resolve();
      return left;
    });
  });
  await saveDraft(context, { draft: { ...newDraft(ID, 0), body: "Hello" } });
});
afterEach(() => leave());

async function isConnected(): Promise<void> {
  const holder = (await holderOf(engineLock(me))) ?? "";
  await context.store.write(["meta"], async (tx) =>
    putMeta(tx, "connection", { state: "connected", holder }),
  );
}

/** The account has all drafts as they are here. */
async function draftsAreSaved(): Promise<void> {
  await context.store.write(["drafts", "meta"], async (tx) => {
    const shelf = await DraftShelf.open(tx, context.now());
    const item = await shelf.item(ID);
    if (item !== undefined) await shelf.take(item);
    shelf.flush();
  });
}

/** How long nobody could leave, ms. */
async function saved(): Promise<number> {
  const before = performance.now();
  await saveNow(context);
  return performance.now() - before;
}

test("what waits is hurried along, and nobody leaves before it is saved", async () => {
  await isConnected();
  context.bus.onTopics((topics) => {
    if (topics.includes("hurry")) setTimeout(() => void draftsAreSaved(), 300);
  });
  expect(await saved()).toBeLessThan(1900);
  expect((await countOnlyHere(context)).drafts).toBe(0);
});

test("what cannot be saved in two seconds holds nobody up for longer", async () => {
  await isConnected();
  const ms = await saved();
  expect(ms).toBeGreaterThan(1900);
  expect(ms).toBeLessThan(4000);
});

test("without a connection, or a place for it, nothing is waited for", async () => {
  expect(await saved()).toBeLessThan(1500);
  expect(context.touched).not.toContain("hurry");
  await isConnected();
  await context.store.write(["meta"], async (tx) => putMeta(tx, "draftNode", "closed"));
  expect(await saved()).toBeLessThan(1500);
});
