/** The hostile server, correct and wrong, with the product's own wire as the client. */
import { xml } from "@xmpp/xml";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import { enableCarbons } from "../../src/xmpp/carbons.ts";
import type { ConnectionError } from "../../src/xmpp/connection-error.ts";
import { serverFeatures } from "../../src/xmpp/disco.ts";
import type { Inbound } from "../../src/xmpp/inbound.ts";
import { queryArchive } from "../../src/xmpp/mam.ts";
import { openSession, type Session, type SessionOptions } from "../../src/xmpp/session.ts";
import { goodNetwork, inProcessWebSocket } from "./in-process.ts";
import { poisons } from "./poison.ts";
import { type HostileOptions, HostileServer } from "./server.ts";
import { startHostileServer } from "./websocket.ts";

const ACCOUNTS = { ann: "secret-ann", ben: "secret-ben" };

afterEach(() => {
  vi.unstubAllGlobals();
});

function inProcess(options: HostileOptions = {}) {
  const server = new HostileServer({ accounts: ACCOUNTS, mechanisms: ["PLAIN"], ...options });
  const network = goodNetwork();
  vi.stubGlobal("WebSocket", inProcessWebSocket(server, network));
  return { server, network, url: "ws://127.0.0.1/ws" };
}

async function join(
  server: HostileServer,
  url: string,
  local: keyof typeof ACCOUNTS,
  more: Partial<SessionOptions> = {},
): Promise<{ session: Session; events: Inbound[]; closed: ConnectionError[] }> {
  const events: Inbound[] = [];
  const closed: ConnectionError[] = [];
  const session = await openSession({
    service: url,
    jid: `${local}@${server.domain}` as Jid,
    credential: { kind: "password", password: ACCOUNTS[local] },
    scramSeen: false,
    clientId: local,
    software: "test",
    onInbound: (event) => void events.push(event),
    onClosed: (error) => void closed.push(error),
    ...more,
  });
  onTestFinished(() => session.abort());
  await enableCarbons(session);
  session.send(xml("presence"));
  await session.ping();
  return { session, events, closed };
}

function message(to: string, body: string, id = crypto.randomUUID()) {
  return xml("message", { to, id }, xml("body", {}, body));
}

const bodies = (events: readonly Inbound[]): (string | undefined)[] =>
  events.flatMap((e) => (e.kind === "message" || e.kind === "carbon" ? [e.received.body] : []));

test("a real socket carries SCRAM, mail and the archive", async () => {
  const server = await startHostileServer({ accounts: ACCOUNTS });
  onTestFinished(() => server.stop());
  const ann = await join(server, server.url, "ann");
  const ben = await join(server, server.url, "ben");
  expect(ann.session.mechanism).toBe("SCRAM-SHA-256");
  expect((await serverFeatures(ann.session)).archiveExtended).toBe(true);
  ann.session.send(message(`ben@${server.domain}`, "hello"));
  await vi.waitFor(() => expect(bodies(ben.events)).toEqual(["hello"]));
  const page = await queryArchive(ben.session, { before: "", max: 10 });
  expect(page.items.map((item) => item.received.body)).toEqual(["hello"]);
  expect(page.complete).toBe(true);
  await expect(
    join(server, server.url, "ann", { credential: { kind: "password", password: "wrong" } }),
  ).rejects.toMatchObject({ problem: "wrong-password" });
});

test("every session of both people gets a message once, live or as a carbon", async () => {
  const { server, url } = inProcess();
  const [one, two] = [await join(server, url, "ann"), await join(server, url, "ann")];
  const ben = await join(server, url, "ben");
  one.session.send(message(`ben@${server.domain}`, "out"));
  ben.session.send(message(one.session.fullJid, "to one of them"));
  await ben.session.ping();
  await vi.waitFor(() => {
    expect(bodies(one.events)).toEqual(["to one of them"]);
    expect(bodies(two.events)).toEqual(["out", "to one of them"]);
    expect(bodies(ben.events)).toEqual(["out"]);
  });
  expect(server.log.accepted).toHaveLength(2);
});

test("who is away finds mail in the archive, and in the offline queue where there is none", async () => {
  for (const archive of [true, false]) {
    const { server, url } = inProcess({ archive });
    const ann = await join(server, url, "ann");
    ann.session.send(message(`ben@${server.domain}`, "later"));
    ann.session.send(message(`nobody@${server.domain}`, "bounces"));
    await ann.session.ping();
    const ben = await join(server, url, "ben");
    await vi.waitFor(() => expect(bodies(ben.events)).toEqual(["later"]));
    const [bounce] = ann.events.filter((e) => e.kind === "message");
    expect(bounce).toMatchObject({ received: { type: "error", from: `nobody@${server.domain}` } });
  }
});

test("a lost stream is resumed, or refused", async () => {
  const { server, url } = inProcess();
  const ann = await join(server, url, "ann", { resumable: true });
  const stateOf = async (of: typeof ann) => {
    server.connectionsOf(ann.session.jid).forEach((connection) => connection.cut());
    await vi.waitFor(() => expect(of.closed).toHaveLength(1));
    const resume = await of.session.resumeState();
    if (resume === undefined) throw new Error("nothing to resume");
    return { resumable: true, resume };
  };
  const state = await stateOf(ann);
  server.mail({ from: "x@elsewhere.example", to: ann.session.jid, body: "meanwhile" });
  const again = await join(server, url, "ann", state);
  expect(again.session.resumed).toBe(true);
  expect(bodies(again.events)).toEqual(["meanwhile"]);
  server.faults.refuseResume = true;
  const refused = await join(server, url, "ann", await stateOf(again));
  expect(refused.session.resumed).toBe(false);
});

