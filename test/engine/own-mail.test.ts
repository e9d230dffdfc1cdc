/** Putting right and taking back what I sent: what stands in the database, and what goes out. */
import { expect, test } from "vitest";
import { beginCorrection } from "../../src/engine/commands/correct.ts";
import { beginDraft } from "../../src/engine/commands/drafts.ts";
import { retract } from "../../src/engine/commands/retract.ts";
import { editUnsent, retrySend, send } from "../../src/engine/commands/send.ts";
import { changeRecipient, markSent } from "../../src/engine/delivery.ts";
import { readConversation } from "../../src/engine/queries/conversation.ts";
import { repair } from "../../src/engine/repair.ts";
import { readWindow } from "../../src/engine/queries/window.ts";
import type { Jid } from "../../src/mail/address.ts";
import type { Draft } from "../../src/mail/draft.ts";
import { copyFor } from "../../src/mail/outgoing.ts";
import { newDraft } from "../../src/mail/reply.ts";
import { retractionFor } from "../../src/mail/retraction.ts";
import { buildMessage } from "../../src/xmpp/message.ts";
import { accountOnTrial } from "./store-on-trial.ts";

const bob = "bob@x.test" as Jid;
const cem = "cem@y.test" as Jid;
const first = "the-first-message";

/** An account that sent one message to two people, the second of whom could not be reached. */
async function sent(more: Partial<Draft> = {}) {
  const context = await accountOnTrial();
  const draft = {
    ...newDraft(first, 0, [{ jid: bob }]),
    cc: [{ jid: cem }],
    subject: "Plan",
    body: "At seven",
    ...more,
  };
  expect(await send(context, { draft })).toEqual({ ok: true });
  await markSent(context, first, bob);
  await changeRecipient(context, first, cem, (r) => ({ ...r, state: "failed", written: true }));
  const rows = (mid: string) =>
    context.store.read(["messages", "bodies"], async (tx) => {
      const [row] = await tx.objectStore("messages").index("mid").getAll(mid);
      const body = row && (await tx.objectStore("bodies").get(row.key));
      if (row === undefined || body === undefined) throw new Error(`no ${mid}`);
      return { row, body };
    });
  const shown = async () => {
    const view = await readConversation(context, { message: first, limit: 10 });
    const [message] = view.state === "found" ? view.messages : [];
    if (message === undefined) throw new Error("not shown");
    return message;
  };
  const outbox = () =>
    context.store.read(["outbox"], async (tx) =>
      (await tx.objectStore("outbox").getAll()).map((row) => row.mid),
    );
  const correct = async (body: string) => {
    const begun = await beginCorrection(context, { key: (await shown()).key });
    if (begun === null) throw new Error("cannot be corrected");
    const corrected = { ...begun.draft, body };
    return { draft: corrected, result: await send(context, { draft: corrected }) };
  };
  return { context, rows, shown, outbox, correct };
}

test("a correction goes to those who have the message, in its thread, and names the first version each time", async () => {
  const { rows, shown, correct } = await sent();
  for (const [time, body] of ["At eight", "At nine"].entries()) {
    const { draft, result } = await correct(body);
    expect(result).toEqual({ ok: true });
    const { row, body: text } = await rows(draft.id);
    expect(row.recipients?.map((r) => r.jid)).toEqual([bob]);
    const copy = copyFor(row, text, bob);
    expect(copy).toMatchObject({ corrects: first, body, subject: "Plan" });
    expect(copy).not.toHaveProperty("reply");
    expect(copy.thread.id).toBe((await rows(first)).row.thread);
    expect(copy.addresses.map((a) => a.jid)).toEqual([bob, cem]);
    expect(buildMessage(copy).getChild("replace", "urn:xmpp:message-correct:0")?.attrs["id"]).toBe(
      first,
    );
    const view = await shown();
    expect(view).toMatchObject({ body, id: first, delivery: "waiting" });
    expect(view.versions?.map((v) => v.body)).toEqual(["At seven", "At eight"].slice(0, time + 1));
  }
});

