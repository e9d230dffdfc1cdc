/** Errors that come back: whose they may be, which message they mean, when they mean nothing. */
import { expect, test } from "vitest";
import { discardUnsent, send } from "../../src/engine/commands/send.ts";
import { takeBounce } from "../../src/engine/bounces.ts";
import { changeRecipient, markSent, takeReceipt } from "../../src/engine/delivery.ts";
import { archivedArrival } from "../../src/engine/arrivals.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import type { Message } from "../../src/mail/message.ts";
import type { Received } from "../../src/mail/received.ts";
import { newDraft } from "../../src/mail/reply.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";
import { BARE } from "./bare-received.ts";

const bob = "bob@x.test" as Jid;
const bea = "bea@x.test" as Jid;
const cem = "cem@y.test" as Jid;

let drafts = 0;

async function account() {
  const context = await accountOnTrial();
  return {
    context,
    /** A message of mine that my server has taken. */
    sent: async (
      to: readonly Jid[],
      body = "Hello",
      state: "sent" | "sending" = "sent",
    ): Promise<string> => {
      const id = `bounced-draft-${++drafts}`;
      const draft = {
        ...newDraft(
          id,
          0,
          to.map((jid) => ({ jid })),
        ),
        subject: "S",
        body,
      };
      expect(await send(context, { draft })).toEqual({ ok: true });
      for (const jid of to) {
        await changeRecipient(context, id, jid, (r) => ({ ...r, state: "sending", written: true }));
        if (state === "sent") await markSent(context, id, jid);
      }
      return id;
    },
    states: async (mid: string): Promise<string[]> => {
      const rows = await context.store.read(["messages"], (tx) =>
        tx.objectStore("messages").index("mid").getAll(mid),
      );
      const mine = rows.find((row) => row.direction === "out");
      return mine?.recipients?.map((r) => r.state) ?? [];
    },
    notices: async (): Promise<Message[]> => {
      const rows = await context.store.read(["messages"], (tx) =>
        tx.objectStore("messages").getAll(),
      );
      return rows.filter((row) => row.problem !== undefined);
    },
  };
}

function bounce(from: Jid, more: Partial<Received> = {}, condition = "item-not-found"): Received {
  return {
    from,
    fromResource: "",
    to: me,
    toResource: "",
    type: "error",
    ...BARE,
    problem: { type: "cancel", condition },
    ...more,
  };
}

test.each([
  ["the recipient", bob],
  ["the recipient's domain", "x.test" as Jid],
  ["my own server", "example.org" as Jid],
  ["my own account, which is how some servers answer for others", me],
])("F25: a bounce from %s marks the message", async (_who, from) => {
  const { context, sent, states } = await account();
  const id = await sent([bob]);
  await takeBounce(context, bounce(from, { id }));
  expect(await states(id)).toEqual(["failed"]);
});

test("a bounce from a stranger changes nothing, with or without the right id", async () => {
  const { context, sent, states, notices } = await account();
  const id = await sent([bob]);
  for (const from of ["evil@z.test", "z.test", "evil@x.test"] as Jid[]) {
    await takeBounce(context, bounce(from, { id }));
    await takeBounce(context, bounce(from, { subject: "S", body: "Hello" }));
    await takeBounce(context, bounce(from));
  }
  expect(await states(id)).toEqual(["sent"]);
  expect(await notices()).toEqual([]);
});

test("one recipient's bounce is no other's", async () => {
  const { context, sent, states } = await account();
  const id = await sent([bob, bea, cem]);
  await takeBounce(context, bounce(bea, { id }));
  expect(await states(id)).toEqual(["sent", "failed", "sent"]);
  // The domain may speak for all of its people only where it cannot be reached at all.
  await takeBounce(context, bounce("x.test" as Jid, { id }, "service-unavailable"));
  expect(await states(id)).toEqual(["sent", "failed", "sent"]);
  await takeBounce(context, bounce("x.test" as Jid, { id }, "remote-server-not-found"));
  expect(await states(id)).toEqual(["failed", "failed", "sent"]);
  // My own server does not say whom it means.
  await takeBounce(context, bounce("example.org" as Jid, { id }));
  expect(await states(id)).toEqual(["failed", "failed", "sent"]);
});

test("F25: without an id what it quotes tells which message it was", async () => {
  const { context, sent, states, notices } = await account();
  const [one, two] = [await sent([bob], "One"), await sent([bob], "Two")];
  await takeBounce(context, bounce(bob, { subject: "S", body: "One" }));
  expect([await states(one), await states(two)]).toEqual([["failed"], ["sent"]]);
  expect(await notices()).toEqual([]);
});

