/** Message carbons, XEP-0280 1.0: what my other devices send and receive. */
import { type Element, xml } from "@xmpp/xml";
import { type Jid, parseJid } from "../mail/address.ts";
import type { Received } from "../mail/received.ts";
import { isOwnDelay, parseDelay } from "./delay.ts";
import { parseMessage } from "./message.ts";
import type { Session } from "./session.ts";

export const NS_CARBONS = "urn:xmpp:carbons:2";
export const NS_FORWARD = "urn:xmpp:forward:0";

export type Carbon = { direction: "sent" | "received"; received: Received };

/** "none": no carbon at all. "forged": somebody else claims to be my server (section 11; CVE-2017-5589 and its kin). */
export type CarbonResult =
  | { kind: "carbon"; carbon: Carbon }
  | { kind: "none" }
  | { kind: "forged"; why: string };

/** Reads a carbon; counts only from my own bare address, only one level deep. */
export function parseCarbon(message: Element, me: Jid): CarbonResult {
  const sent = message.getChild("sent", NS_CARBONS);
  const wrapper = sent ?? message.getChild("received", NS_CARBONS);
  if (wrapper === undefined) return { kind: "none" };
  const outer = message.attrs["from"];
  if (outer !== undefined && (outer.includes("/") || parseJid(outer) !== me)) {
    return { kind: "forged", why: "carbon from somebody else" };
  }
  const forwarded = wrapper.getChild("forwarded", NS_FORWARD);
  const inner = forwarded?.getChild("message", "jabber:client") ?? forwarded?.getChild("message");
  if (forwarded === undefined || inner === undefined)
    return { kind: "forged", why: "carbon without a message" };
  if (
    inner.getChild("sent", NS_CARBONS) !== undefined ||
    inner.getChild("received", NS_CARBONS) !== undefined
  ) {
    return { kind: "forged", why: "carbon within a carbon" };
  }
  const received = parseMessage(inner, me);
  if (received === undefined) return { kind: "forged", why: "carbon of nothing readable" };
  const direction = sent === undefined ? "received" : "sent";
  const isMine = received.from === me;
  if (direction === "sent" && !isMine)
    return { kind: "forged", why: "sent carbon of somebody else's message" };
  if (direction === "received" && received.to !== me)
    return { kind: "forged", why: "received carbon of a message to somebody else" };
  // The delay around the message is my server's word; the one inside only where it claims to be that, too.
  const delay = parseDelay(forwarded);
  if (delay === undefined || isOwnDelay(received.delay, me))
    return { kind: "carbon", carbon: { direction, received } };
  return {
    kind: "carbon",
    carbon: { direction, received: { ...received, delay: { at: delay.at, from: me } } },
  };
}

/** Asks for carbons. A refusal only means that other devices show here later, from the archive. */
export async function enableCarbons(session: Session): Promise<void> {
  await session
    .iq({ type: "set", child: xml("enable", { xmlns: NS_CARBONS }) })
    .catch(() => undefined);
}
