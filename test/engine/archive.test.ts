/** The archive followed by the product's own wire and engine, on a server that lies, stops, forgets and poisons. */
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type ArchiveSync, createArchiveSync } from "../../src/engine/archive.ts";
import { putSync } from "../../src/engine/sync-state.ts";
import { retryGap } from "../../src/engine/commands/sync.ts";
import type { AccountContext } from "../../src/engine/context.ts";
import { takeInbound } from "../../src/engine/live.ts";
import { gapsOf } from "../../src/mail/archive-range.ts";
import { readMeta } from "../../src/store/meta.ts";
import { openSession, type SessionOptions } from "../../src/xmpp/session.ts";
import type { MamFaults } from "../hostile/faults.ts";
import { goodNetwork, inProcessWebSocket } from "../hostile/in-process.ts";
import { poisons } from "../hostile/poison.ts";
import { HostileServer } from "../hostile/server.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";

/** Nobody is silent here unless a test says so: a slow machine is no silence. */
const PATIENT = { silenceMs: [20_000, 20_000], retryMs: 1 };
const HASTY = { silenceMs: [60, 90], retryMs: 1 };
const START = Date.UTC(2026, 0, 1);
const BOB = "bob@elsewhere.example";

afterEach(() => {
  vi.unstubAllGlobals();
});

function stage() {
  const server = new HostileServer({
    domain: "example.org",
    accounts: { me: "secret" },
    mechanisms: ["PLAIN"],
  });
  vi.stubGlobal("WebSocket", inProcessWebSocket(server, goodNetwork()));
  let count = 0;
  const fill = (n: number): void => {
    for (let i = 0; i < n; i++, count++)
      server.remember(me, mail(`m${count}`), {
        id: `a${count}`,
        at: START + count * 1000,
        with: BOB,
      });
  };
  return { server, fill };
}

const mail = (text: string) =>
  `<message xmlns='jabber:client' from='${BOB}' to='${me}' id='id-of-${text}'><subject>${text}</subject><body>${text}</body></message>`;

/** A stream of the account's; the signal ends with it. */
async function openStream(onInbound: SessionOptions["onInbound"]) {
  const stream = new AbortController();
  const session = await openSession({
    service: "ws://127.0.0.1/ws",
    jid: me,
    credential: { kind: "password", password: "secret" },
    scramSeen: false,
    clientId: "test",
    software: "test",
    onInbound,
    onClosed: (error) => stream.abort(error),
  });
  return { session, signal: stream.signal };
}

type Run = { archive: ArchiveSync; state: () => Promise<string>; stop: () => Promise<void> };

/** One stream: from signing in until nothing is left to do, or to `pages` answers and then a cut. */
async function run(
  server: HostileServer,
  context: AccountContext,
  options: { pages?: number; times?: typeof PATIENT } = {},
): Promise<Run> {
  await putSync(context, { state: "syncing" });
  const { session, signal } = await openStream((event) => takeInbound(context, event));
  const { times = PATIENT } = options;
  const archive = createArchiveSync(context, session, { signal, times });
  let left = options.pages ?? Number.POSITIVE_INFINITY;
  const stopCounting = server.onWrite((text, connection) => {
    if (text.includes("<fin") && left-- <= 0) connection.cut();
    return undefined;
  });
  const kept = archive
    .catchUp()
    .then(() => archive.keep({ extended: false }))
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  const state = async (): Promise<string> =>
    (await context.store.read(["meta"], (tx) => readMeta(tx, "sync")))?.state ?? "none";
  const stop = async (): Promise<void> => {
    stopCounting();
    session.abort();
    await kept;
    await archive.drained();
  };
  await vi.waitFor(
    async () => {
      if (!signal.aborted) expect(["up-to-date", "incomplete"]).toContain(await state());
    },
    { timeout: 20_000, interval: 5 },
  );
  return { archive, state, stop };
}

/** One stream from beginning to end. Returns the state it came to. */
async function visit(
  server: HostileServer,
  context: AccountContext,
  options: { pages?: number; times?: typeof PATIENT } = {},
): Promise<string> {
  const { state, stop } = await run(server, context, options);
  const came = await state();
  await stop();
  return came;
}

async function subjects(context: AccountContext): Promise<string[]> {
  const rows = await context.store.read(["messages"], (tx) => tx.objectStore("messages").getAll());
  return rows.sort((a, b) => a.at - b.at || a.key - b.key).map((row) => row.subject);
}

async function gaps(context: AccountContext) {
  return gapsOf((await context.store.read(["meta"], (tx) => readMeta(tx, "ranges"))) ?? []);
}

const all = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `m${from + i}`);

