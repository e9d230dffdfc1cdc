import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccountContext } from "../../src/engine/context.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import { conversationOf, emptyConversation, listings } from "../../src/mail/conversation.ts";
import { type Arrival, arrivalOf } from "../../src/mail/message.ts";
import type { Received } from "../../src/mail/received.ts";
import { readConversation } from "../../src/engine/queries/conversation.ts";
import { readFormatted, readSource } from "../../src/engine/queries/formatted.ts";
import { readPart } from "../../src/store/parts.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";
import { BARE } from "./bare-received.ts";

const bob = "bob@example.net" as Jid;
const carol = "carol@example.net" as Jid;
const evil = "evil@attacker.example" as Jid;
const DAY = 24 * 3600 * 1000;

type Spec = Partial<Received> & { at: number; archiveId?: string };

function arrival(spec: Spec): Arrival {
  const { at, archiveId, ...more } = spec;
  const received: Received = {
    from: bob,
    fromResource: "",
    to: me,
    toResource: "",
    type: "normal",
    ...BARE,
    ...more,
  };
  const made = arrivalOf(received, {
    me,
    at,
    unread: true,
    ...(archiveId === undefined ? {} : { archiveId }),
  });
  if (made === undefined) throw new Error("no message");
  return made;
}

async function take(context: AccountContext, ...batch: Arrival[]): Promise<void> {
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, batch));
}

async function dump(context: AccountContext) {
  return context.store.read(
    ["messages", "conversations", "entries", "meta", "bodies"],
    async (tx) => ({
      messages: await tx.objectStore("messages").getAll(),
      conversations: await tx.objectStore("conversations").getAll(),
      entries: await tx.objectStore("entries").getAllKeys(),
      totals: (await tx.objectStore("meta").get("totals")) as Record<
        string,
        { total: number; unread: number }
      >,
      bodies: await tx.objectStore("bodies").count(),
    }),
  );
}

/** Groups of message ids, as a person sees them. */
async function groups(context: AccountContext): Promise<string[]> {
  const { messages, conversations } = await dump(context);
  return conversations
    .map(
      (c) =>
        `${c.kind}:${messages
          .filter((m) => m.conversation === c.id)
          .map((m) => m.mid)
          .sort()
          .join("+")}`,
    )
    .sort();
}

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

test("live, carbon, archive and offline copies of one message are one row", async () => {
  const context = await accountOnTrial();
  const copy: Spec = { id: uuid(1), body: "Hello", at: 5000 };
  await take(context, arrival(copy));
  await take(context, arrival({ ...copy, at: 5400 }));
  await take(
    context,
    arrival({ ...copy, at: 3000, archiveId: "A" }),
    arrival({ ...copy, at: 3000, archiveId: "A" }),
  );
  const { messages, totals } = await dump(context);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({ archiveIds: ["A"], at: 3000 });
  expect(totals["inbox"]).toEqual({ total: 1, unread: 1 });
});

test("nobody can suppress another's message by using its id first", async () => {
  const context = await accountOnTrial();
  await take(
    context,
    arrival({ from: evil, id: uuid(1), originId: uuid(1), body: "Hello", at: 1 }),
  );
  await take(context, arrival({ from: bob, id: uuid(1), originId: uuid(1), body: "Hello", at: 2 }));
  expect((await dump(context)).messages).toHaveLength(2);
});

test("the same short id twice is two messages, and so is the same long id with another text", async () => {
  const context = await accountOnTrial();
  await take(context, arrival({ id: "1", body: "alert", at: 1, archiveId: "A" }));
  await take(context, arrival({ id: "1", body: "alert", at: 2, archiveId: "B" }));
  await take(
    context,
    arrival({ id: uuid(9), body: "one", at: 3 }),
    arrival({ id: uuid(9), body: "two", at: 4 }),
  );
  expect((await dump(context)).messages).toHaveLength(4);
});

