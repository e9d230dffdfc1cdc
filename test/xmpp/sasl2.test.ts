/** SASL2, Bind2 and FAST against a server that has them, well and badly. */
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import { invalidateToken } from "../../src/xmpp/fast-sign-out.ts";
import type { FastToken } from "../../src/xmpp/fast-token.ts";
import { openSession, type Session, type SessionOptions } from "../../src/xmpp/session.ts";
import { goodNetwork, inProcessWebSocket } from "../hostile/in-process.ts";
import { addSasl2, type Sasl2, type Sasl2Fault, type Sasl2Options } from "../hostile/sasl2.ts";
import { type HostileOptions, HostileServer } from "../hostile/server.ts";

const ANN = "ann@hostile.example" as Jid;
const PASSWORD = { kind: "password" as const, password: "pässwörd" };
const FAST = { fast: ["HT-SHA-256-ENDP", "HT-SHA-256-NONE"], bind: true };
const CLIENT = crypto.randomUUID();

afterEach(() => {
  vi.unstubAllGlobals();
});

/** `ways`: how the client went about it; "authenticate" is SASL2, "auth" RFC 6120. */
function start(
  options: Sasl2Options = {},
  more: HostileOptions = {},
): { sasl2: Sasl2; ways: string[] } {
  const server = new HostileServer({ accounts: { ann: PASSWORD.password }, ...more });
  const ways: string[] = [];
  server.on(({ element: { name } }) => {
    if (["authenticate", "auth", "abort"].includes(name)) ways.push(name);
  });
  vi.stubGlobal("WebSocket", inProcessWebSocket(server, goodNetwork()));
  return { sasl2: addSasl2(server, options), ways };
}

async function open(more: Partial<SessionOptions> = {}): Promise<Session> {
  const session = await openSession({
    service: "wss://hostile.example/ws",
    jid: ANN,
    credential: PASSWORD,
    scramSeen: false,
    clientId: CLIENT,
    software: "Envoi",
    onInbound: () => undefined,
    onClosed: () => undefined,
    ...more,
  });
  onTestFinished(() => session.abort());
  await session.ping();
  return session;
}

function tokenOf({ token }: Session): FastToken {
  if (token === undefined) throw new Error("no token");
  return token;
}

test("a resource, stream management, carbons and a token come in one trip", async () => {
  const { sasl2 } = start(FAST);
  const session = await open({ bindTag: "Envoi", resumable: true });
  expect(session).toMatchObject({
    mechanism: "SCRAM-SHA-256",
    fullJid: `${ANN}/Envoi~1`,
    hasStreamManagement: true,
    hasCarbons: true,
    trouble: undefined,
    token: { mechanism: "HT-SHA-256-NONE" },
  });
  expect(session.token?.expiresAt).toBeGreaterThan(Date.now());
  expect(sasl2.seen).toHaveLength(1);
  expect(sasl2.seen[0]).toMatchObject({ clientId: CLIENT });
  session.abort();
  expect(await session.resumeState()).toMatchObject({ fullJid: session.fullJid });
});

test("without a tag for the resource it is bound the old way: the server keeps its offline messages", async () => {
  const { sasl2 } = start(FAST);
  const session = await open();
  expect(sasl2.seen[0]?.text).not.toContain("urn:xmpp:bind:0");
  expect(session).toMatchObject({ hasCarbons: false, hasStreamManagement: true });
});

test("the token signs in, its successor replaces it, and invalidated it is over", async () => {
  const { sasl2 } = start(FAST);
  const first = tokenOf(await open());
  sasl2.rotates = true;
  const second = await open({ credential: { kind: "token", token: first, keys: [] } });
  expect(second).toMatchObject({ mechanism: "HT-SHA-256-NONE", keys: undefined });
  const next = tokenOf(second);
  expect(next.token).not.toBe(first.token);
  sasl2.rotates = false;
  const third = await open({ credential: { kind: "token", token: next, keys: [] } });
  expect(tokenOf(third)).toEqual(next);
  // The earlier one ended with the use of the later: nothing else is there to try, so the person is asked.
  const stale = open({ credential: { kind: "token", token: first, keys: [] } });
  await expect(stale).rejects.toMatchObject({ problem: "wrong-password" });
  await invalidateToken({
    service: "wss://hostile.example/ws",
    jid: ANN,
    token: next,
    clientId: CLIENT,
    software: "Envoi",
    timeoutMs: 5000,
  });
  expect(sasl2.tokens.size).toBe(0);
});