test("streams that break after any number of pages end in everything, once, in the archive's order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.tuple(fc.nat(4), fc.nat(25)), { maxLength: 4 }),
      async (size, pageCap, visits) => {
        const { server, fill } = stage();
        const context = await accountOnTrial();
        server.faults.mam.pageCap = pageCap;
        fill(size);
        let total = size;
        for (const [pages, more] of visits) {
          await visit(server, context, { pages });
          fill(more);
          total += more;
        }
        expect(await visit(server, context)).toBe("up-to-date");
        expect(await subjects(context)).toEqual(all(0, total));
        expect(await gaps(context)).toEqual([]);
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);

const lies: fc.Arbitrary<Partial<MamFaults> & { turned?: boolean }> = fc
  .record(
    {
      pageCap: fc.integer({ min: 1, max: 9 }),
      unknownId: fc.constantFrom("item-not-found", "oldest", "empty"),
      copies: fc.constantFrom(1, 2),
      complete: fc.constantFrom("true", "never", "always"),
      emptyPages: fc.boolean(),
      count: fc.constantFrom(
        undefined,
        () => -1,
        () => undefined,
        () => 1e9,
      ),
      wholeSeconds: fc.boolean(),
      turned: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  // Who says again and again that there is nothing cannot be found out.
  .filter(({ complete, emptyPages }) => complete !== "always" || emptyPages !== true);

test("an archive that lies in any way never closes a gap falsely, and all of it comes once it stops", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 0, max: 20 }),
      fc.boolean(),
      lies,
      async (size, more, newIds, { turned = false, ...faults }) => {
        const { server, fill } = stage();
        const context = await accountOnTrial();
        const honest = { ...server.faults.mam };
        fill(size);
        await visit(server, context, { pages: 1 });
        // Another server program has the mail now, under other ids.
        if (newIds)
          for (const message of server.account(me)?.archive.messages ?? [])
            message.id = `n${message.id}`;
        fill(more);
        Object.assign(server.faults.mam, faults);
        const stopTurning = turned ? turnRound(server) : () => undefined;
        const state = await visit(server, context);
        const here = await subjects(context);
        expect(new Set(here).size).toBe(here.length);
        const isWhole = here.length === size + more;
        const shown = (await gaps(context)).length > 0;
        if (!isWhole) expect([shown, state]).toEqual([shown, shown ? state : "incomplete"]);
        stopTurning();
        Object.assign(server.faults.mam, honest);
        expect(await visit(server, context)).toBe("up-to-date");
        expect(await subjects(context)).toEqual(all(0, size + more));
        expect(await gaps(context)).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

/** Pages come newest first. */
function turnRound(server: HostileServer): () => void {
  const held: string[] = [];
  return server.onWrite((text) => {
    if (text.includes("<result")) {
      held.push(text);
      return [];
    }
    return text.includes("<fin") ? [...held.splice(0).reverse(), text] : undefined;
  });
}

test("of an empty database the newest page is asked for at once, and taken in after what must be known before", async () => {
  const { server, fill } = stage();
  const context = await accountOnTrial();
  fill(3);
  const { session, signal } = await openStream(() => undefined);
  const archive = createArchiveSync(context, session, { signal, times: PATIENT });
  let ends = 0;
  server.onWrite((text) => void (text.includes("<fin") && ends++));
  const before = Promise.withResolvers<void>();
  const caughtUp = archive.catchUp(before.promise);
  await vi.waitFor(() => expect(ends).toBe(1));
  expect(await subjects(context)).toEqual([]);
  before.resolve();
  await caughtUp;
  expect(await subjects(context)).toEqual(all(0, 3));
  expect(ends).toBe(1);
  session.abort();
});

test("what expired on the server stays here, and the hole is known to stay", async () => {
  const { server, fill } = stage();
  const context = await accountOnTrial();
  server.faults.mam.pageCap = 5;
  fill(20);
  await visit(server, context);
  fill(20);
  server.account(me)?.archive.expireBefore(START + 30_000);
  let queries = 0;
  server.on((frame) => void (frame.text.includes("urn:xmpp:mam:2") && queries++));
  expect(await visit(server, context)).toBe("up-to-date");
  expect(await subjects(context)).toEqual([...all(0, 20), ...all(30, 40)]);
  expect(await gaps(context)).toMatchObject([{ id: "a30", end: "gone" }]);
  queries = 0;
  expect(await visit(server, context)).toBe("up-to-date");
  expect(queries).toBeLessThan(4);
});

test("an archive that answers nothing, or never ends a page: what came is here, the rest is a gap that can be retried", async () => {
  const { server, fill } = stage();
  const context = await accountOnTrial();
  server.faults.mam.pageCap = 5;
  fill(12);
  server.faults.mute.add("fin");
  expect(await visit(server, context, { times: HASTY })).toBe("incomplete");
  expect((await subjects(context)).length).toBeGreaterThan(0);
  server.faults.mute.clear();
  let ends = 0;
  const stopMuting = server.onWrite((text) =>
    text.includes("<fin") && ends++ > 0 ? [] : undefined,
  );
  const { state, stop } = await run(server, context, { times: HASTY });
  expect(await state()).toBe("incomplete");
  const [gap] = await gaps(context);
  expect(gap).toMatchObject({ end: "failed" });
  stopMuting();
  await retryGap(context, { id: `g${gap?.id}` });
  await vi.waitFor(async () => expect(await state()).toBe("up-to-date"), { timeout: 20_000 });
  expect(await subjects(context)).toEqual(all(0, 12));
  await stop();
});

describe("poison in the archive", () => {
  test.each(poisons(BOB, me).filter(({ frames }) => frames.length === 1))(
    "$name: what lies around it comes, also after another start",
    async ({ frames }) => {
      const { server, fill } = stage();
      const context = await accountOnTrial();
      server.faults.mam.pageCap = 4;
      fill(6);
      for (const text of frames)
        server.remember(me, text, { id: "poison", at: START + 6000, with: BOB });
      fill(1);
      fill(6);
      expect(await visit(server, context)).toBe("up-to-date");
      expect(await visit(server, context)).toBe("up-to-date");
      expect(await gaps(context)).toEqual([]);
      const here = await subjects(context);
      expect(here.filter((subject) => /^m\d/.test(subject))).toEqual(all(0, 13));
      const rejects = await context.store.read(["rejects"], (tx) =>
        tx.objectStore("rejects").getAllKeys(),
      );
      expect([here.length - 13, ...rejects]).toEqual(here.length > 13 ? [1] : [0, "poison"]);
    },
  );
});
