/** What a sign-out would lose. */
import { beforeEach, expect, test } from "vitest";
import { saveDraft } from "../../src/engine/commands/drafts.ts";
import { countOnlyHere } from "../../src/engine/commands/only-here.ts";
import { DraftShelf } from "../../src/engine/draft-shelf.ts";
import type { DraftHeld } from "../../src/mail/draft.ts";
import { newDraft } from "../../src/mail/reply.ts";
import { accountOnTrial } from "./store-on-trial.ts";

const ID = "one-draft-of-mine";
let context: Awaited<ReturnType<typeof accountOnTrial>>;

beforeEach(async () => {
  context = await accountOnTrial();
});

const written = (body: string) => saveDraft(context, { draft: { ...newDraft(ID, 0), body } });
const drafts = async (): Promise<number> => (await countOnlyHere(context)).drafts;

async function shelved(change: (shelf: DraftShelf) => Promise<void> | void): Promise<void> {
  await context.store.write(["drafts", "meta"], async (tx) => {
    const shelf = await DraftShelf.open(tx, context.now());
    await change(shelf);
    shelf.flush();
  });
}

/** The account says the same of it. */
const isSaved = (): Promise<void> =>
  shelved(async (shelf) => {
    const item = await shelf.item(ID);
    if (item !== undefined) await shelf.take(item);
  });

test("a draft is only here until the account has it as it is here", async () => {
  await written("Hello");
  expect(await drafts()).toBe(1);
  await isSaved();
  expect(await drafts()).toBe(0);
  await written("Hello Bob");
  expect(await drafts()).toBe(1);
  await isSaved();
  await shelved((shelf) => void shelf.lost(ID));
  expect(await drafts()).toBe(1);
});

test.each<DraftHeld>(["too-big", "damaged"])(
  "a draft that stays here because it is %s is only here",
  async (held) => {
    await written("Hello");
    await isSaved();
    await shelved((shelf) => shelf.hold(ID, held));
    expect(await drafts()).toBe(1);
  },
);

test("a draft that a version before wrote is only here", async () => {
  await context.store.write(["drafts"], async (tx) => {
    void tx.objectStore("drafts").put(newDraft(ID, 0));
  });
  expect(await drafts()).toBe(1);
});