test("a live copy under a short id whose time this device guessed wrong is the archive's all the same", async () => {
  const context = await accountOnTrial();
  const live = arrival({ id: "2", body: "Hello", at: 11 * 365 * DAY });
  live.message.guessedAt = 1;
  await take(context, live);
  await take(context, arrival({ id: "2", body: "Hello", at: DAY, archiveId: "a1" }));
  await take(context, arrival({ id: "2", body: "Hello", at: 3 * DAY, archiveId: "a2" }));
  const { messages } = await dump(context);
  expect(messages.map(({ at, archiveIds, guessedAt }) => [at, archiveIds, guessedAt])).toEqual([
    [DAY, ["a1"], undefined],
    [3 * DAY, ["a2"], undefined],
  ]);
});

test("the archive tells of it first, then the stream with a time this device guessed: one row, and the next one is another", async () => {
  const context = await accountOnTrial();
  const live = (): Arrival => {
    const made = arrival({ id: "2", body: "Hello", at: 11 * 365 * DAY });
    made.message.guessedAt = 1;
    return made;
  };
  await take(context, arrival({ id: "2", body: "Hello", at: DAY, archiveId: "a1" }));
  await take(context, live());
  await take(context, live());
  await take(context, arrival({ id: "2", body: "Hello", at: 2 * DAY, archiveId: "a2" }));
  const { messages } = await dump(context);
  expect(messages.map(({ at, archiveIds }) => [at, archiveIds])).toEqual([
    [DAY, ["a1"]],
    [2 * DAY, ["a2"]],
  ]);
});

test("a page that comes again makes no row twice, however often its sender used the one short id", async () => {
  const context = await accountOnTrial();
  // More than are looked at by their id alone.
  const page = Array.from({ length: 450 }, (_none, i) =>
    arrival({ id: "1", body: "on", at: 1000 + i * 7, archiveId: `A${i}` }),
  );
  for (const batch of [page, page.slice(0, 50), page.slice(200, 250), page.slice(-50)])
    await take(context, ...batch);
  expect((await dump(context)).messages).toHaveLength(450);
  context.store.close();
});

test("mail I sent to three from another device is one message to three", async () => {
  const context = await accountOnTrial();
  const copy = (to: Jid, archiveId: string) =>
    arrival({ from: me, to, id: uuid(1), body: "All", at: 1, archiveId });
  await take(context, copy(bob, "A"), copy(carol, "B"));
  await take(context, copy(evil, "C"));
  const { messages } = await dump(context);
  expect(messages).toHaveLength(1);
  expect(messages[0]?.archiveIds).toEqual(["A", "B", "C"]);
  expect(messages[0]?.to.map((n) => n.jid)).toEqual([bob, carol, evil]);
});

test("whoever answers has read what came before", async () => {
  const context = await accountOnTrial();
  await take(context, arrival({ id: uuid(1), body: "?", thread: { id: "t" }, at: 1 }));
  await take(
    context,
    arrival({ from: me, to: bob, id: uuid(2), body: "!", thread: { id: "t" }, at: 2 }),
  );
  expect((await dump(context)).totals["inbox"]).toEqual({ total: 1, unread: 0 });
});

