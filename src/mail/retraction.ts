/**
 * Mail of mine that I take back (XEP-0424 0.4). The word goes to everybody a copy went to, by the same outbox; its id
 * follows from the message's, so that two devices that say it say the same.
 */
import type { Jid } from "./address.ts";
import { leastDelivered } from "./delivery.ts";
import type { Message, MessageRecipient } from "./message.ts";
import { type OutgoingCopy, waitingFor } from "./outgoing.ts";

const PREFIX = "retract-";
/** XEP-0424's name in fallback elements. */
const RETRACT = "urn:xmpp:message-retract:1";
/** For apps that do not know retractions; English, since nobody knows the reader's language. */
const FALLBACK =
  "/me retracted a message. Your app does not support that, so it may still show it.";

/** What the outbox has to do for a message: the id of the stanzas, and what became of each. */
export type Intent = { mid: string; recipients: MessageRecipient[] };

/** Once it is taken back, that is what remains to be done; undefined for what others or other devices sent. */
export function intentOf({ mid, recipients, retraction }: Message): Intent | undefined {
  if (retraction !== undefined)
    return { mid: retractionId(mid), recipients: retraction.recipients };
  return recipients === undefined ? undefined : { mid, recipients };
}

/** What the `mid` of a message may be whose stanzas, or whose retraction's, have this id. */
export function messageIdsOf(id: string): string[] {
  return id.startsWith(PREFIX) ? [id, id.slice(PREFIX.length)] : [id];
}

/** What became of the stanzas with this id; undefined where they are not this message's. */
export function copiesWith(message: Message, id: string): MessageRecipient[] | undefined {
  if (message.direction !== "out") return undefined;
  if (id === message.mid) return message.recipients;
  return id === retractionId(message.mid) ? message.retraction?.recipients : undefined;
}

/** The message with that noted. */
export function withCopies(message: Message, id: string, recipients: MessageRecipient[]): Message {
  const delivery = leastDelivered(recipients.map((r) => r.state));
  const state = { recipients, ...(delivery === undefined ? {} : { delivery }) };
  return id === message.mid ? { ...message, ...state } : { ...message, retraction: state };
}

/** The message with the word to its recipients queued. */
export function takenBack(message: Message): Message {
  return withCopies(message, retractionId(message.mid), waitingFor(reached(message)));
}

/** Whom a copy went to, as far as this device knows: not those it certainly never reached. */
export function reached(message: Message): Jid[] {
  if (message.recipients !== undefined)
    return message.recipients.filter((r) => r.state !== "failed").map((r) => r.jid);
  return [...new Set([...message.to, ...message.cc, ...message.bcc].map((n) => n.jid))];
}

/** The word to one recipient, in the message's own thread for whoever shows it as a message. */
export function retractionFor(message: Message, to: Jid): OutgoingCopy {
  return {
    to,
    id: retractionId(message.mid),
    body: FALLBACK,
    thread: {
      id: message.thread ?? message.mid,
      ...(message.threadParent === undefined ? {} : { parent: message.threadParent }),
    },
    fallbacks: [{ for: RETRACT }],
    addresses: [],
    retracts: message.mid,
  };
}

function retractionId(mid: string): string {
  return PREFIX + mid;
}
