/** The outbox against a server of a few lines that counts, keeps an archive, and fails as told. */
import { expect, onTestFinished, test } from "vitest";
import { retract } from "../../src/engine/commands/retract.ts";
import { discardUnsent, retrySend, send } from "../../src/engine/commands/send.ts";
import { takeInbound } from "../../src/engine/live.ts";
import { createOutbox } from "../../src/engine/outbox.ts";
import { createStreamKeeper } from "../../src/engine/stream-keeper.ts";
import type { Jid } from "../../src/mail/address.ts";
import { newDraft } from "../../src/mail/reply.ts";
import { putMeta } from "../../src/store/meta.ts";
import { openSession } from "../../src/xmpp/session.ts";
import { idOf, scriptServer } from "../xmpp/scripted-server.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";

const bob = "bob@x.test" as Jid;
const cem = "cem@y.test" as Jid;
const SM = "xmlns='urn:xmpp:sm:3'";

type Kept = { id: string; to: string; archiveId: string };

/** What outlives a stream: the server, its archive, what it handed on; and the browser's database. */
async function world() {
  const context = await accountOnTrial();
  const archive: Kept[] = [];
  const behaviour = {
    /** Stanzas it takes on this stream before it goes deaf. */
    takes: Infinity,
    acks: true,
    resumes: true,
    hasSm: true,
    /** Archive queries answered with nothing, although the copy is there or coming. */
    blindFor: 0,
    onMessage: undefined as ((frame: string) => string[] | undefined) | undefined,
  };
  let streams = 0;
  let handled = 0;
  let stream = "";
  const queries: string[] = [];
  const server = scriptServer({
    get features() {
      return behaviour.hasSm ? `<sm ${SM}/>` : "<nothing xmlns='x'/>";
    },
    answer(frame) {
      if (frame.startsWith("<enable")) {
        handled = 0;
        stream = `s${++streams}`;
        return [`<enabled ${SM} id='${stream}' resume='true'/>`];
      }
      if (frame.startsWith("<resume"))
        return behaviour.resumes && frame.includes(`previd="${stream}"`)
          ? [`<resumed ${SM} previd='${stream}' h='${handled}'/>`]
          : [
              `<failed ${SM}><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`,
            ];
      if (frame.startsWith("<r ")) return behaviour.acks ? [`<a ${SM} h='${handled}'/>`] : [];
      if (frame.includes("urn:xmpp:mam:2")) return answerQuery(frame);
      if (frame.includes("urn:xmpp:ping")) {
        handled++;
        return behaviour.acks ? [iq(frame, "")] : [];
      }
      return frame.startsWith("<message") ? takeMessage(frame) : undefined;
    },
  });

  function takeMessage(frame: string): string[] {
    if (behaviour.takes-- <= 0) return [];
    const refusal = behaviour.onMessage?.(frame);
    if (refusal !== undefined) return refusal;
    handled++;
    keep(idOf(frame), /\bto="([^"]*)"/.exec(frame)?.[1] ?? "");
    return [];
  }

  function keep(id: string, to: string): void {
    archive.push({ id, to, archiveId: `a${archive.length + 1}` });
  }

  function answerQuery(frame: string): string[] {
    handled++;
    queries.push(frame);
    const queryId = /queryid="([^"]*)"/.exec(frame)?.[1];
    const to = /var="with"><value>([^<]*)/.exec(frame)?.[1];
    const max = Number(/<max>(\d+)/.exec(frame)?.[1]);
    const before = /<before>([^<]*)/.exec(frame)?.[1];
    const all = behaviour.blindFor-- > 0 ? [] : archive.filter((kept) => kept.to === to);
    const end = before === undefined ? all.length : all.findIndex((k) => k.archiveId === before);
    const page = all.slice(Math.max(0, end - max), end);
    return [
      ...page.map(
        (kept) =>
          `<message xmlns='jabber:client'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='${kept.archiveId}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2001-01-01T00:00:00Z'/><message xmlns='jabber:client' from='${me}/old' to='${kept.to}' id='${kept.id}'><body>x</body></message></forwarded></result></message>`,
      ),
      iq(frame, `<fin xmlns='urn:xmpp:mam:2' complete='${end - max <= 0}'/>`),
    ];
  }

  /** A holder of the lock: one stream, until it is cut. */
  async function connect(options: { hasArchive?: boolean } = {}) {
    const keeper = createStreamKeeper(context);
    const stop = new AbortController();
    let outbox: ReturnType<typeof createOutbox> | undefined;
    let ended: Promise<void> | undefined;
    const errors: unknown[] = [];
    const session = await openSession({
      service: "ws://127.0.0.1/ws",
      jid: me,
      credential: { kind: "password", password: "p" },
      scramSeen: false,
      clientId: "test",
      software: "test",
      ...(await keeper.claim()),
      onInbound: (event) => takeInbound(context, event),
      onAcked: (ids) => outbox?.acked(ids),
      onAnswer: (kept) => keeper.answer(kept),
      onClosed: (error) => {
        stop.abort();
        ended = outbox?.ended(error);
      },
    });
    await keeper.opened(session);
    const made = createOutbox(context, session, {
      hasArchive: options.hasArchive ?? true,
      keeper,
      isSurelyMine: async () => true,
      signal: stop.signal,
      onError: (error) => {
        if (!stop.signal.aborted) errors.push(error);
      },
    });
    outbox = made;
    const stopNudging = context.bus.onTopics((topics) => {
      if (topics.includes("outbox")) made.nudge();
    });
    made.nudge();
    const cut = async (): Promise<void> => {
      stopNudging();
      session.abort();
      await ended;
      await keeper.ended(session);
      expect(errors).toEqual([]);
    };
    onTestFinished(cut);
    return { session, cut, isOver: () => stop.signal.aborted };
  }

  let drafts = 0;
  async function write(to: readonly Jid[], body = "Hello"): Promise<string> {
    const draft = {
      ...newDraft(
        `draft-number-${++drafts}`,
        0,
        to.map((jid) => ({ jid })),
      ),
      subject: "S",
      body,
    };
    expect(await send(context, { draft })).toEqual({ ok: true });
    const rows = await context.store.read(["outbox"], (tx) => tx.objectStore("outbox").getAll());
    return rows.at(-1)?.mid ?? "";
  }

  async function recipients(mid: string) {
    const rows = await context.store.read(["messages"], (tx) =>
      tx.objectStore("messages").index("mid").getAll(mid),
    );
    return rows[0]?.recipients ?? [];
  }
  const states = async (mid: string): Promise<string[]> =>
    (await recipients(mid)).map((r) => r.state);
  const keyOf = async (mid: string): Promise<number> => {
    const rows = await context.store.read(["messages"], (tx) =>
      tx.objectStore("messages").index("mid").getAll(mid),
    );
    return rows[0]?.key ?? 0;
  };
  /** Message stanzas the client wrote, over all streams: "id to". */
  const wrote = (): string[] =>
    server.got.flatMap((f) =>
      f.startsWith("<message") ? [`${idOf(f)} ${/\bto="([^"]*)"/.exec(f)?.[1]}`] : [],
    );
  return {
    context,
    server,
    archive,
    queries,
    behaviour,
    connect,
    write,
    recipients,
    states,
    keyOf,
    wrote,
    keep,
  };
}

