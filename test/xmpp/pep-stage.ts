/** Sessions on a server that misbehaves, for tests of the account's own nodes. */
import { xml } from "@xmpp/xml";
import { onTestFinished, vi } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import type { Inbound } from "../../src/xmpp/inbound.ts";
import { openSession } from "../../src/xmpp/session.ts";
import type { PepNode } from "../hostile/pep.ts";
import { goodNetwork, inProcessWebSocket } from "../hostile/in-process.ts";
import { type HostileOptions, HostileServer } from "../hostile/server.ts";

export const ANN = "ann@hostile.example" as Jid;

export function pepServer(options: HostileOptions = { pep: true }): HostileServer {
  const server = new HostileServer({
    accounts: { ann: "p" },
    mechanisms: ["PLAIN"],
    // Tests say things beside it, which nobody counts.
    streamManagement: false,
    ...options,
  });
  vi.stubGlobal("WebSocket", inProcessWebSocket(server, goodNetwork()));
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  return server;
}

/** A node as a server has it: empty, with nobody in it. */
export function nodeWith(config: Record<string, string>, more: Partial<PepNode> = {}): PepNode {
  const none = { items: new Map(), affiliations: new Map(), subscriptions: new Map() };
  return { config: new Map(Object.entries(config)), ...none, ...more };
}

/** The server, what it does wrong, and a session on it. */
export async function pepStage() {
  const server = pepServer();
  return { server, pep: server.faults.pep, ...(await annOn(server)) };
}

/** Signed in and available. */
export async function annOn(server: HostileServer) {
  const events: Inbound[] = [];
  const session = await openSession({
    service: "ws://127.0.0.1/ws",
    jid: ANN,
    credential: { kind: "password", password: "p" },
    scramSeen: false,
    clientId: crypto.randomUUID(),
    software: "test",
    onInbound: (event) => void events.push(event),
    onClosed: () => undefined,
  });
  onTestFinished(() => session.abort());
  session.send(xml("presence"));
  await session.ping();
  const nodes = server.account(ANN)?.nodes;
  if (nodes === undefined) throw new Error("no account");
  return { session, events, nodes };
}

/** Requests of this kind that came, as text. */
export function heard(server: HostileServer, pattern: RegExp): string[] {
  const texts: string[] = [];
  server.on(({ text }) => {
    if (pattern.test(text)) texts.push(text);
  });
  return texts;
}
