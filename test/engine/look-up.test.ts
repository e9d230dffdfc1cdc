/** A permalink's message is fetched from the archive by its hints, by the product's own wire, and nothing else is. */
import { afterEach, expect, test, vi } from "vitest";
import { lookUp } from "../../src/engine/commands/look-up.ts";
import type { AccountContext } from "../../src/engine/context.ts";
import { createLookUps } from "../../src/engine/look-up.ts";
import { readConversation } from "../../src/engine/queries/conversation.ts";
import type { LookUpArgs } from "../../src/api/contract.ts";
import { readMeta } from "../../src/store/meta.ts";
import { openSession } from "../../src/xmpp/session.ts";
import { goodNetwork, inProcessWebSocket } from "../hostile/in-process.ts";
import { HostileServer } from "../hostile/server.ts";
import { NOT_HERE, pageOf } from "./page-on-trial.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";

const DAY = 24 * 3600 * 1000;
const SENT = Date.UTC(2026, 5, 15, 22, 30);
const WITH = "ann@elsewhere.example";
const CROWD = "crowd@elsewhere.example";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A year of mail from a crowd, and in the middle of it a conversation of three with Ann. */
async function stage() {
  const server = new HostileServer({
    domain: "example.org",
    accounts: { me: "secret" },
    mechanisms: ["PLAIN"],
  });
  vi.stubGlobal("WebSocket", inProcessWebSocket(server, goodNetwork()));
  const put = (id: string, at: number, from: string, thread: string): string =>
    server.remember(
      me,
      `<message xmlns='jabber:client' from='${from}' to='${me}' id='mail-${id}'><subject>${id}</subject><body>${id}</body><thread>${thread}</thread></message>`,
      { id, at, with: from },
    );
  for (let day = -180; day < 180; day++) {
    for (let i = 0; i < 3; i++) put(`x${day}-${i}`, SENT + day * DAY + i, CROWD, `other-${day}`);
    if (day === 0) for (let i = 0; i < 3; i++) put(`ann${i}`, SENT + 1000 + i, WITH, "harbour");
  }
  const queries: string[] = [];
  server.on(({ element }) => {
    const text = element.toString();
    if (text.includes("urn:xmpp:mam:2")) queries.push(text);
  });
  const context = await accountOnTrial();
  const stream = new AbortController();
  const session = await openSession({
    service: "ws://127.0.0.1/ws",
    jid: me,
    credential: { kind: "password", password: "secret" },
    scramSeen: false,
    clientId: "test",
    software: "test",
    onInbound: () => undefined,
    onClosed: (error) => stream.abort(error),
  });
  const errors: unknown[] = [];
  const lookUps = createLookUps(context, session, {
    signal: stream.signal,
    onError: (error) => void errors.push(error),
  });
  context.bus.onTopics((topics) => {
    if (topics.includes("lookups")) lookUps.nudge();
  });
  return { server, context, queries, session, errors };
}

const answerOf = async (context: AccountContext): Promise<string | undefined> =>
  (await context.store.read(["meta"], (tx) => readMeta(tx, "lookUps")))?.at(-1)?.answer;

async function ask(context: AccountContext, args: LookUpArgs): Promise<string | undefined> {
  await lookUp(context, args);
  await vi.waitFor(async () => expect(await answerOf(context)).toBeDefined());
  return answerOf(context);
}

const count = (context: AccountContext): Promise<number> =>
  context.store.read(["messages"], (tx) => tx.objectStore("messages").count());

test.each([
  ["thread, person and day", { thread: "harbour", with: WITH, at: SENT }, 3],
  ["thread and day", { thread: "harbour", at: SENT }, 3],
  ["thread and person", { thread: "harbour", with: WITH }, 3],
  ["a message and its day, one off", { message: "mail-ann1", at: SENT - DAY }, 1],
  ["a person who forwarded it, and the day", { thread: "harbour", with: CROWD, at: SENT }, 3],
])("%s: found, and nothing else is taken in", async (_what, args, messages) => {
  const { context, errors, session } = await stage();
  expect(await ask(context, args)).toBe("found");
  expect(await count(context)).toBe(messages);
  expect(await readConversation(context, { ...args, limit: 10 })).toMatchObject({
    state: "found",
    subject: "message" in args ? "ann1" : "ann0",
  });
  expect(errors).toEqual([]);
  session.abort();
});

test("what is found is shown, and so is that a link was looked for", async () => {
  const { context, session } = await stage();
  const page = await pageOf(context, "a-composer");
  const found = await page.during(() => ask(context, { thread: "harbour", with: WITH, at: SENT }));
  expect(found).toMatchObject({ changed: expect.arrayContaining(["mailboxes null"]), behind: [] });
  const missed = await page.during(() => ask(context, NOT_HERE));
  expect(missed).toMatchObject({ changed: [expect.stringMatching(/^lookUp/)], behind: [] });
  session.abort();
});

test("what is not there is said not to be, after a bounded look", async () => {
  const { context, queries, session } = await stage();
  expect(await ask(context, { thread: "nobody's", with: WITH, at: SENT })).toBe("not-found");
  expect(queries.length).toBeLessThanOrEqual(3);
  for (const query of queries) expect(query).toMatch(/var=.start./);
  expect(await count(context)).toBe(0);
  session.abort();
});

test("without a hint nobody is asked", async () => {
  const { context, queries, session } = await stage();
  await lookUp(context, { thread: "harbour" });
  await session.ping();
  expect(queries).toEqual([]);
  expect(await answerOf(context)).toBeUndefined();
  session.abort();
});

test("what was asked without a connection is asked on the next one; asked again, it is looked up again", async () => {
  const { context, queries, session } = await stage();
  expect(await ask(context, { message: "mail-none", at: SENT })).toBe("not-found");
  const before = queries.length;
  expect(await ask(context, { message: "mail-none", at: SENT })).toBe("not-found");
  await vi.waitFor(() => expect(queries.length).toBeGreaterThan(before));
  session.abort();
});

test("an archive that refuses to answer is not taken for an empty one", async () => {
  const { server, context, errors, session } = await stage();
  server.on((frame) => {
    if (!frame.element.toString().includes("urn:xmpp:mam:2")) return false;
    const { id } = frame.element.attrs;
    frame.connection.say(
      `<iq xmlns='jabber:client' type='error' id='${id}'><error type='cancel'><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    return true;
  });
  expect(await ask(context, { thread: "harbour", at: SENT })).toBe("failed");
  expect(errors).toEqual([]);
  session.abort();
});
