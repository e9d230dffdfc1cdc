/**
 * Stream management, XEP-0198 1.6: which of our stanzas the server has, and which of its stanzas we have *kept*. A
 * received stanza counts as handled when the database holds it, not when it was parsed. Counters wrap at 2^32.
 */
import { type Element, xml } from "@xmpp/xml";

export const NS_SM = "urn:xmpp:sm:3";
const WRAP = 2 ** 32;

export type Unacked = { id: string | undefined; bytes: number; text: string };

export class StreamManagement {
  id: string | undefined;
  inbound = 0;
  private outbound = 0;
  private queue: Unacked[] = [];

  /** A stanza of ours was written. */
  sent(stanza: Element, text: string): void {
    this.queue.push({ id: stanza.attrs["id"], bytes: text.length, text });
  }

  /** A stanza of the server's is safe with us. */
  handled(): void {
    this.inbound = (this.inbound + 1) % WRAP;
  }

  get waiting(): readonly Unacked[] {
    return this.queue;
  }

  /** Ids of the stanzas that `h` newly covers, or "too-high" where the server counts what it never got (section 6). */
  acked(h: string | undefined): string[] | "too-high" {
    const count = Number(h);
    if (!Number.isSafeInteger(count) || count < 0 || count >= WRAP) return "too-high";
    const covered = (count - this.outbound + WRAP) % WRAP;
    if (covered > this.queue.length) return "too-high";
    this.outbound = count;
    return this.queue.splice(0, covered).flatMap(({ id }) => (id === undefined ? [] : [id]));
  }

  /** Everything unacknowledged, when the stream is over for good. */
  abandon(): string[] {
    return this.queue.splice(0).flatMap(({ id }) => (id === undefined ? [] : [id]));
  }

  answer(): Element {
    return xml("a", { xmlns: NS_SM, h: String(this.inbound) });
  }
}
