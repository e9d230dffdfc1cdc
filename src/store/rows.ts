/** Rows that only the database and the engine know; the domain's own types live in mail/. */
import type { FullJid, Jid } from "../mail/address.ts";
import type { UndoableAct } from "../mail/undo.ts";
import type { Made, Stamp } from "../mail/clock.ts";
import type { Draft, DraftHeld } from "../mail/draft.ts";
import type { DraftEnd, Revision } from "../mail/account-state/draft-merge.ts";
import type { Label } from "../mail/label.ts";
import type { Body } from "../mail/message.ts";
import type { RegisterSaid } from "../mail/account-state/batch.ts";
import type { Field, FieldValue, MessageState } from "../mail/state.ts";

/**
 * The durable intent to send a message. The row exists exactly while there is work: everything the stanza needs
 * is in `messages` and `bodies`, so any tab's worker can carry it out.
 */
export type OutboxRow = {
  key: number;
  mid: string;
  createdAt: number;
  /** Per recipient: where its copy was written last, noted before it was. */
  copies?: Record<Jid, WrittenCopy>;
};

export type WrittenCopy = {
  /** The stream's name and the copy's number in its count (XEP-0198): together they settle what became of it. */
  stream?: string;
  number?: number;
  /** The stream went on without it: it never reached the server, and its number is another stanza's now. */
  isLost?: true;
  /** The newest of the archive that was known then: our copy can only stand behind it. */
  since?: ArchivePoint;
  /** How often the server ended the stream over this copy alone. */
  refusals?: number;
};

/** A place in my archive; the time is the archive's. */
export type ArchivePoint = { id: string; at: number };

/** The stream of whoever holds the lock, kept so that the next holder can go on with it (XEP-0198 section 5). */
export type StreamRow = {
  /** Of the holder. Another token here means: you are not the holder any more. */
  token: string;
  /** Absent where the stream cannot be resumed. */
  id?: string;
  fullJid?: FullJid;
  /** Stanzas of the server's that are in the database: never less than it was told. */
  inbound: number;
  /** Stanzas of ours written to it, where its holder saw it end. */
  sent?: number;
  /** Presence is out and the archive caught up with: a resumed stream needs nothing more. */
  online: boolean;
  /** What the server can, as it was told on this stream. */
  features?: Record<string, boolean>;
};

export type PersonRow = {
  jid: Jid;
  /** From my roster: mine, so it wins. */
  rosterName?: string;
  /** 1: stands in my roster, under whatever name. */
  contact?: 1;
  /** Claimed by the person (XEP-0172). */
  nick?: string;
  lastAt: number;
  /** Mail of mine to them: suggestions come in this order. */
  written: number;
};

export type AvatarRow = { jid: Jid; type: string; bytes: Uint8Array | null; checkedAt: number };

/** What could not be read. `text`: the beginning of it, as it came. */
export type RejectRow = { at: number; why: string; text?: string };

/** A `data:` URL as it came. */
export type PartRow = { url: string };

/** HTML and stanza of a message, where they are much. */
export type OriginalRow = { key: number } & Pick<Body, "formatted" | "source">;

/** When it was said, by the archive's time; epoch ms. */
export type RetractionRow = { at: number };

/**
 * `pending` 1: something in it is not known to be in the account. `day`: the message's, whole days since the epoch, UTC;
 * `month` that day's, YYYYMM.
 */
export type StateRow = {
  said: MessageState;
  day: number;
  month: number;
  pending?: 1;
  restored?: Restored;
  /** Of words that are pending. */
  made?: { readonly [F in Field]?: Made };
};

/** What is said of the account itself, by name: tags, folders, settings (src/mail/account-state/). */
export type RegisterRow = { said: RegisterSaid; pending?: 1; made?: Made };

/** Words that Undo put back: the stamp it gave them, and the one they had when they were said. */
export type Restored = { readonly [F in Field]?: readonly [now: Stamp, then: Stamp] };

/** What is known of a draft, or of one that is gone, in the account (engine/draft-shelf.ts). */
export type DraftMark = {
  revision: Revision;
  stamp: Stamp;
  beside?: readonly Stamp[];
  /** Of the words here, as `wordsOf` says them. */
  text?: string;
  /** Not seen in the account as it is here. */
  dirty?: 1;
  /** The account has it, or may have it. */
  shared?: 1;
  /** It had it, and does not have it now. */
  absent?: 1;
  /** Of the words that it had when it lost them: they are nobody's news. */
  had?: Stamp;
  gone?: { how: DraftEnd; words?: string };
  /** The composer that wrote the words. */
  editor?: string;
  /** Where words of that composer are that others replaced under this id. */
  moved?: { editor: string; to: string };
  held?: DraftHeld;
};

export type LabelRow = Label;

/** What a step changed: what was there before, and the stamp it was changed with. */
export type UndoRow = {
  at: number;
  act: UndoableAct;
  /** Conversations, in this part. */
  count: number;
  /** Drafts that were thrown away. */
  drafts?: Draft[];
  /** In all of them: stands in front of a step of many parts, which nobody reads for a number. */
  total?: number;
  changes: [
    message: number,
    field: Field,
    before: FieldValue,
    stamp: Stamp,
    /** When what was there before had been said; absent where nothing had. */
    beforeStamp?: Stamp,
  ][];
  labels: Label[];
};
