/** Rows that only the database and the engine know; the domain's own types live in mail/. */
import type { Jid } from "../mail/address.ts";

/**
 * The durable intent to send a message. The row exists exactly while there is work: everything the stanza needs
 * is in `messages` and `bodies`, so any tab's worker can carry it out.
 */
export type OutboxRow = { key: number; mid: string; createdAt: number };

export type PersonRow = {
  jid: Jid;
  /** From my roster: mine, so it wins. */
  rosterName?: string;
  /** Claimed by the person (XEP-0172). */
  nick?: string;
  lastAt: number;
  /** Mail of mine to them: suggestions come in this order. */
  written: number;
};

export type AvatarRow = { jid: Jid; type: string; bytes: Uint8Array | null; checkedAt: number };

/** What could not be read. `text`: the beginning of it, as it came. */
export type RejectRow = { at: number; why: string; text?: string };
