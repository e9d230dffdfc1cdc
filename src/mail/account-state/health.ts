/** How it stands with the state that a person's devices share, as it is kept and told. */

/**
 * pep: a private node (XEP-0163). private-xml: XEP-0049, which tells nobody of changes. none: on this device only, since
 * the server has neither or would show it to others.
 */
export type StateHealth = {
  carrier: "pep" | "private-xml" | "none";
  /** Why there is no carrier; full: private XML takes no more in one piece, and is read alone. */
  refused?: "no-pep" | "not-private" | "failed" | "full";
  /** Technical text of the last failure. */
  detail?: string;
  /** Everything said here was seen in a server's copy then; epoch ms. */
  savedAt?: number;
  /** Until then others could read what is there: it was closed to them when that was noticed; epoch ms. */
  openUntil?: number;
  /** Entries that the server lost and has no room for. */
  lacking?: number;
  /** A repair that somebody asked for was through then; epoch ms. */
  repairedAt?: number;
  /** All items were read then; epoch ms. */
  readAt?: number;
  items: number;
  /** How many it keeps, where the server says so. */
  maxItems?: number;
  /** Of their payloads. */
  bytes: number;
  /** Items that are damaged, too big or of a newer version: left as they are. */
  unreadable: number;
};

/** More items than this would lose some on servers as they come (Prosody keeps 256). */
export const MAX_ITEMS = 256;