function iq(frame: string, child: string): string {
  return `<iq xmlns='jabber:client' type='result' from='${/\bto="([^"]*)"/.exec(frame)?.[1] ?? me}' id='${idOf(frame)}'>${child}</iq>`;
}

const quickly = { timeout: 10_000 };

test("a message is sent, and said to be sent when the server says so", async () => {
  const { connect, write, states, wrote, behaviour } = await world();
  behaviour.acks = false;
  await connect();
  const mid = await write([bob]);
  await expect.poll(wrote, quickly).toEqual([`${mid} ${bob}`]);
  expect(await states(mid)).toEqual(["sending"]);
  behaviour.acks = true;
  await write([cem]);
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
});

test("F3: a resumed stream gets what the count leaves open, in order, and nothing else", async () => {
  const { connect, write, states, wrote, behaviour, archive } = await world();
  behaviour.takes = 2;
  behaviour.acks = false;
  const first = await connect();
  const mids: string[] = [];
  for (let i = 0; i < 5; i++) mids.push(await write([i % 2 === 0 ? bob : cem]));
  await expect.poll(() => wrote().length, quickly).toBe(5);
  await first.cut();
  Object.assign(behaviour, { takes: Infinity, acks: true });
  const second = await connect();
  expect(second.session.resumed).toBe(true);
  for (const mid of mids) await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  expect(
    wrote()
      .slice(5)
      .map((line) => line.split(" ")[0]),
  ).toEqual(mids.slice(2));
  expect(archive.map((kept) => kept.id)).toEqual(mids);
});