test("F25: or the original's own id in it", async () => {
  const { context, sent, states } = await account();
  const [one, two] = [await sent([bob]), await sent([bob])];
  await takeBounce(context, bounce(bob, { originId: two }));
  expect([await states(one), await states(two)]).toEqual([["sent"], ["failed"]]);
});

test("F25: or there is only one it can mean", async () => {
  const { context, sent, states } = await account();
  const [other, id] = [await sent([cem]), await sent([bob])];
  await takeBounce(context, bounce(bob));
  expect([await states(other), await states(id)]).toEqual([["sent"], ["failed"]]);
});

test("F25: one that could mean several marks none and is shown as what it is", async () => {
  const { context, sent, states, notices } = await account();
  const [one, two] = [await sent([bob]), await sent([bob])];
  await takeBounce(context, bounce(bob));
  await takeBounce(context, bounce(bob, { body: "Something else" }));
  expect([await states(one), await states(two)]).toEqual([["sent"], ["sent"]]);
  const kept = await notices();
  expect(kept.map((row) => [row.from, row.direction, row.problem])).toEqual([
    [bob, "in", "item-not-found"],
    [bob, "in", "item-not-found"],
  ]);
});

test.each([
  ["recipient-unavailable", undefined],
  ["service-unavailable", "User session terminated"],
])(
  "the bounce of a ghost session (%s) counts for nothing once my server has the copy",
  async (condition, text) => {
    const { context, sent, states } = await account();
    const [id, open] = [await sent([bob]), await sent([bob], "Still open", "sending")];
    const problem = { type: "cancel" as const, condition, ...(text === undefined ? {} : { text }) };
    await takeBounce(context, bounce(bob, { id, problem }));
    expect(await states(id)).toEqual(["sent"]);
    await takeBounce(context, bounce(bob, { id: open, problem }));
    expect(await states(open)).toEqual(["failed"]);
    await context.store.write(WORKING_STORES, (tx) =>
      ingest(tx, me, [archived(open, "Still open")]),
    );
    expect(await states(open)).toEqual(["sent"]);
  },
);

test("a real bounce stays although my archive has the copy; a receipt overrules it", async () => {
  const { context, sent, states } = await account();
  const id = await sent([bob]);
  await takeBounce(context, bounce(bob, { id }, "service-unavailable"));
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [archived(id, "Hello")]));
  expect(await states(id)).toEqual(["failed"]);
  const { problem: _none, ...receipt } = bounce(bob, { type: "normal", receiptFor: id });
  await takeReceipt(context, { ...receipt, from: cem });
  expect(await states(id)).toEqual(["failed"]);
  await takeReceipt(context, receipt);
  expect(await states(id)).toEqual(["delivered"]);
  await takeBounce(context, bounce(bob, { id }));
  expect(await states(id)).toEqual(["delivered"]);
});

test("an archived bounce counts, one of an earlier attempt does not", async () => {
  const { context, sent, states } = await account();
  const id = await sent([bob]);
  await takeBounce(context, bounce(bob, { id }), 5000);
  expect(await states(id)).toEqual(["failed"]);
  await changeRecipient(context, id, bob, (r) => ({ ...r, state: "sent", again: 6000 }));
  await takeBounce(context, bounce(bob, { id }), 5000);
  expect(await states(id)).toEqual(["sent"]);
  await takeBounce(context, bounce(bob, { id }), 7000);
  expect(await states(id)).toEqual(["failed"]);
});

test("a bounced message that was thrown away does not come back from the archive", async () => {
  const { context, sent, states } = await account();
  const [gone, other] = [await sent([bob]), await sent([bob], "Other")];
  await takeBounce(context, bounce(bob, { id: gone }));
  const [row] = await context.store.read(["messages"], (tx) =>
    tx.objectStore("messages").index("mid").getAll(gone),
  );
  await discardUnsent(context, { key: row?.key ?? 0 });
  await context.store.write(WORKING_STORES, (tx) =>
    ingest(tx, me, [archived(gone, "Hello"), archived(other, "Other")]),
  );
  expect([await states(gone), await states(other)]).toEqual([[], ["sent"]]);
});

test("what was never written cannot have come back", async () => {
  const { context, states } = await account();
  const draft = { ...newDraft("unwritten-draft", 0, [{ jid: bob }]), body: "Hello" };
  await send(context, { draft });
  await takeBounce(context, bounce(bob, { id: draft.id }));
  expect(await states(draft.id)).toEqual(["waiting"]);
});

/** My own copy as the archive has it. */
function archived(id: string, body: string) {
  const { problem: _none, ...copy } = bounce(me, {
    type: "normal",
    to: bob,
    id,
    subject: "S",
    body,
  });
  const arrival = archivedArrival({ archiveId: `archive-${id}`, at: 1, received: copy }, me, 0);
  if (arrival === undefined) throw new Error("no arrival");
  return arrival;
}