describe("of an answer that names what it answers", () => {
  const asked = { id: uuid(1), body: "?", thread: { id: "t" }, at: 1000 };
  const unseen = { id: uuid(2), body: "And?", thread: { id: "t" }, at: 2000 };
  const answer = {
    from: me,
    to: bob,
    id: uuid(3),
    body: "!",
    thread: { id: "t" },
    reply: { id: uuid(1), to: bob },
    at: 3000,
  };
  const before = { id: uuid(4), body: "Hello", thread: { id: "t" }, at: 500 };

  /** Of these, which come one by one into one conversation, those of these times. */
  async function expectUnread(specs: readonly Spec[], times: number[]): Promise<void> {
    const context = await accountOnTrial();
    for (const [index, spec] of specs.entries())
      await take(context, arrival({ ...spec, archiveId: `a${index}` }));
    const { messages, conversations } = await dump(context);
    expect(conversations).toHaveLength(1);
    expect(messages.filter((row) => row.unread === 1).map((row) => row.at)).toEqual(times);
    context.store.close();
  }

  test("what it answers and what was before is read, and nothing after, in whatever order they come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([asked, unseen, answer, before], { minLength: 4 }),
        async (specs) => {
          const context = await accountOnTrial();
          for (const [index, spec] of specs.entries())
            await take(context, arrival({ ...spec, archiveId: `a${index}` }));
          const { messages } = await dump(context);
          expect(messages.filter((row) => row.unread === 1).map((row) => row.mid)).toEqual([
            unseen.id,
          ]);
          context.store.close();
        },
      ),
      { numRuns: 24 },
    );
  });

  test("mail that came after the answer stays unread where its sender uses the same id again", async () => {
    const first = { ...asked, id: "1" };
    const again = { ...first, at: 5000 };
    const mine = { ...answer, reply: { id: "1", to: bob } };
    await expectUnread([again, mine, first], [5000]);
  });

  test("another of the same second, which it does not name, stays unread", async () => {
    await expectUnread([asked, { ...unseen, at: 1000 }, answer], [1000]);
  });

  test("who takes an id of somebody else's for later mail has nothing read", async () => {
    const toBoth = {
      ...asked,
      addresses: [me, carol].map((jid) => ({ type: "to" as const, jid })),
    };
    const joins = { ...answer, from: carol, to: me, id: uuid(5), at: 1500 };
    const forged = { ...joins, id: uuid(1), at: 2500, reply: { id: uuid(5), to: carol } };
    await expectUnread([toBoth, joins, unseen, forged, answer], [1500, 2000, 2500]);
  });

  test("a chat of mine out of a chat app counts in whatever order it comes", async () => {
    const chat = { ...answer, type: "chat" as const, at: 4000 };
    const { reply: _reply, ...bare } = chat;
    for (const order of [
      [asked, unseen, bare],
      [bare, unseen, asked],
      [unseen, bare, asked],
    ]) {
      const context = await accountOnTrial();
      const first = { ...answer, id: uuid(9), at: 100 };
      await take(context, arrival({ ...first, archiveId: "a0" }));
      for (const [index, spec] of order.entries())
        await take(context, arrival({ ...spec, archiveId: `b${index}` }));
      const { messages } = await dump(context);
      expect(messages.filter((row) => row.unread === 1)).toEqual([]);
      context.store.close();
    }
  });
});

const story: Spec[] = [
  { from: me, to: bob, id: uuid(1), body: "Lunch?", thread: { id: "t1" }, at: 1 * DAY },
  { from: bob, id: uuid(2), type: "chat", body: "sure", at: 2 * DAY },
  { from: bob, id: uuid(3), type: "chat", body: "by the way", at: 3 * DAY },
  {
    from: bob,
    id: uuid(4),
    body: "Menu",
    thread: { id: "t1" },
    reply: { id: uuid(1), to: me },
    at: 4 * DAY,
  },
  {
    from: evil,
    id: uuid(5),
    body: "me too",
    thread: { id: "t1" },
    reply: { id: uuid(1), to: me },
    at: 5 * DAY,
  },
  { from: carol, id: uuid(6), body: "Other", thread: { id: "t2" }, at: 6 * DAY },
  { from: me, to: carol, id: uuid(7), body: "Fwd", references: [uuid(6)], at: 7 * DAY },
  {
    from: carol,
    id: uuid(8),
    type: "chat",
    body: "thx",
    reply: { id: uuid(7), to: me },
    at: 8 * DAY,
  },
  {
    from: carol,
    id: uuid(9),
    type: "chat",
    body: "and this",
    reply: { id: uuid(8), to: carol },
    at: 9 * DAY,
  },
  { from: me, to: bob, id: uuid(10), type: "chat", body: "ok", at: 10 * DAY },
];