test("F3: the next holder takes the stream over from the database alone", async () => {
  const { connect, write, states, wrote, behaviour, context } = await world();
  behaviour.takes = 1;
  behaviour.acks = false;
  const crashed = await connect();
  const [one, two] = [await write([bob]), await write([bob])];
  await expect.poll(() => wrote().length, quickly).toBe(2);
  // The tab is gone: nothing of it is written down any more.
  crashed.session.abort();
  Object.assign(behaviour, { takes: Infinity, acks: true });
  const next = await connect();
  expect(next.session.resumed).toBe(true);
  await expect.poll(() => states(one), quickly).toEqual(["sent"]);
  await expect.poll(() => states(two), quickly).toEqual(["sent"]);
  expect(wrote()).toEqual([`${one} ${bob}`, `${two} ${bob}`, `${two} ${bob}`]);
  // The old holder wakes up: what it notes now would be wrong.
  await crashed.cut();
  const row = await context.store.read(["meta"], (tx) => tx.objectStore("meta").get("stream"));
  expect(row).not.toHaveProperty("sent");
});

test("F1: a copy the server had before it was killed is found and not sent again", async () => {
  const { connect, write, states, wrote, behaviour } = await world();
  Object.assign(behaviour, { acks: false, resumes: false });
  const first = await connect();
  const mid = await write([bob]);
  await expect.poll(() => wrote().length, quickly).toBe(1);
  await first.cut();
  behaviour.acks = true;
  await connect();
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  expect(wrote()).toHaveLength(1);
});

test("F1: nor when the archive shows it only at the second look", async () => {
  const { connect, write, states, wrote, behaviour } = await world();
  Object.assign(behaviour, { acks: false, resumes: false, blindFor: 1 });
  const first = await connect();
  const mid = await write([bob]);
  await expect.poll(() => wrote().length, quickly).toBe(1);
  await first.cut();
  behaviour.acks = true;
  await connect();
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  expect(wrote()).toHaveLength(1);
});

test("F1: a carbon of it that comes while we wait settles it", async () => {
  const { connect, write, states, wrote, behaviour, server } = await world();
  Object.assign(behaviour, { acks: false, resumes: false, blindFor: 99 });
  const first = await connect();
  const mid = await write([bob]);
  await expect.poll(() => wrote().length, quickly).toBe(1);
  await first.cut();
  behaviour.acks = true;
  await connect();
  server.say(
    `<message xmlns='jabber:client' from='${me}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${me}/old' to='${bob}' id='${mid}'><subject>S</subject><body>Hello</body></message></forwarded></sent></message>`,
  );
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  // One behind it to the same person would have waited for the same doubt.
  const next = await write([bob]);
  await expect.poll(() => states(next), quickly).toEqual(["sent"]);
  expect(wrote()).toEqual([`${mid} ${bob}`, `${next} ${bob}`]);
});

test("F2: a copy the server never had goes out again with the same id", async () => {
  const { connect, write, states, wrote, behaviour } = await world();
  Object.assign(behaviour, { takes: 0, acks: false, resumes: false });
  const first = await connect();
  const mid = await write([bob]);
  await expect.poll(() => wrote().length, quickly).toBe(1);
  await first.cut();
  Object.assign(behaviour, { takes: Infinity, acks: true });
  await connect();
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  expect(wrote()).toEqual([`${mid} ${bob}`, `${mid} ${bob}`]);
});

test("F4: <failed h/> settles what it counts", async () => {
  const { connect, write, states, wrote, behaviour, queries, server } = await world();
  behaviour.acks = false;
  const first = await connect();
  const mid = await write([bob]);
  await expect.poll(() => wrote().length, quickly).toBe(1);
  await first.cut();
  Object.assign(behaviour, { acks: true, resumes: false, blindFor: 99 });
  const usual = server.answerWith((frame) =>
    frame.startsWith("<resume") ? [`<failed ${SM} h='1'/>`] : undefined,
  );
  await connect();
  usual();
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  expect(queries).toEqual([]);
  expect(wrote()).toHaveLength(1);
});

