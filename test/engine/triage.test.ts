/** What a person does with conversations, against a database in memory. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Place, TriageAct } from "../../src/api/contract.ts";
import { deleteLabel, saveLabel } from "../../src/engine/commands/labels.ts";
import { triage } from "../../src/engine/commands/triage.ts";
import { undo } from "../../src/engine/commands/undo.ts";
import type { AccountContext } from "../../src/engine/context.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { readConversation } from "../../src/engine/queries/conversation.ts";
import { readLabelViews } from "../../src/engine/queries/labels.ts";
import { readMailboxes } from "../../src/engine/queries/mailboxes.ts";
import { readUndo } from "../../src/engine/queries/undo.ts";
import { readWindow } from "../../src/engine/queries/window.ts";
import { createSnoozes } from "../../src/engine/snoozes.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import { conversationOf, emptyConversation, listings } from "../../src/mail/conversation.ts";
import { type Arrival, arrivalOf } from "../../src/mail/message.ts";
import { isBuiltIn, MAILBOXES } from "../../src/mail/place.ts";
import type { Received } from "../../src/mail/received.ts";
import { putMeta } from "../../src/store/meta.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";
import { BARE } from "./bare-received.ts";

const bob = "bob@example.net" as Jid;
const carol = "carol@example.net" as Jid;
const MINUTE = 60_000;

/** `thread` and `n` name a message; `at` in minutes. */
function mail(thread: string, n: number, at: number, more: Partial<Received> = {}): Arrival {
  const received: Received = {
    from: bob,
    fromResource: "",
    to: me,
    toResource: "",
    type: "normal",
    id: `message-${thread}-${n}-of-the-test`,
    subject: thread,
    body: `${thread} ${n}`,
    thread: { id: thread },
    ...BARE,
    ...more,
  };
  const made = arrivalOf(received, {
    me,
    at: at * MINUTE,
    unread: true,
    archiveId: `${thread}${n}`,
  });
  if (made === undefined) throw new Error("no message");
  return made;
}

const mine = (thread: string, n: number, at: number): Arrival =>
  mail(thread, n, at, {
    from: me,
    to: bob,
    addresses: [bob, carol].map((jid) => ({ type: "to", jid, delivered: true })),
  });

async function take(context: AccountContext, ...batch: Arrival[]): Promise<void> {
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, batch));
}

async function subjects(context: AccountContext, place: Place): Promise<string[]> {
  if (place === "drafts") return [];
  const { rows, total } = await readWindow(context, { mailbox: place, offset: 0, limit: 200 });
  expect(total).toBe(rows.length);
  return rows.map((row) => row.subject);
}

async function idOf(context: AccountContext, thread: string): Promise<string> {
  const view = await readConversation(context, { thread, limit: 100 });
  if (view.state !== "found") throw new Error(`no ${thread}`);
  return view.id;
}

async function act(context: AccountContext, thread: string, what: TriageAct) {
  return triage(context, { act: what, on: { conversations: [await idOf(context, thread)] } });
}

const move = (to: string): TriageAct => ({ do: "move", to });

/** Folded rows, lists and counters are what the messages say. */
async function expectConsistent(context: AccountContext): Promise<void> {
  const { messages, conversations, keys } = await context.store.read(
    ["messages", "conversations", "entries"],
    async (tx) => ({
      messages: await tx.objectStore("messages").getAll(),
      conversations: await tx.objectStore("conversations").getAll(),
      keys: await tx.objectStore("entries").getAllKeys(),
    }),
  );
  const folders = (await readLabelViews(context)).map(({ id }) => id);
  const expected: string[] = [];
  for (const c of conversations) {
    const own = messages.filter((m) => m.conversation === c.id);
    const folded = conversationOf(emptyConversation(c.id, c.kind, c.person), own, me);
    const isStray = own.some(
      ({ folder }) => folder !== undefined && !isBuiltIn(folder) && !folders.includes(folder),
    );
    expect(c).toEqual(isStray ? { ...folded, stray: 1 } : folded);
    for (const { place, at } of listings(c)) expected.push(JSON.stringify([place, -at, -c.id]));
  }
  expect(keys.map((key) => JSON.stringify(key)).sort()).toEqual(expected.sort());
  const counts = await readMailboxes(context);
  for (const box of MAILBOXES)
    if (box !== "drafts") expect(counts[box].total).toBe((await subjects(context, box)).length);
}

