/** Somebody else on the same server: a real account that sends whatever it likes, stanza by stanza. */
import { type Element, xml } from "@xmpp/xml";
import { onTestFinished } from "vitest";
import type { Server } from "../../tools/servers/server.ts";
import type { Jid } from "../../src/mail/address.ts";
import type { Received } from "../../src/mail/received.ts";
import type { Inbound } from "../../src/xmpp/inbound.ts";
import { openSession, type Session } from "../../src/xmpp/session.ts";
import type { Account } from "./stage.ts";

export interface Peer {
  readonly session: Session;
  /** Messages that reached this session, live. */
  readonly received: Received[];
  send(stanza: Element): Promise<void>;
  /** The first message for which this holds, now or later. */
  next(is: (received: Received) => boolean): Promise<Received>;
}

/** Signs in; `present` says so to the server, without it the account counts as offline. */
export async function openPeer(
  server: Server,
  account: Account,
  options: { present?: boolean } = {},
): Promise<Peer> {
  const received: Received[] = [];
  let wake: () => void = () => undefined;
  const session = await openSession({
    service: server.wsUrl,
    jid: account.address as Jid,
    credential: { kind: "password", password: account.password },
    scramSeen: false,
    clientId: "peer",
    software: "peer",
    onInbound: (event: Inbound) => {
      if (event.kind !== "message") return;
      received.push(event.received);
      wake();
    },
    onClosed: () => undefined,
  });
  onTestFinished(() => session.abort());
  if (options.present !== false) session.send(xml("presence"));
  await session.ping();
  return {
    session,
    received,
    async send(stanza) {
      session.send(stanza);
      await session.ping();
    },
    async next(is) {
      const until = Date.now() + 20_000;
      for (;;) {
        const found = received.find(is);
        if (found !== undefined) return found;
        if (Date.now() > until) throw new Error("the message did not come");
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, 500);
        });
      }
    },
  };
}

/** Says what the body is, or brings the text in another encoding (XEP-0481). */
export function content(type: string, text?: string): Element {
  return xml("content", { xmlns: "urn:xmpp:content", type }, text);
}

/** Plain mail as any client may send it. */
export function mail(
  to: Account,
  subject: string,
  body: string,
  more: readonly Element[] = [],
  attrs: Record<string, string> = {},
): Element {
  return xml(
    "message",
    { to: to.address, id: crypto.randomUUID(), ...attrs },
    xml("subject", {}, subject),
    xml("body", {}, body),
    ...more,
  );
}