const expected = [
  `chat:${uuid(3)}+${uuid(10)}`,
  `mail:${uuid(1)}+${uuid(2)}+${uuid(4)}`,
  `mail:${uuid(5)}`,
  `mail:${uuid(6)}+${uuid(7)}+${uuid(8)}+${uuid(9)}`,
].sort();

test("conversations are the same in whatever order and batches the archive is read", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(
        story.map((_, i) => i),
        { minLength: story.length },
      ),
      fc.array(fc.integer({ min: 1, max: 4 }), {
        minLength: story.length,
        maxLength: story.length,
      }),
      async (order, sizes) => {
        const context = await accountOnTrial();
        const queue = order.map((i) => arrival(story[i] as Spec));
        for (const size of sizes) {
          const batch = queue.splice(0, size);
          if (batch.length > 0) await take(context, ...batch);
        }
        expect(await groups(context)).toEqual(expected);
        await expectConsistent(context);
      },
    ),
    { numRuns: 60 },
  );
});

/** Counters, lists and folded rows equal what the messages say. */
async function expectConsistent(context: AccountContext): Promise<void> {
  const { messages, conversations, entries, totals, bodies } = await dump(context);
  const keys: unknown[] = [];
  const counted: Record<string, { total: number; unread: number }> = {};
  for (const c of conversations) {
    const rows = messages.filter((m) => m.conversation === c.id);
    const { people: _a, ...stored } = c;
    const { people: _b, ...folded } = conversationOf(
      emptyConversation(c.id, c.kind, c.person),
      rows,
      me,
    );
    expect(stored).toEqual(folded);
    for (const { place: mailbox, at } of listings(c)) {
      keys.push([mailbox, -at, -c.id]);
      const count = (counted[mailbox] ??= { total: 0, unread: 0 });
      count.total += 1;
      count.unread += c.unread > 0 ? 1 : 0;
    }
  }
  const text = (list: unknown[]): string[] => list.map((k) => JSON.stringify(k)).sort();
  expect(text(entries)).toEqual(text(keys));
  for (const [mailbox, count] of Object.entries(totals)) {
    expect([mailbox, count]).toEqual([mailbox, counted[mailbox] ?? { total: 0, unread: 0 }]);
  }
  expect(bodies).toBe(messages.length);
}

test("only its sender withdraws a message, before or after it came", async () => {
  const withdraw = (from: Jid, at: number, retracts: string): Arrival =>
    arrival({ from, at, originId: `w-${from}-${at}`, retracts, body: "not supported" });
  const mail = (originId: string, at: number): Arrival =>
    arrival({ at, originId, subject: "Plan", body: "What was said" });
  const batches = [
    [mail("first-of-bob", DAY)],
    [withdraw(evil, 2 * DAY, "first-of-bob"), withdraw(bob, 3 * DAY, "first-of-bob")],
    [withdraw(evil, 2 * DAY, "later-of-bob"), withdraw(bob, 5 * DAY, "later-of-bob")],
    [mail("later-of-bob", 4 * DAY), mail("third-of-bob", 6 * DAY)],
  ];
  const context = await accountOnTrial();
  for (const batch of batches) await take(context, ...batch);
  const { messages } = await dump(context);
  expect(messages.map((m) => [m.mid, m.retractedAt, m.snippet])).toEqual([
    ["first-of-bob", 3 * DAY, ""],
    ["later-of-bob", 5 * DAY, ""],
    ["third-of-bob", undefined, "What was said"],
  ]);
});