test("a copy in doubt holds up its own recipient only, and the order stays", async () => {
  const { connect, write, states, wrote, behaviour } = await world();
  Object.assign(behaviour, { takes: 0, acks: false, resumes: false });
  const first = await connect();
  const doubtful = await write([bob]);
  await expect.poll(() => wrote().length, quickly).toBe(1);
  await first.cut();
  Object.assign(behaviour, { takes: Infinity, acks: true });
  const later = await write([bob]);
  const other = await write([cem]);
  await connect();
  await expect.poll(() => states(later), quickly).toEqual(["sent"]);
  expect(wrote().slice(1)).toEqual([`${other} ${cem}`, `${doubtful} ${bob}`, `${later} ${bob}`]);
});

test("clocks far apart do not hide our copy, and a copy from before it is not taken for it", async () => {
  const { connect, write, states, behaviour, archive, context, wrote } = await world();
  // The archive's clock says 2001, ours 1970; something older with the same person stands in it.
  archive.push({ id: "older", to: bob, archiveId: "a1" });
  await context.store.write(["meta"], async (tx) =>
    putMeta(tx, "ranges", [
      { oldestId: "a1", newestId: "a1", oldestAt: 0, newestAt: 978_307_200_000, bottom: true },
    ] as never),
  );
  Object.assign(behaviour, { acks: false, resumes: false });
  const first = await connect();
  const mid = await write([bob]);
  await expect.poll(() => wrote().length, quickly).toBe(1);
  await first.cut();
  behaviour.acks = true;
  await connect();
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  expect(wrote()).toHaveLength(1);
});

const refuse = "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>";
const tooBig = `${refuse}<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>stanza too large</text></stream:error>`;

test("F18: a stanza the server closes the stream over is marked, the limit kept, the others go on", async () => {
  const { connect, write, states, recipients, behaviour, wrote, context } = await world();
  behaviour.onMessage = (frame) => (frame.length > 20_000 ? [tooBig] : undefined);
  const first = await connect();
  const small = await write([bob]);
  const big = await write([bob, cem], "x".repeat(25_000));
  await expect.poll(() => states(big), quickly).toContain("failed");
  await first.cut();
  const after = await write([bob]);
  await connect();
  await expect.poll(() => states(after), quickly).toEqual(["sent"]);
  await expect.poll(() => states(small), quickly).toEqual(["sent"]);
  // The other copy is as large: it is not even tried.
  await expect.poll(() => states(big), quickly).toEqual(["failed", "failed"]);
  expect((await recipients(big))[0]?.reason).toMatch(/^too-large: 25\d\d\d of/);
  expect(wrote().filter((line) => line.startsWith(big))).toHaveLength(1);
  const draft = { ...newDraft("another-draft", 0, [{ jid: bob }]), body: "x".repeat(25_000) };
  expect(await send(context, { draft })).toMatchObject({ ok: false, problem: "too-large" });
});

test("a small stanza that ends the stream every time is found and given up, the others go on", async () => {
  const { connect, write, states, behaviour } = await world();
  let bad = "";
  behaviour.onMessage = (frame) => (frame.includes("poison") ? [tooBig] : undefined);
  const mids = [await write([bob]), await write([cem]), (bad = await write([bob], "poison"))];
  mids.push(await write([cem]), await write([bob]));
  for (let i = 0; i < 5; i++) {
    const stream = await connect();
    await expect.poll(() => stream.isOver(), quickly).toBe(true);
    await stream.cut();
    if ((await states(bad))[0] === "failed") break;
  }
  await connect();
  for (const mid of mids)
    await expect.poll(() => states(mid), quickly).toEqual([mid === bad ? "failed" : "sent"]);
});

test("large stanzas go one at a time", async () => {
  const { connect, write, states, behaviour, wrote } = await world();
  behaviour.acks = false;
  await connect();
  const [one, two] = [
    await write([bob], "x".repeat(30_000)),
    await write([cem], "x".repeat(30_000)),
  ];
  await expect.poll(wrote, quickly).toEqual([`${one} ${bob}`]);
  expect(await states(two)).toEqual(["waiting"]);
  behaviour.acks = true;
  await expect.poll(wrote, { timeout: 30_000 }).toEqual([`${one} ${bob}`, `${two} ${cem}`]);
});