describe("acts", () => {
  test("very many in portions: one step that says how many, taken back whole", async () => {
    const context = await accountOnTrial();
    const all = Array.from({ length: 130 }, (_, i) => [
      mail(`t${i}`, 1, i),
      mine(`t${i}`, 2, i + 0.5),
    ]).flat();
    await take(context, ...all);
    const before = await subjects(context, "inbox");
    expect(before).toHaveLength(130);
    const except = [await idOf(context, "t7")];
    expect(
      await triage(context, { act: move("archive"), on: { place: "inbox", except } }),
    ).toMatchObject({ count: 129 });
    expect(await subjects(context, "inbox")).toEqual(["t7"]);
    expect(await readUndo(context)).toMatchObject({ act: "archive", count: 129 });
    await expectConsistent(context);
    expect(await undo(context, {})).toMatchObject({ act: "archive", count: 129 });
    expect(await subjects(context, "inbox")).toEqual(before);
    expect(await readUndo(context)).toBeNull();
    expect(await context.store.read(["undo"], (tx) => tx.objectStore("undo").count())).toBe(0);
    await expectConsistent(context);
  });

  test("archive takes a conversation out of the inbox, and a new message brings it back", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1), mine("a", 2, 2), mail("b", 1, 3));
    expect(await act(context, "a", move("archive"))).toMatchObject({ count: 1 });
    expect(await subjects(context, "inbox")).toEqual(["b"]);
    expect(await subjects(context, "archive")).toEqual(["a"]);
    expect(await subjects(context, "sent")).toEqual(["a"]);
    expect(await subjects(context, "all")).toEqual(["b", "a"]);
    await take(context, mail("a", 3, 4));
    expect(await subjects(context, "inbox")).toEqual(["a", "b"]);
    expect(await subjects(context, "archive")).toEqual([]);
    await expectConsistent(context);
  });

  test("older mail that turns up later lies with what was archived", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 2, 5));
    await act(context, "a", move("archive"));
    await take(context, mail("a", 1, 1));
    expect(await subjects(context, "inbox")).toEqual([]);
    await expectConsistent(context);
  });

  test("delete takes what I sent along, and what the same people write next", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1), mine("a", 2, 2), mail("a", 3, 3, { from: carol }));
    await act(context, "a", move("trash"));
    for (const place of ["inbox", "sent", "all"] as const)
      expect(await subjects(context, place)).toEqual([]);
    await take(context, mail("a", 4, 4));
    expect(await subjects(context, "inbox")).toEqual([]);
    expect(await subjects(context, "trash")).toEqual(["a"]);
    await act(context, "a", move("inbox"));
    expect(await subjects(context, "inbox")).toEqual(["a"]);
    expect(await subjects(context, "sent")).toEqual(["a"]);
    expect(await subjects(context, "trash")).toEqual([]);
    await expectConsistent(context);
  });

  test("spam of a stranger: what follows is spam too, until it is said not to be", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1));
    await act(context, "a", move("spam"));
    await take(context, mail("b", 1, 2), mail("c", 1, 3, { from: carol }));
    expect(await subjects(context, "inbox")).toEqual(["c"]);
    expect(await subjects(context, "spam")).toEqual(["b", "a"]);
    await act(context, "b", move("inbox"));
    await take(context, mail("d", 1, 4));
    expect(await subjects(context, "inbox")).toEqual(["d", "c", "b"]);
    await expectConsistent(context);
  });

  test("a report taken back is no report", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1));
    await act(context, "a", move("spam"));
    await undo(context, {});
    await take(context, mail("b", 1, 2));
    expect(await subjects(context, "inbox")).toEqual(["b", "a"]);
  });

  test("mail of people I know is not spam because one of it was", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1), mine("c", 1, 2));
    await act(context, "a", move("spam"));
    await take(context, mail("b", 1, 3));
    expect(await subjects(context, "inbox")).toEqual(["b"]);
  });

  test("muted: what follows does not come back, until it is not muted any more", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1));
    await act(context, "a", { do: "mute" });
    expect(await subjects(context, "inbox")).toEqual([]);
    await take(context, mail("a", 2, 2));
    expect(await subjects(context, "inbox")).toEqual([]);
    await act(context, "a", { do: "unmute" });
    await take(context, mail("a", 3, 3));
    expect(await subjects(context, "inbox")).toEqual(["a"]);
    await expectConsistent(context);
  });

  test("star, tags, read and unread, on many at once and all of a place", async () => {
    const context = await accountOnTrial();
    await take(context, ...Array.from({ length: 130 }, (_, i) => mail(`t${i}`, 1, i)));
    const made = await saveLabel(context, { kind: "tag", name: "Work" });
    const tag = made.ok ? made.id : "";
    const except = [await idOf(context, "t7")];
    const all = { place: "inbox" as const, except };
    expect(await triage(context, { act: { do: "tag", tag, on: true }, on: all })).toMatchObject({
      count: 129,
    });
    expect(await triage(context, { act: { do: "read" }, on: all })).toMatchObject({ count: 129 });
    await act(context, "t3", { do: "star" });
    expect((await readMailboxes(context)).labels[`tag:${tag}`]).toEqual({ total: 129, unread: 0 });
    expect((await readMailboxes(context)).inbox).toEqual({ total: 130, unread: 1 });
    expect(await subjects(context, "starred")).toEqual(["t3"]);
    const [row] = (await readWindow(context, { mailbox: "starred", offset: 0, limit: 1 })).rows;
    expect(row).toMatchObject({ starred: true, tags: [{ id: tag, name: "Work" }] });
    await act(context, "t3", { do: "unread" });
    expect((await readMailboxes(context)).inbox.unread).toBe(2);
    await expectConsistent(context);
  });

  test("deleted for good: nowhere to be seen, and another copy of it does not come back", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1), mail("b", 1, 2));
    await act(context, "a", move("trash"));
    expect(
      await triage(context, { act: { do: "delete-forever" }, on: { place: "trash", except: [] } }),
    ).toEqual({ count: 1 });
    await take(context, mail("a", 1, 1));
    for (const place of ["inbox", "all", "trash"] as const)
      expect(await subjects(context, place)).not.toContain("a");
    expect(await readConversation(context, { thread: "a", limit: 9 })).toEqual({
      state: "missing",
    });
    await expectConsistent(context);
    // What follows in its thread is mail like any other, and none of the deleted comes along.
    await take(context, mail("a", 2, 3));
    const view = await readConversation(context, { thread: "a", limit: 9 });
    expect(view.state === "found" && view.messages.map((m) => m.body)).toEqual(["a 2"]);
    await expectConsistent(context);
  });
});

