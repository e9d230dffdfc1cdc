/** Sessions on a server that misbehaves, for tests of the account's own nodes. */
import { xml } from "@xmpp/xml";
import { onTestFinished, vi } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import type { Inbound } from "../../src/xmpp/inbound.ts";
import { openSession } from "../../src/xmpp/session.ts";
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
