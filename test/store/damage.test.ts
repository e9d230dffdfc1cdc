/** Garbage in any row of any object store: nothing stops, everything else is shown, and what can be derived is. */
import { describe, expect, test } from "vitest";
import { readConversation } from "../../src/engine/queries/conversation.ts";
import { readMailboxes } from "../../src/engine/queries/mailboxes.ts";
import { readPeopleLike } from "../../src/engine/queries/people.ts";
import { readNotices, readStatus } from "../../src/engine/queries/status.ts";
import { readWindow } from "../../src/engine/queries/window.ts";
import { repair } from "../../src/engine/repair.ts";
import type { AccountContext } from "../../src/engine/context.ts";
import { MAILBOXES } from "../../src/api/contract.ts";
import { openStore } from "../../src/store/database.ts";
import { databaseName } from "../../src/store/keys.ts";
import { accountOn } from "../engine/store-on-trial.ts";
import { liveIn } from "./lived-in.ts";
import { answer } from "./stored-copy.ts";

const GARBAGE: unknown[] = [
  null,
  42,
  "text",
  [],
  {},
  { junk: true, subject: 7, people: "no", totals: NaN, at: "yesterday", body: {} },
];

async function livedIn(): Promise<{ context: AccountContext; raw: IDBDatabase }> {
  const name = `damaged-${crypto.randomUUID()}`;
  const store = await openStore(name, { onLost: () => undefined, onBlocked: () => undefined });
  const context = accountOn(store);
  await liveIn(context);
  return { context, raw: await answer(indexedDB.open(databaseName(name))) };
}

/** Replaces every row by garbage; where a row carries its own key, the garbage does too. */
async function spoil(raw: IDBDatabase, name: string, garbage: unknown): Promise<void> {
  const store = raw.transaction(name, "readwrite").objectStore(name);
  for (const key of await answer(store.getAllKeys())) {
    if (store.keyPath === null) await answer(store.put(garbage, key));
    else if (typeof garbage === "object" && garbage !== null && !Array.isArray(garbage))
      await answer(store.put({ ...garbage, [store.keyPath as string]: key }));
  }
}

async function everyScreen(context: AccountContext) {
  const windows = [];
  for (const mailbox of MAILBOXES)
    windows.push(await readWindow(context, { mailbox, offset: 0, limit: 50 }));
  await readConversation(context, { thread: "survey", limit: 100 });
  await readPeopleLike(context, { text: "n", limit: 10 });
  await readStatus(context);
  await readNotices(context);
  return { windows, mailboxes: await readMailboxes(context) };
}

const STORES = [
  "meta",
  "messages",
  "bodies",
  "originals",
  "conversations",
  "entries",
  "timeline",
  "drafts",
  "outbox",
  "people",
  "avatars",
  "rejects",
];

describe.each(STORES)("garbage in %s", (name) => {
  test.each(GARBAGE)("%j: every screen opens, before and after the repair", async (garbage) => {
    const { context, raw } = await livedIn();
    await spoil(raw, name, garbage);
    await everyScreen(context);
    await repair(context);
    await everyScreen(context);
    raw.close();
    context.store.close();
  });
});

test.each(["conversations", "entries", "timeline", "meta"])(
  "%s is made anew from the messages, as it was",
  async (name) => {
    const { context, raw } = await livedIn();
    const before = await everyScreen(context);
    await spoil(raw, name, { junk: true });
    const { rows, refetched } = await repair(context);
    expect(rows).toBeGreaterThan(0);
    expect(refetched).toBe(false);
    expect(await everyScreen(context)).toEqual(before);
    raw.close();
    context.store.close();
  },
);

test("a damaged message and a damaged text are fetched again: the archive is read anew", async () => {
  const { context, raw } = await livedIn();
  const bodies = raw.transaction("bodies", "readwrite").objectStore("bodies");
  await answer(bodies.put({ key: 1, body: 12 }));
  expect(await repair(context)).toEqual({ rows: 1, refetched: true });
  const ranges = await context.store.read(["meta"], (tx) => tx.objectStore("meta").get("ranges"));
  expect(ranges).toBeUndefined();
  expect(await repair(context)).toEqual({ rows: 0, refetched: false });
  raw.close();
  context.store.close();
});

test("a damaged counter never gives a key twice", async () => {
  const { context, raw } = await livedIn();
  const meta = raw.transaction("meta", "readwrite").objectStore("meta");
  await answer(meta.put("many", "nextMessage"));
  const before = (await answer(
    raw.transaction("messages").objectStore("messages").getAllKeys(),
  )) as number[];
  const { send } = await import("../../src/engine/commands/send.ts");
  const draft = await context.store.read(["drafts"], (tx) => tx.objectStore("drafts").getAll());
  expect(await send(context, { draft: draft[0] as never })).toEqual({ ok: true });
  const after = await answer(raw.transaction("messages").objectStore("messages").getAllKeys());
  expect(after).toEqual([...before, Math.max(...before) + 1]);
  raw.close();
  context.store.close();
});

test("the text of a damaged draft is salvaged", async () => {
  const { context, raw } = await livedIn();
  const drafts = raw.transaction("drafts", "readwrite").objectStore("drafts");
  await answer(drafts.put({ id: "draft-1", subject: "Half a thought", to: "somebody" }));
  await repair(context);
  const view = await readWindow(context, { mailbox: "drafts", offset: 0, limit: 10 });
  expect(view.rows.map((row) => row.subject)).toEqual(["Half a thought"]);
  raw.close();
  context.store.close();
});