describe("snooze", () => {
  test("out of sight until then, back on top and unread; a new message wakes it before", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1), mail("b", 1, 2), mail("c", 1, 3));
    await act(context, "a", { do: "read" });
    await act(context, "a", move("archive"));
    const soon = context.now() + 3000;
    await act(context, "a", { do: "snooze", until: soon });
    await act(context, "b", { do: "snooze", until: soon + 1 });
    expect(await subjects(context, "snoozed")).toEqual(["a", "b"]);
    expect(await subjects(context, "inbox")).toEqual(["c"]);
    await take(context, mail("b", 2, 4));
    expect(await subjects(context, "snoozed")).toEqual(["a"]);
    const snoozes = createSnoozes({ ...context, now: () => soon });
    await expect.poll(() => subjects(context, "snoozed"), { timeout: 5000 }).toEqual([]);
    snoozes.close();
    const { rows } = await readWindow(context, { mailbox: "inbox", offset: 0, limit: 9 });
    expect(rows.map((row) => row.subject)).toEqual(
      ["a", "b", "c"].toSorted((x) => (x === "a" ? -1 : 0)),
    );
    expect(rows[0]).toMatchObject({ subject: "a", unread: true, wokeAt: soon });
    await expectConsistent(context);
  });

  test("a clock that is known to be years ahead wakes nobody, and is what people go by who choose a time", async () => {
    const account = await accountOnTrial();
    const ahead = 10 * 365 * 24 * 3_600_000;
    const soon = account.now() + 3000;
    const context = { ...account, now: () => soon - 1000 + ahead };
    await context.store.write(["meta"], async (tx) => putMeta(tx, "clockOffset", -ahead));
    await take(context, mail("a", 1, 1));
    await act(context, "a", { do: "snooze", until: soon + ahead });
    const early = createSnoozes(context);
    await new Promise((resolve) => setTimeout(resolve, 500));
    early.close();
    expect(await subjects(context, "snoozed")).toEqual(["a"]);
    const snoozes = createSnoozes({ ...context, now: () => soon + ahead });
    await expect.poll(() => subjects(context, "snoozed"), { timeout: 5000 }).toEqual([]);
    const { rows } = await readWindow(context, { mailbox: "inbox", offset: 0, limit: 9 });
    expect(rows[0]).toMatchObject({ wokeAt: soon });
    snoozes.close();
  });

  test("a clock that was hours behind and was set since wakes nobody early", async () => {
    const account = await accountOnTrial();
    const behind = 3 * 3_600_000;
    const soon = account.now() + behind;
    await account.store.write(["meta"], async (tx) => putMeta(tx, "clockOffset", behind));
    await take(account, mail("a", 1, 1));
    await act(account, "a", { do: "snooze", until: soon - behind });
    const early = createSnoozes({ ...account, now: () => soon - 1000 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    early.close();
    expect(await subjects(account, "snoozed")).toEqual(["a"]);
    const snoozes = createSnoozes({ ...account, now: () => soon });
    await expect.poll(() => subjects(account, "snoozed"), { timeout: 5000 }).toEqual([]);
    snoozes.close();
  });
});

