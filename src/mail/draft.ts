/** A message being written. Kept in the database from the first change on, so that no reload or crash loses it. */
import type { Jid } from "./address.ts";

export type DraftKind = "new" | "reply" | "reply-all" | "forward";

export type Recipient = { jid: Jid; name?: string };

export type Draft = {
  /** UUID of the draft itself; the message gets an id of its own when it is sent. */
  id: string;
  kind: DraftKind;
  to: Recipient[];
  cc: Recipient[];
  bcc: Recipient[];
  /** Text still in an address field, not yet a chip; kept so that nothing typed is lost. */
  pending: { to: string; cc: string; bcc: string };
  subject: string;
  body: string;
  /** Attribution line and quoted text that go below the body; the person can take it out or edit it. */
  quote: string;
  /**
   * What is answered or forwarded: row key, thread and reply reference as they go on the wire. `of`: that message as
   * other devices know it; its key is 0 while it is not here.
   */
  source?: {
    key: number;
    of?: { from: Jid; mid: string; contentHash?: string };
    thread?: string;
    threadParent?: string;
    reply?: { id: string; to?: Jid };
  };
  /** XEP-0308: the `mid` of the message of mine that this puts right. */
  corrects?: string;
  /** A link named the thread it goes into, or the message it answers. */
  linked?: { thread?: string; replies?: string };
  updatedAt: number;
};

/**
 * Why a draft stays on this device: no stanza carries so much, the account has no room for more, the server did not take
 * it, or there is something under its id that this version cannot read.
 */
export type DraftHeld = "too-big" | "too-many" | "refused" | "newer" | "damaged";

/** What another client wrote there stays as it is: it may be more than what is here. */
export function isUnread(held: DraftHeld | undefined): held is "newer" | "damaged" {
  return held === "newer" || held === "damaged";
}

/** Nothing was written that would be missed. */
export function isEmptyDraft(draft: Draft): boolean {
  const typed = draft.pending.to + draft.pending.cc + draft.pending.bcc + draft.body;
  if (typed.trim() !== "") return false;
  if (draft.source !== undefined) return true;
  return draft.subject.trim() === "" && draft.to.length + draft.cc.length + draft.bcc.length === 0;
}
