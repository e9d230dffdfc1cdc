/** The newer ways to sign in, on a real Prosody with Debian's modules for them: as they work, and as they fail. */
import { expect, onTestFinished, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import { queryArchive } from "../../src/xmpp/mam.ts";
import { openSession, type SessionOptions } from "../../src/xmpp/session.ts";
import { type Server, startServer } from "../../tools/servers/server.ts";

const PASSWORD = "pässwörd 密码";
const ANN = "ann@localhost" as Jid;

async function prosody(...modules: string[]): Promise<Server> {
  const server = await startServer("prosody", { modules, accounts: { ann: PASSWORD } });
  onTestFinished(() => server.stop());
  return server;
}

async function open(server: Server, more: Partial<SessionOptions> = {}) {
  const session = await openSession({
    service: server.wsUrl,
    jid: ANN,
    credential: { kind: "password", password: PASSWORD },
    scramSeen: false,
    clientId: crypto.randomUUID(),
    software: "Envoi",
    onInbound: () => undefined,
    onClosed: () => undefined,
    ...more,
  });
  onTestFinished(() => session.abort());
  await session.ping();
  return session;
}

test("a resource and carbons come with signing in; the keys do for the next time", async () => {
  const server = await prosody("sasl2", "sasl2_bind2");
  const first = await open(server, { bindTag: "Envoi" });
  expect(first).toMatchObject({ mechanism: "SCRAM-SHA-256", trouble: undefined, hasCarbons: true });
  expect(first.fullJid).toContain("/Envoi~");
  expect(first.hasStreamManagement).toBe(true);
  if (first.keys === undefined) throw new Error("no keys");
  const again = await open(server, { credential: { kind: "scram", keys: [first.keys] } });
  expect(again).toMatchObject({
    mechanism: "SCRAM-SHA-256",
    trouble: undefined,
    hasCarbons: false,
  });
  await queryArchive(again, { before: "", max: 1 });
  const wrong = { kind: "password" as const, password: "wrong" };
  await expect(open(server, { credential: wrong })).rejects.toMatchObject({
    problem: "wrong-password",
  });
});

test.each([
  ["answers nothing to <authenticate/>", ["sasl2", "sasl2_bind2", "sasl2_sm"]],
  ["cannot even list its features", ["sasl2", "sasl2_bind2", "sasl2_sm", "sasl2_fast"]],
])("a server that %s is signed in to all the same", async (_what, modules) => {
  const server = await prosody(...modules);
  const session = await open(server, { bindTag: "Envoi", resumable: true });
  expect(session.mechanism).toMatch(/^SCRAM-/);
  expect(session.trouble).toBeTruthy();
  // Known by now: nothing is waited for.
  const keys = session.keys === undefined ? [] : [session.keys];
  const again = await open(server, { credential: { kind: "scram", keys }, sasl2: false });
  expect(again.mechanism).toBe(session.mechanism);
  await expect(
    open(server, { credential: { kind: "password", password: "wrong" }, sasl2: false }),
  ).rejects.toMatchObject({ problem: "wrong-password" });
});
