/** Named single values. Each name has its type here and nowhere else. */
import type { Jid } from "../mail/address.ts";
import type { ArchiveRange } from "../mail/archive-range.ts";
import type { BlockEntry, BlockIntent } from "../mail/blocking.ts";
import type { Reaction } from "../mail/reactions.ts";
import type { LookUp } from "../mail/look-up.ts";
import type { ArchiveStart } from "../mail/retention.ts";
import type { Stamp } from "../mail/clock.ts";
import type { PreferenceRow } from "../mail/preferences.ts";
import type { StateHealth } from "../mail/account-state/health.ts";
import type { ConnectionRow, SyncView } from "../mail/status.ts";
import type { PlaceTotals } from "./entries.ts";
import type { DraftMark, StreamRow } from "./rows.ts";
import type { ReadTx, WriteTx } from "./schema.ts";
import type { StanzaLimit } from "../mail/stanza-limit.ts";

export type MetaValues = {
  /** Next free key of `messages` and of `conversations`. */
  nextMessage: number;
  nextConversation: number;
  totals: PlaceTotals;
  /** What we know of the archive, oldest range first; they never touch or overlap. */
  ranges: ArchiveRange[];
  /** Messages fetched by the back-fill so far, and mail among them. */
  fetched: { messages: number; mail: number };
  /** First sign-in on this browser, or of the account once it is known: older mail counts as read (engine/arrivals.ts). */
  firstSignInAt: number;
  /** That is what this device's clock said: the server told no time, nor did its archive yet. */
  signInUnsure: boolean;
  /** Mail that came between these was called read by the later of the two: it is looked at again. */
  lookAgain: { from: number; to: number };
  connection: ConnectionRow;
  sync: SyncView;
  /** The oldest the server's archive still had when it was asked last (engine/retention.ts). */
  archiveStart: ArchiveStart;
  /** What the server could when it was asked last. */
  serverFeatures: Record<
    "archive" | "carbons" | "resumption" | "privateState" | "blocking",
    boolean
  > & { reporting?: boolean };
  /** Whom the server blocks, and what it is still to be told. */
  blocked: BlockEntry[];
  blockIntents: BlockIntent[];
  /** What permalinks named that was not here. */
  lookUps: LookUp[];
  syncPaused: boolean;
  noArchive: boolean;
  dismissed: string[];
  rosterVersion: string;
  storagePersisted: boolean;
  stream: StreamRow;
  stanzaLimit: StanzaLimit;
  /** Ids of mail of mine that came back and was thrown away: the archive still has a copy. */
  discarded: string[];
  /** Reactions to messages that are not here yet. */
  reactionsAhead: (Reaction & { mid: string })[];
  /** This browser among the person's devices, and the last stamp it gave or saw. */
  device: string;
  clock: Stamp;
  /** Whose mail was reported as spam: strangers' only. What follows from them goes there too. */
  spammers: string[];
  preferences: PreferenceRow;
  /** By draft, and by those that are gone. */
  draftMarks: Record<string, DraftMark>;
  /** XEP-0490: up to which message of my archive somebody's were read, as the account says; and what was read here. */
  displayed: Record<Jid, string>;
  readHere: Record<Jid, { key: number; at: number }>;
  /** Where drafts go: to a node of the account, to private XML, or nowhere. */
  draftNode: "open" | "private-xml" | "closed";
  /** How many items it keeps of drafts and of their ends. */
  draftRoom: number;
  /** How the account's state lies on the server, and what of it is known here (engine/account-state/). */
  stateItems: Record<
    string,
    { size: number; isForeign?: 1; isNewer?: 1; isOther?: 1; months?: string[] }
  >;
  /** Buckets of which something may be missing there, until that was looked into. */
  stateGaps: string[];
  /** Items that were taken away: whatever stands there of them says nothing that others do not. */
  stateSpent: string[];
  stateJournal: { messages: string[]; registers: string[] };
  stateHealth: StateHealth;
  /** What the account's devices said was taken in here once, or could not be had when it was asked for. */
  stateHeard: boolean;
  /** How far this device's clock was behind the server's when it was asked last, ms. */
  clockOffset: number;
  /** Stamps of this device's clock up to here stay as they are: it was right, or others may know of them. */
  clockSettled: Stamp;
};

export function readMeta<K extends keyof MetaValues>(
  tx: ReadTx,
  name: K,
): Promise<MetaValues[K] | undefined> {
  return tx.objectStore("meta").get(name) as Promise<MetaValues[K] | undefined>;
}

export function putMeta<K extends keyof MetaValues>(
  tx: WriteTx,
  name: K,
  value: MetaValues[K],
): void {
  void tx.objectStore("meta").put(value, name);
}