test.each([
  ["refused", {}],
  ["expired", { expiresAt: 1 }],
])(
  "a token that is %s falls back to the keys once, and brings a new token",
  async (_what, more) => {
    const { sasl2 } = start(FAST);
    const first = await open();
    const keys = first.keys === undefined ? [] : [first.keys];
    const token = { ...tokenOf(first), token: "nonsense", ...more };
    const again = await open({ credential: { kind: "token", token, keys } });
    expect(again.mechanism).toBe("SCRAM-SHA-256");
    expect(tokenOf(again).token).not.toBe(token.token);
    const tries = sasl2.seen.slice(1).map(({ mechanism }) => mechanism);
    expect(tries).toEqual(
      "expiresAt" in more ? ["SCRAM-SHA-256"] : ["HT-SHA-256-NONE", "SCRAM-SHA-256"],
    );
  },
);

test("a server that cannot prove that it has the token is not believed", async () => {
  const { sasl2, ways } = start(FAST);
  const token = tokenOf(await open());
  sasl2.fault = "bad-proof";
  await expect(open({ credential: { kind: "token", token, keys: [] } })).rejects.toMatchObject({
    problem: "too-old",
  });
  await expect(open()).rejects.toMatchObject({ problem: "too-old" });
  expect(ways).toEqual(["authenticate", "authenticate", "authenticate"]);
});

test.each<Sasl2Fault>(["hang", "nonsense", "cut", "continue", "malformed"])(
  "a SASL2 that ends in %s: the same credential goes the old way",
  async (fault) => {
    const { sasl2, ways } = start(FAST);
    sasl2.fault = fault;
    const session = await open();
    expect(session.mechanism).toBe("SCRAM-SHA-256");
    expect(session.trouble).toBeTruthy();
    expect(ways).toEqual(
      fault === "continue" ? ["authenticate", "abort", "auth"] : ["authenticate", "auth"],
    );
    const again = await open({ sasl2: false });
    expect(again.trouble).toBeUndefined();
    expect(ways.at(-1)).toBe("auth");
    expect(ways.filter((name) => name === "authenticate")).toHaveLength(1);
  },
);

test("a token alone is kept through a bad hour of the server", async () => {
  const { sasl2 } = start(FAST);
  const token = tokenOf(await open());
  sasl2.fault = "cut";
  await expect(open({ credential: { kind: "token", token, keys: [] } })).rejects.toMatchObject({
    problem: "lost",
  });
});

test("a wrong password is a wrong password, after one try", async () => {
  const { ways } = start(FAST);
  const credential = { kind: "password" as const, password: "wrong" };
  await expect(open({ credential })).rejects.toMatchObject({ problem: "wrong-password" });
  expect(ways).toEqual(["authenticate"]);
});

test.each<[string, Sasl2Options, HostileOptions, Partial<SessionOptions>, string[]]>([
  ["RFC 6120 offers SCRAM", { mechanisms: ["PLAIN"] }, {}, {}, ["auth"]],
  [
    "SCRAM was seen before",
    { mechanisms: ["PLAIN"] },
    { mechanisms: ["PLAIN"] },
    { scramSeen: true },
    [],
  ],
  [
    "the channel is open to everybody",
    { mechanisms: ["PLAIN", "SCRAM-SHA-256"] },
    { mechanisms: ["PLAIN"] },
    { service: "ws://example.org/ws" },
    [],
  ],
])("no PLAIN inside SASL2 where %s", async (_why, options, more, session, expected) => {
  const { ways } = start(options, more);
  await open(session).catch((error: unknown) => {
    expect(error).toMatchObject({ problem: "too-old" });
  });
  expect(ways).toEqual(expected);
});

test("PLAIN and a token, where the server has nothing better", async () => {
  const { sasl2 } = start(FAST, { mechanisms: ["PLAIN"] });
  const session = await open();
  expect(session).toMatchObject({ mechanism: "PLAIN", keys: undefined });
  const token = tokenOf(session);
  expect((await open({ credential: { kind: "token", token, keys: [] } })).mechanism).toBe(
    "HT-SHA-256-NONE",
  );
  expect(sasl2.seen).toHaveLength(2);
});
