/** Send and save: a message is a draft or on its way, never both, never neither, never twice. */
import { expect, test } from "vitest";
import { saveDraft } from "../../src/engine/commands/drafts.ts";
import { send } from "../../src/engine/commands/send.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import type { Draft } from "../../src/mail/draft.ts";
import { messageFromDraft } from "../../src/mail/outgoing.ts";
import { newDraft } from "../../src/mail/reply.ts";
import { stateKey } from "../../src/mail/state.ts";
import { putMeta } from "../../src/store/meta.ts";
import { accountOnTrial } from "./store-on-trial.ts";

const bob = "bob@x.test" as Jid;

async function account() {
  const context = await accountOnTrial();
  const draft: Draft = {
    ...newDraft("one-draft-of-mine", 0, [{ jid: bob }]),
    subject: "S",
    body: "Hello",
  };
  const count = () =>
    context.store.read(["messages", "outbox", "drafts"], async (tx) => ({
      messages: await tx.objectStore("messages").count(),
      outbox: await tx.objectStore("outbox").count(),
      drafts: await tx.objectStore("drafts").count(),
    }));
  return { context, draft, count };
}

test("Send pressed twice, in two tabs, is one message", async () => {
  const { context, draft, count } = await account();
  await saveDraft(context, { draft });
  const results = await Promise.all([1, 2, 3].map(() => send(context, { draft })));
  expect(results).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
  expect(await count()).toEqual({ messages: 1, outbox: 1, drafts: 0 });
});

test("a draft that went out is not kept again, from whatever tab", async () => {
  const { context, draft, count } = await account();
  await send(context, { draft });
  expect(await saveDraft(context, { draft: { ...draft, body: "Hello again" } })).toMatchObject({
    sent: true,
  });
  expect(await count()).toEqual({ messages: 1, outbox: 1, drafts: 0 });
});

test("another text under the same draft is refused, not swallowed", async () => {
  const { context, draft, count } = await account();
  await send(context, { draft });
  expect(await send(context, { draft: { ...draft, body: "Other" } })).toMatchObject({
    ok: false,
    problem: "already-sent",
  });
  expect(await count()).toEqual({ messages: 1, outbox: 1, drafts: 0 });
});

test.each([
  ["what escaping makes of it", "&".repeat(60_000)],
  ["bytes, not letters", "漢".repeat(90_000)],
  ["all of it", "x".repeat(258_048)],
])("F18: the size counts %s; the draft stays", async (_what, body) => {
  const { context, draft, count } = await account();
  await saveDraft(context, { draft });
  const result = await send(context, { draft: { ...draft, body } });
  expect(result).toMatchObject({ ok: false, problem: "too-large" });
  expect(result).toHaveProperty("detail", expect.stringMatching(/^\d{6} of 258048 bytes$/));
  expect(await count()).toEqual({ messages: 0, outbox: 0, drafts: 1 });
});

test("F18: what a server advertises or once refused is the limit", async () => {
  const { context, draft } = await account();
  const long = { ...draft, body: "x".repeat(20_000) };
  await context.store.write(["meta"], async (tx) =>
    putMeta(tx, "stanzaLimit", { advertised: 20_000 }),
  );
  expect(await send(context, { draft: long })).toMatchObject({
    detail: expect.stringMatching(/of 15904 bytes/),
  });
  await context.store.write(["meta"], async (tx) =>
    putMeta(tx, "stanzaLimit", { learned: 19_000 }),
  );
  expect(await send(context, { draft: long })).toMatchObject({
    detail: expect.stringMatching(/of 14904 bytes/),
  });
  await context.store.write(["meta"], async (tx) =>
    putMeta(tx, "stanzaLimit", { advertised: 10_000_000 }),
  );
  expect(await send(context, { draft: long })).toEqual({ ok: true });
});

test("whom I wrote to unseen is known on my other devices: by what is said, of mail of mine alone", async () => {
  const { context, draft } = await account();
  const [eve, ned] = ["eve@x.test" as Jid, "ned@x.test" as Jid];
  await send(context, { draft: { ...draft, bcc: [{ jid: eve, name: "Eve" }, { jid: ned }] } });
  const sent = await context.store.read(["messages", "state"], async (tx) => ({
    message: (await tx.objectStore("messages").getAll())[0],
    states: await tx.objectStore("state").getAll(),
    keys: await tx.objectStore("state").getAllKeys(),
  }));
  expect(sent.states.map(({ said }) => said.bcc?.[0])).toEqual(["eve@x.test\nned@x.test"]);
  expect(sent.message?.bcc).toEqual([{ jid: eve, name: "Eve" }, { jid: ned }]);
  // Another device: the archive's copy for bob says nothing of them.
  const copy = messageFromDraft(draft, { me: context.me, mid: draft.id, thread: "t", now: 5 });
  const { recipients: _r, delivery: _d, ...message } = copy.message;
  const other = await accountOnTrial();
  const theirs = { ...message, from: bob, direction: "in" as const, mid: "a-message-of-theirs" };
  const rows = await other.store.write(WORKING_STORES, async (tx) => {
    for (const [index, state] of sent.states.entries()) {
      void tx.objectStore("state").put(state, sent.keys[index] ?? "");
      void tx.objectStore("state").put(state, stateKey(theirs));
    }
    await ingest(tx, other.me, [
      { ...copy, message: { ...message, archiveIds: ["a"] } },
      { ...copy, message: { ...theirs, archiveIds: ["b"] } },
    ]);
    return tx.objectStore("messages").getAll();
  });
  expect(rows.map(({ direction, bcc }) => [direction, bcc.map(({ jid }) => jid)])).toEqual([
    ["out", [eve, ned]],
    ["in", []],
  ]);
});

test.each([
  ["ahead", 2036],
  ["behind", 2016],
])(
  "Send by a clock ten years %s reads what it answers; what came meanwhile is unread",
  async (_where, year) => {
    const { context, draft } = await account();
    const here = Date.UTC(2026, 5, 1);
    context.now = () => Date.UTC(year, 5, 1);
    const mail = async (mid: string, at: number): Promise<void> => {
      const { message, body } = messageFromDraft(draft, { me: bob, mid, thread: "t", now: at });
      const { recipients: _recipients, delivery: _delivery, ...theirs } = message;
      const to = [{ jid: context.me }];
      const row = { ...theirs, to, direction: "in" as const, unread: 1 as const };
      await context.store.write(WORKING_STORES, (tx) =>
        ingest(tx, context.me, [{ message: row, body }]),
      );
    };
    await mail("first-mail-of-bob", here);
    await mail("second-mail-of-bob", here + 1000);
    const [first] = await context.store.read(["messages"], (tx) =>
      tx.objectStore("messages").getAll(),
    );
    if (first === undefined) throw new Error("no row");
    const reply = { id: first.mid, to: bob };
    await send(context, {
      draft: { ...draft, kind: "reply", source: { key: first.key, thread: "t", reply } },
    });
    await mail("third-mail-of-bob", here + 2000);
    const rows = await context.store.read(["messages"], (tx) =>
      tx.objectStore("messages").index("unread").getAll(),
    );
    expect(rows.map(({ mid }) => mid)).toEqual(["second-mail-of-bob", "third-mail-of-bob"]);
  },
);