test("F6: an acknowledgement of more than was sent makes nothing sent", async () => {
  const { connect, write, states, behaviour, server, wrote } = await world();
  Object.assign(behaviour, { takes: 0, acks: false });
  const { cut } = await connect();
  const mid = await write([bob]);
  await expect.poll(() => wrote().length, quickly).toBe(1);
  for (const h of ["7", "NaN", "4294967296"]) server.say(`<a ${SM} h='${h}'/>`);
  await cut();
  expect(server.got.some((f) => f.includes("handled-count-too-high"))).toBe(true);
  expect(await states(mid)).toEqual(["sending"]);
});

test("without stream management and archive an answer is word enough, and doubt ends with the same id", async () => {
  const { connect, write, states, behaviour, wrote } = await world();
  Object.assign(behaviour, { hasSm: false, acks: false });
  const first = await connect({ hasArchive: false });
  const mid = await write([bob]);
  await expect.poll(() => wrote().length, quickly).toBe(1);
  expect(await states(mid)).toEqual(["sending"]);
  await first.cut();
  behaviour.acks = true;
  await connect({ hasArchive: false });
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  expect(wrote()).toEqual([`${mid} ${bob}`, `${mid} ${bob}`]);
});

test("a copy sent again after a bounce is not taken for the first one", async () => {
  const { connect, write, states, behaviour, wrote, server, keyOf, context } = await world();
  const first = await connect();
  const mid = await write([bob]);
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  server.say(
    `<message xmlns='jabber:client' type='error' from='${bob}' to='${me}' id='${mid}'><error type='wait'><remote-server-timeout xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
  );
  await expect.poll(() => states(mid), quickly).toEqual(["failed"]);
  Object.assign(behaviour, { takes: 0, acks: false, resumes: false });
  await retrySend(context, { key: await keyOf(mid) });
  await expect.poll(() => wrote().length, quickly).toBe(2);
  await first.cut();
  Object.assign(behaviour, { takes: Infinity, acks: true });
  await connect();
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  expect(wrote()).toHaveLength(3);
});

test("what is discarded does not go out", async () => {
  const { connect, write, wrote, keyOf, context, states } = await world();
  const gone = await write([bob]);
  await discardUnsent(context, { key: await keyOf(gone) });
  const stays = await write([bob]);
  await connect();
  await expect.poll(() => states(stays), quickly).toEqual(["sent"]);
  expect(wrote()).toEqual([`${stays} ${bob}`]);
});

test("a message is taken back once: the word is found after a crash, not said again", async () => {
  const { connect, write, states, wrote, behaviour, keyOf, context } = await world();
  const first = await connect();
  const mid = await write([bob, cem]);
  await expect.poll(() => states(mid), quickly).toEqual(["sent", "sent"]);
  Object.assign(behaviour, { acks: false, resumes: false });
  await retract(context, { key: await keyOf(mid) });
  await expect.poll(() => wrote().length, quickly).toBe(4);
  await first.cut();
  behaviour.acks = true;
  await connect();
  const word = (): Promise<string[]> =>
    context.store.read(["messages"], async (tx) => {
      const [row] = await tx.objectStore("messages").index("mid").getAll(mid);
      return row?.retraction?.recipients.map((r) => r.state) ?? [];
    });
  await expect.poll(word, quickly).toEqual(["sent", "sent"]);
  expect(wrote().slice(2)).toEqual([`retract-${mid} ${bob}`, `retract-${mid} ${cem}`]);
  expect(await states(mid)).toEqual(["sent", "sent"]);
});

test("a retraction that comes back says so at its message", async () => {
  const { connect, write, states, keyOf, context, server } = await world();
  await connect();
  const mid = await write([bob]);
  await expect.poll(() => states(mid), quickly).toEqual(["sent"]);
  await retract(context, { key: await keyOf(mid) });
  const word = (): Promise<string | undefined> =>
    context.store.read(["messages"], async (tx) => {
      const [row] = await tx.objectStore("messages").index("mid").getAll(mid);
      return row?.retraction?.recipients[0]?.state;
    });
  await expect.poll(word, quickly).toBe("sent");
  server.say(
    `<message xmlns='jabber:client' type='error' from='${bob}' to='${me}' id='retract-${mid}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
  );
  await expect.poll(word, quickly).toBe("failed");
  expect(await states(mid)).toEqual(["sent"]);
});