test("a script takes frames away, cuts after storing, and lies about counts", async () => {
  const { server, url } = inProcess();
  const ann = await join(server, url, "ann");
  const stop = server.on((frame) => frame.is("message"));
  ann.session.send(message(`ben@${server.domain}`, "swallowed"));
  await ann.session.ping();
  stop();
  expect(server.log.accepted).toHaveLength(0);
  const stopCutting = server.at("stored", ({ sender }) => {
    stopCutting();
    server.connectionsOf(sender?.jid ?? "")[0]?.cut();
  });
  ann.session.send(message(`ben@${server.domain}`, "stored, and then the cable broke"));
  await vi.waitFor(() => expect(ann.closed).toHaveLength(1));
  expect(server.account(`ben@${server.domain}`)?.archive.messages).toHaveLength(1);

  const ben = await join(server, url, "ben");
  server.faults.ackOf = (h) => h + 99;
  ben.session.send(message(`ann@${server.domain}`, "x"));
  await vi.waitFor(() => expect(ben.closed[0]?.detail).toMatch(/more than was sent/));
});

test("the archive lies as told", async () => {
  const { server, url } = inProcess();
  const { session } = await join(server, url, "ann");
  const me = session.jid;
  for (let i = 0; i < 7; i++)
    server.mail({ from: `p${i % 2}@elsewhere.example`, to: me, body: String(i), id: `id-${i}` });
  const texts = async (query: Partial<Parameters<typeof queryArchive>[1]>) => {
    const page = await queryArchive(session, { max: 3, ...query });
    return { texts: page.items.map((i) => i.received.body).join(""), ...page };
  };
  const newest = await texts({ before: "" });
  expect([newest.texts, newest.complete, newest.count]).toEqual(["456", false, 7]);
  const older = await texts({ before: newest.marks[0]?.archiveId ?? "" });
  expect(older.texts).toBe("123");
  expect((await texts({ after: older.marks.at(-1)?.archiveId ?? "" })).texts).toBe("456");
  expect((await texts({ with: "p1@elsewhere.example" as Jid })).texts).toBe("135");
  await expect(texts({ after: "gone" })).rejects.toMatchObject({ condition: "item-not-found" });
  const { mam } = server.faults;
  mam.unknownId = "oldest";
  expect((await texts({ after: "gone" })).texts).toBe("012");
  mam.hides = ({ text }) => text.includes("id-5");
  mam.copies = 2;
  mam.complete = "always";
  mam.count = () => -1;
  const lied = await texts({ before: "" });
  expect([lied.texts, lied.complete, lied.count]).toEqual(["334466", true, -1]);
  mam.emptyPages = true;
  expect(await texts({ before: "" })).toMatchObject({ items: [] });
  server.faults.mute.add("fin");
  await expect(texts({ silenceMs: 20 })).rejects.toMatchObject({ problem: "timeout" });
});

test("a restart forgets sessions and keeps mail; errors have their names", async () => {
  const { server, url } = inProcess();
  const ann = await join(server, url, "ann");
  server.restart();
  await vi.waitFor(() => expect(ann.closed).toHaveLength(1));
  expect(server.account(ann.session.jid)?.sessions.size).toBe(0);
  const again = await join(server, url, "ann");
  server.fail("system-shutdown", "good night");
  await vi.waitFor(() => expect(again.closed[0]?.detail).toBe("system-shutdown: good night"));
  server.faults.saslFailure = "account-disabled";
  await expect(join(server, url, "ann")).rejects.toMatchObject({ problem: "disabled" });
  server.faults.saslFailure = undefined;
  server.faults.streamError = "host-unknown";
  await expect(join(server, url, "ann")).rejects.toMatchObject({ problem: "host-unknown" });
  server.faults.refuseConnections = true;
  await expect(join(server, url, "ann")).rejects.toMatchObject({ problem: "unreachable" });
});

test("frames take as long as they are told to, in order", async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { server, url } = inProcess();
  const joining = join(server, url, "ann");
  await vi.advanceTimersByTimeAsync(100);
  const ann = await joining;
  Object.assign(server.faults, { latencyMs: 1000, bytesPerSecond: 100 });
  for (const body of ["one", "two"])
    server.mail({ from: "x@elsewhere.example", to: ann.session.jid, body });
  await vi.advanceTimersByTimeAsync(1500);
  expect(bodies(ann.events)).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(bodies(ann.events)).toEqual(["one", "two"]);
});

test("every poison reaches the wire as it is", async () => {
  const { server, url } = inProcess();
  const raw: string[] = [];
  for (const { frames } of poisons("evil@elsewhere.example", `ann@${server.domain}`)) {
    const socket = new WebSocket(url, "xmpp");
    socket.addEventListener("message", ({ data }) => raw.push(String(data)));
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    const [connection] = server.connections;
    frames.forEach((frame) => connection?.say(frame));
    await vi.waitFor(() => expect(raw.splice(0)).toEqual(frames));
    connection?.cut();
  }
});