describe("folders and tags", () => {
  test("a name once among siblings, nothing inside itself, none without a name", async () => {
    const context = await accountOnTrial();
    const made = await saveLabel(context, { kind: "folder", name: "Работа 🚢" });
    const id = made.ok ? made.id : "";
    expect(await saveLabel(context, { kind: "folder", name: "работа 🚢" })).toMatchObject({
      problem: "same-name",
    });
    expect(await saveLabel(context, { kind: "folder", name: " " })).toMatchObject({
      problem: "no-name",
    });
    expect(await saveLabel(context, { kind: "folder", id, inside: id })).toMatchObject({
      problem: "inside",
    });
    const inner = await saveLabel(context, { kind: "folder", name: "работа 🚢", inside: id });
    expect(inner.ok).toBe(true);
    expect((await readLabelViews(context)).map((l) => [l.name, l.depth])).toEqual([
      ["Работа 🚢", 0],
      ["работа 🚢", 1],
    ]);
  });

  test("a deleted folder's mail is archived, what stood in it moves up, and Undo brings all back", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1), mail("b", 1, 2));
    const made = await saveLabel(context, { kind: "folder", name: "Clients" });
    const id = made.ok ? made.id : "";
    await saveLabel(context, { kind: "folder", name: "Old", inside: id });
    await act(context, "a", move(id));
    expect(await subjects(context, `folder:${id}`)).toEqual(["a"]);
    expect(await subjects(context, "inbox")).toEqual(["b"]);
    const { undo: step } = await deleteLabel(context, { id });
    expect(step).toBe((await readUndo(context))?.id);
    expect(await subjects(context, "archive")).toEqual(["a"]);
    expect((await readLabelViews(context)).map((l) => [l.name, l.depth])).toEqual([["Old", 0]]);
    expect(await undo(context, {})).toMatchObject({ act: "delete-label" });
    expect(await subjects(context, `folder:${id}`)).toEqual(["a"]);
    expect((await readLabelViews(context)).map((l) => [l.name, l.depth])).toEqual([
      ["Clients", 0],
      ["Old", 1],
    ]);
    await expectConsistent(context);
  });

  test("order among siblings", async () => {
    const context = await accountOnTrial();
    for (const name of ["A", "B", "C"]) await saveLabel(context, { kind: "tag", name });
    const c = (await readLabelViews(context)).find((l) => l.name === "C");
    await saveLabel(context, { kind: "tag", id: c?.id ?? "", place: 0 });
    expect((await readLabelViews(context)).map((l) => l.name)).toEqual(["C", "A", "B"]);
  });
});