test("a reaction is kept with its message, before or after it came, and is none of its own", async () => {
  const react = (from: Jid, at: number, to: string, ...emoji: string[]): Arrival =>
    arrival({ from, at, originId: `r-${from}-${at}`, type: "chat", reactions: { to, emoji } });
  const mine = (originId: string, at: number): Arrival =>
    arrival({ from: me, to: bob, at, originId, subject: "Plan", body: "At seven?" });
  const context = await accountOnTrial();
  // The archive is read backwards: what was said of a message comes before it.
  await take(context, react(bob, 5 * DAY, "plan-number-two", "🎉"));
  await take(context, mine("plan-number-one", DAY), mine("plan-number-two", 4 * DAY));
  await take(context, react(bob, 3 * DAY, "plan-number-one", "👍", "🐢"));
  await take(context, react(bob, 2 * DAY, "plan-number-one", "👎"));
  await take(context, react(evil, 6 * DAY, "plan-number-one", "💩"));
  const { messages } = await dump(context);
  expect(messages.map((m) => [m.mid, m.reactions])).toEqual([
    ["plan-number-one", [{ jid: bob, at: 3 * DAY, emoji: ["👍", "🐢"] }]],
    ["plan-number-two", [{ jid: bob, at: 5 * DAY, emoji: ["🎉"] }]],
  ]);
  await take(context, react(bob, 7 * DAY, "plan-number-two"));
  const view = await readConversation(context, { message: "plan-number-two", limit: 5 });
  const shown = view.state === "found" ? view.messages : [];
  expect(shown.map((m) => m.reactions?.map((r) => r.emoji))).toEqual([undefined]);
});

test("HTML and stanza stand apart from the text where they are much, and go with it", async () => {
  const context = await accountOnTrial();
  const html = `<p>${"long ".repeat(20_000)}</p>`;
  const source = { xml: `<message><body>\u0000</body>${html}</message>`, isWhole: true };
  const heavy = arrival({
    at: DAY,
    originId: "with-html-in-it",
    body: "words",
    content: { type: "text/html", text: html },
    source,
  });
  const light = arrival({
    at: 2 * DAY,
    originId: "with-little-in-it",
    body: "more",
    content: { type: "text/html", text: "<p>little</p>" },
    source: { xml: "<message/>", isWhole: true },
  });
  await take(context, heavy, light);
  // The archive's copy of a live message changes nothing of it.
  await take(context, heavy);
  const rows = await context.store.read(["bodies", "originals"], async (tx) => ({
    bodies: await tx.objectStore("bodies").getAll(),
    originals: await tx.objectStore("originals").getAll(),
  }));
  expect(JSON.stringify(rows.bodies).length).toBeLessThan(1000);
  expect(rows.originals).toEqual([{ key: 1, formatted: { kind: "html", text: html }, source }]);
  expect(await readFormatted(context, { key: 1 })).toEqual({ kind: "html", html });
  expect(await readSource(context, { key: 1 })).toEqual({
    xml: `<message><body>words</body>${html}</message>`,
    isWhole: true,
  });
  expect(await readFormatted(context, { key: 2 })).toEqual({ kind: "html", html: "<p>little</p>" });
  expect(await readSource(context, { key: 2 })).toEqual({ xml: "<message/>", isWhole: true });

  // As rows were written before: all of it beside the text.
  await context.store.write(["bodies", "originals"], async (tx) => {
    void tx.objectStore("originals").clear();
    const body = { body: "words", fallbacks: [], sources: [] };
    void tx
      .objectStore("bodies")
      .put({ key: 1, ...body, formatted: { kind: "html", text: html }, source });
  });
  expect(await readFormatted(context, { key: 1 })).toEqual({ kind: "html", html });
  expect((await readSource(context, { key: 1 }))?.isWhole).toBe(true);
});

test("bytes that came along stand apart from the text", async () => {
  const context = await accountOnTrial();
  const url = `data:text/plain;base64,${btoa("hello").repeat(1000)}`;
  const file = { name: "a.txt", hashes: {}, sources: ["https://example.net/a.txt", url] };
  await take(context, arrival({ at: DAY, originId: "with-a-file", attachments: [file] }));
  const [bodies, parts, read] = await context.store.read(["bodies", "parts"], async (tx) => {
    const rows = await tx.objectStore("bodies").getAll();
    return [rows, await tx.objectStore("parts").getAll(), await readPart(tx, rows[0], 0)] as const;
  });
  expect(bodies[0]?.sources).toEqual([["data:", "https://example.net/a.txt"]]);
  expect(parts).toEqual([{ url }]);
  expect(read).toBe(url);
});
