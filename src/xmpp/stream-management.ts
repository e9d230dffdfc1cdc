/**
 * Stream management, XEP-0198 1.6: which of our stanzas the server has, and which of its stanzas we have *kept*. A
 * received stanza counts as handled when the database holds it, not when it was parsed. Counters wrap at 2^32.
 */
import { type Element, xml } from "@xmpp/xml";
import type { FullJid } from "../mail/address.ts";

export const NS_SM = "urn:xmpp:sm:3";
const NS_STREAM = "http://etherx.jabber.org/streams";
const NS_STREAMS = "urn:ietf:params:xml:ns:xmpp-streams";
const WRAP = 2 ** 32;

/** A stanza of ours that the server has not acknowledged. */
type Unacked = { id: string | undefined; bytes: number };

/** What a later stream needs to go on where this one ended (section 5). Plain data. */
export type ResumeState = {
  /** The server's name for the stream. */
  id: string;
  fullJid: FullJid;
  /** Stanzas of the server's that are safe with us. */
  inbound: number;
  /** Stanzas of ours that were written to it, where that is known for certain. */
  sent?: number;
};

export class StreamManagement {
  /** The server's name for the stream where it can be resumed. */
  readonly id: string | undefined;
  private inbound = 0;
  private outbound = 0;
  private readonly queue: Unacked[] = [];

  constructor(id?: string, from?: { inbound: number; outbound: number }) {
    this.id = id;
    this.inbound = from?.inbound ?? 0;
    this.outbound = from?.outbound ?? 0;
  }

  /** The number the next stanza of ours will have in the server's count. */
  get next(): number {
    return (this.outbound + this.queue.length + 1) % WRAP;
  }

  /** A stanza of ours was written. */
  sent(stanza: Element, bytes: number): void {
    this.queue.push({ id: stanza.attrs["id"], bytes });
  }

  /** A stanza of the server's is safe with us. */
  handled(): void {
    this.inbound = (this.inbound + 1) % WRAP;
  }

  /** How many of the server's stanzas are safe with us. */
  get kept(): number {
    return this.inbound;
  }

  /** How many stanzas of ours, and bytes, the server has not acknowledged. */
  get waiting(): { stanzas: number; bytes: number } {
    return {
      stanzas: this.queue.length,
      bytes: this.queue.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** Ids of the stanzas that `h` newly covers, or "too-high" where the server counts what it never got (section 6). */
  acked(h: string | undefined): string[] | "too-high" {
    const count = parseCount(h);
    if (count === undefined) return "too-high";
    const covered = (count - this.outbound + WRAP) % WRAP;
    if (covered > this.queue.length) return "too-high";
    this.outbound = count;
    return idsOf(this.queue.splice(0, covered));
  }

  answer(): Element {
    return xml("a", { xmlns: NS_SM, h: String(this.inbound) });
  }

  state(fullJid: FullJid): ResumeState | undefined {
    const { id, inbound } = this;
    const sent = (this.outbound + this.queue.length) % WRAP;
    return id === undefined ? undefined : { id, fullJid, inbound, sent };
  }
}

/** Asks to go on with an earlier stream. */
export function buildResume({ id, inbound }: ResumeState): Element {
  return xml("resume", { xmlns: NS_SM, previd: id, h: String(inbound) });
}

/** Whether stanza `number` is among the first `count` of its stream; counts wrap (section 4). */
export function isCovered(number: number, count: number): boolean {
  return (count - number + WRAP) % WRAP < WRAP / 2;
}

/** `<enable/>`; `resumable` makes the server keep the session for some minutes after the socket is gone. */
export function buildEnable(resumable: boolean): Element {
  return xml("enable", { xmlns: NS_SM, resume: resumable ? "true" : undefined });
}

/** The id of a stream that may be resumed. Its `location` is ignored: it would carry the password elsewhere. */
export function parseEnabled(element: Element): string | undefined {
  const resume = element.attrs["resume"];
  return resume === "true" || resume === "1" ? element.attrs["id"] : undefined;
}

/** Section 6: what is said to a server that counts what it never got. */
export function buildCountTooHigh(): Element {
  return xml(
    "stream:error",
    { "xmlns:stream": NS_STREAM },
    xml("undefined-condition", { xmlns: NS_STREAMS }),
    xml("handled-count-too-high", { xmlns: NS_SM }),
  );
}

/** xs:unsignedInt; undefined where it is none. */
export function parseCount(h: string | undefined): number | undefined {
  if (h === undefined || !/^\d{1,10}$/.test(h)) return undefined;
  const count = Number(h);
  return count < WRAP ? count : undefined;
}

function idsOf(stanzas: readonly Unacked[]): string[] {
  return stanzas.flatMap(({ id }) => (id === undefined ? [] : [id]));
}