describe("undo", () => {
  test("steps come off one by one, the newest first", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1), mail("b", 1, 2));
    await act(context, "a", { do: "star" });
    await act(context, "b", move("archive"));
    expect(await readUndo(context)).toMatchObject({ act: "archive", count: 1 });
    await undo(context, {});
    expect(await subjects(context, "inbox")).toEqual(["b", "a"]);
    expect(await readUndo(context)).toMatchObject({ act: "star" });
    await undo(context, {});
    expect(await subjects(context, "starred")).toEqual([]);
    expect(await undo(context, {})).toBeNull();
    await expectConsistent(context);
  });

  test("a step under another on the same conversation comes off as well", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1));
    await act(context, "a", move("archive"));
    await act(context, "a", move("trash"));
    await act(context, "a", move("spam"));
    for (const place of ["trash", "archive", "inbox"] as const) {
      await undo(context, {});
      expect(await subjects(context, place)).toEqual(["a"]);
    }
    await expectConsistent(context);
  });

  test("what was changed after the step stays as it was changed", async () => {
    const context = await accountOnTrial();
    await take(context, mail("a", 1, 1), mail("b", 1, 2));
    const first = await triage(context, {
      act: move("archive"),
      on: { conversations: [await idOf(context, "a"), await idOf(context, "b")] },
    });
    await act(context, "a", move("trash"));
    await undo(context, { id: first.undo ?? "" });
    expect(await subjects(context, "trash")).toEqual(["a"]);
    expect(await subjects(context, "inbox")).toEqual(["b"]);
    await expectConsistent(context);
  });

  test("any acts and undos over any arrivals end where they should", async () => {
    const acts: TriageAct[] = [
      { do: "read" },
      { do: "unread" },
      { do: "star" },
      { do: "unstar" },
      move("archive"),
      move("trash"),
      move("spam"),
      move("inbox"),
      move("folder0000"),
      { do: "tag", tag: "tag0000001", on: true },
      { do: "tag", tag: "tag0000001", on: false },
      { do: "snooze", until: 9_000_000_000 },
      { do: "unsnooze" },
      { do: "mute" },
      { do: "unmute" },
    ];
    const step = fc.oneof(
      fc.record({ act: fc.constantFrom(...acts), on: fc.constantFrom("a", "b") }),
      fc.record({ undo: fc.constant(true) }),
      fc.record({ arrives: fc.constantFrom("a", "b"), from: fc.constantFrom(bob, carol, me) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const context = await accountOnTrial();
        await take(context, mail("a", 0, 1), mine("a", 1, 2), mail("b", 0, 3));
        const before = await said(context);
        let at = 10;
        let arrivals = 0;
        for (const one of steps) {
          if ("act" in one) await act(context, one.on, one.act);
          else if ("undo" in one) await undo(context, {});
          else {
            arrivals++;
            const more = one.from === me ? { from: me, to: bob } : { from: one.from };
            await take(context, mail(one.arrives, at, at++, more));
          }
          await expectConsistent(context);
        }
        while ((await undo(context, {})) !== null) await expectConsistent(context);
        // With nothing else in between, all is as it was.
        if (arrivals === 0) expect(await said(context)).toEqual(before);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

/** What the rows say of themselves, without what says nothing. */
async function said(context: AccountContext): Promise<unknown[]> {
  const rows = await context.store.read(["messages"], (tx) => tx.objectStore("messages").getAll());
  return rows.map(({ mid, unread, folder, star, tags, mute, snooze }) => [
    mid,
    unread ?? 0,
    folder ?? "",
    star ?? 0,
    tags ?? [],
    mute ?? 0,
    snooze ?? 0,
  ]);
}
