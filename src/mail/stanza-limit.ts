/** How large a stanza may be: PROTOCOL.md section 5. */

/** What both servers in the field allow where they say nothing. */
const USUAL_BYTES = 262_144;
/** Room for what servers add to a stanza on its way: sender, delays, ids. */
const MARGIN_BYTES = 4096;
/** No server may allow less (RFC 6120 section 13.12); a smaller stanza was not refused for its size. */
export const SMALLEST_LIMIT = 10_000;

export type StanzaLimit = {
  /** XEP-0478. */
  advertised?: number;
  /** The server closed the stream over a stanza one byte larger. */
  learned?: number;
  /** What arrives in one piece, where the server refuses parts and the browser makes them. */
  whole?: number;
};

/** The largest stanza to write, in bytes of UTF-8. */
export function budgetOf(limit: StanzaLimit | undefined): number {
  const { advertised = USUAL_BYTES, learned = USUAL_BYTES, whole = USUAL_BYTES } = limit ?? {};
  return Math.min(whole, Math.min(advertised, learned, USUAL_BYTES) - MARGIN_BYTES);
}