test("a correction of an answer is still an answer, with its quote", async () => {
  const { context, rows, correct } = await sent({
    quote: "On Monday, Bob wrote:\n> When?",
    source: { key: 1, thread: "t", reply: { id: "asked-by-bob", to: bob } },
  });
  const { draft } = await correct("At eight");
  const { row, body } = await rows(draft.id);
  const copy = copyFor(row, body, bob);
  expect(copy).toMatchObject({ reply: { id: "asked-by-bob", to: bob }, corrects: first });
  expect(copy.body).toBe("At eight\n\nOn Monday, Bob wrote:\n> When?");
  expect(copy.fallbacks).toHaveLength(1);
  // Taken back before it left, it is still a correction.
  const back = await editUnsent(context, { key: row.key });
  expect(back?.draft).toMatchObject({ corrects: first, source: { reply: { id: "asked-by-bob" } } });
});

test("an answer to what was put right names the first version", async () => {
  const { context, shown, correct } = await sent();
  await correct("At eight");
  const answer = await beginDraft(context, { kind: "reply", key: (await shown()).key });
  expect(answer.source?.reply?.id).toBe(first);
  expect(answer.quote).toContain("> At eight");
});

test("a correction of what was taken back meanwhile is refused, and its text kept", async () => {
  const { context, shown } = await sent();
  const { key } = await shown();
  const begun = await beginCorrection(context, { key });
  await retract(context, { key });
  expect(await beginCorrection(context, { key })).toBeNull();
  if (begun === null) throw new Error("no draft");
  expect(await send(context, { draft: begun.draft })).toMatchObject({
    ok: false,
    problem: "not-correctable",
  });
});

test("taken back twice it is taken back once: shown so at once, the word queued for those who have it", async () => {
  const { context, rows, shown, outbox, correct } = await sent();
  const { draft } = await correct("At eight");
  await markSent(context, draft.id, bob);
  const { key } = await shown();
  await Promise.all([retract(context, { key }), retract(context, { key })]);
  const view = await shown();
  expect(view).toMatchObject({ delivery: "waiting", retracted: expect.any(Number), snippet: "" });
  expect(view.recipients?.map((r) => r.jid)).toEqual([bob]);
  expect(await outbox()).toEqual([`retract-${first}`]);
  const { row } = await rows(first);
  const stanza = buildMessage(retractionFor(row, bob));
  expect(stanza.getChild("retract", "urn:xmpp:message-retract:1")?.attrs["id"]).toBe(first);
  expect(stanza.getChild("fallback")?.attrs["for"]).toBe("urn:xmpp:message-retract:1");
  expect(stanza.getChildText("body")).toContain("retracted");
  expect(stanza.getChild("store", "urn:xmpp:hints")).toBeDefined();
  expect(stanza.attrs["type"]).toBeUndefined();
  // The list says no more of it, and that something waits.
  const window = await readWindow(context, { mailbox: "outbox", offset: 0, limit: 5 });
  expect(window.rows.map((r) => [r.snippet, r.delivery])).toEqual([["", "waiting"]]);
});

test("what becomes known of the message itself says nothing of the word that takes it back", async () => {
  const { context, rows, shown, outbox } = await sent();
  await retract(context, { key: (await shown()).key });
  await changeRecipient(context, first, bob, (r) => ({ ...r, state: "delivered" }));
  expect(await shown()).toMatchObject({ delivery: "waiting" });
  expect(await outbox()).toEqual([`retract-${first}`]);
  // A repair finds the same work in the messages alone.
  await context.store.write(["outbox"], async (tx) => void tx.objectStore("outbox").clear());
  await repair(context);
  expect(await outbox()).toEqual([`retract-${first}`]);
  await changeRecipient(context, `retract-${first}`, bob, (r) => ({
    ...r,
    state: "failed",
    written: true,
  }));
  expect(await shown()).toMatchObject({ delivery: "failed" });
  await retrySend(context, { key: (await shown()).key });
  expect(await shown()).toMatchObject({ delivery: "waiting" });
  await markSent(context, `retract-${first}`, bob);
  expect(await outbox()).toEqual([]);
  expect((await rows(first)).row.recipients?.map((r) => r.state)).toEqual(["delivered", "failed"]);
});
