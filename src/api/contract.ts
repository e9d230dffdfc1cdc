/**
 * The contract between the page and its worker: two verbs, `subscribe` to a query and `run` a command.
 * A query is a pure read of a small window; its whole answer is sent again whenever something it depends on changed.
 * A command answers as soon as the database holds what it did; the network follows by itself.
 */
import type { Jid } from "../mail/address.ts";
import type { Draft, DraftHeld, DraftKind } from "../mail/draft.ts";
import type { BlockStanding } from "../mail/blocking.ts";
import type { DeliveryState } from "../mail/delivery.ts";
import type { LabelKind } from "../mail/label.ts";
import type { Mailbox, Place } from "../mail/place.ts";
import type { StateHealth } from "../mail/account-state/health.ts";
import type { PreferenceName, Preferences } from "../mail/preferences.ts";
import type { ConnectionView, SyncView } from "../mail/status.ts";
import type { TriageAct } from "../mail/triage.ts";
import type { UndoableAct } from "../mail/undo.ts";

export type { ConnectionView, SyncView, TroubleKind } from "../mail/status.ts";

export { MAILBOXES, type Mailbox, type Place } from "../mail/place.ts";
export type { TriageAct } from "../mail/triage.ts";
export type { UndoableAct } from "../mail/undo.ts";

export type Person = { jid: Jid; name: string };

/** Why signing in or staying in failed: DESIGN.md section 5, `data-error`. */
export type SignInProblem =
  | "bad-address"
  | "unreachable"
  | "no-websocket"
  | "discovery-blocked"
  | "wrong-password"
  | "disabled"
  | "too-old"
  | "lost"
  | "insecure-page"
  | "not-allowed"
  | "storage";

// ---------------------------------------------------------------- queries

export type SessionView =
  | { state: "starting" }
  | { state: "signed-out"; lastAddress?: string }
  | {
      state: "signing-in";
      address: string;
      phase: "discovering" | "connecting" | "authenticating";
      /** Host that will get the password; present before it leaves. */
      host?: string;
    }
  /** A browser session ended without "Keep me signed in": its data goes after a word. */
  | { state: "left-over"; address: Jid; only: OnlyHereResult }
  /** The browser's storage cannot be opened. */
  | { state: "no-storage"; problem: NoStorageProblem; detail: string }
  | {
      state: "signed-in";
      address: Jid;
      keep: boolean;
      /** Ciphertext the tab keeps for its next load, where the server leaves nothing better to keep. */
      tabSecret?: string;
    };

export type StatusView = {
  connection: ConnectionView;
  sync: SyncView;
  /** How many messages could not be read; absent where there are none. */
  unreadable?: number;
};

/** What is wrong with this browser's storage, as long as it is. */
export type TroubleView =
  /** Nothing new can be kept; goes on by itself when there is room. */
  | { kind: "full" }
  /** Another tab runs a newer version of this app. */
  | { kind: "newer" }
  /** The database does not answer: another tab sleeps in the middle of a write, or the disk is busy. Ends by itself. */
  | { kind: "stalled" }
  /** The browser took the database away and does not open it again. */
  | { kind: "closed"; detail: string }
  /**
   * What was kept here was cleared. Drafts and unsent messages this tab still knew are back; `lost` messages were on
   * no server.
   */
  /** Damaged rows were found and put right; `refetched`: messages are fetched again. */
  | { kind: "damaged"; rows: number; refetched: boolean }
  | { kind: "emptied"; drafts: number; waiting: number; lost: number };

/** Why there is nothing to show at all. older-tab and slow end by themselves. */
export type NoStorageProblem = "full" | "newer" | "unavailable" | "failed" | "older-tab" | "slow";

/** How long the server keeps mail; `isAbout` false: less than this, and nothing nearer is known. */
export type KeepsView = { ms: number; isAbout: boolean };

/** Things said once, calmly, until dismissed. */
export type NoticeView = {
  id:
    | "no-archive"
    | "storage-not-persistent"
    | "retention"
    | "not-shared"
    | "not-private"
    | "was-open"
    | "shared-full";
  host: string;
  /** For "retention". */
  keeps?: KeepsView;
};

/** What this browser keeps, and how long the server does. */
export type StorageView = {
  host: string;
  /** none: the server keeps no archive. all: it still has everything it was ever seen to have. */
  archive: "none" | "unknown" | "all" | "expires";
  keeps?: KeepsView;
  /** Time of the oldest message the archive has; epoch ms. */
  archiveSince?: number;
  /** When that was looked up. */
  checkedAt?: number;
  messages: number;
  onlyHere: number;
  usedBytes?: number;
  quotaBytes?: number;
  persisted: boolean;
  /** Archive items and rows that could not be read. */
  rejected: number;
};

/** What the server can do for mail; undefined where it has not been asked yet. */
export type ServerView = {
  host: string;
  archive?: boolean;
  carbons?: boolean;
  resumption?: boolean;
  privateState?: boolean;
  blocking?: boolean;
  reporting?: boolean;
  maxStanzaBytes?: number;
};

export type MailboxCount = { total: number; unread: number };
/** `labels`: of tags and folders, by their place ("tag:ID"); absent where there is nothing. */
export type MailboxesView = Record<Mailbox, MailboxCount> & {
  labels: Record<string, MailboxCount>;
};

/** A tag or folder as it is shown: each below the one it stands in, `depth` 0 at the top. */
export type LabelView = {
  id: string;
  kind: LabelKind;
  name: string;
  /** OKLCH degrees, one of HUES. */
  hue: number;
  inside?: string;
  depth: number;
};

/** A tag on a row or a conversation. */
export type TagView = { id: string; name: string; hue: number };

/** What Undo would take back; null where there is nothing. */
export type UndoView = { id: string; act: UndoableAct; count: number } | null;
/** An act on many that is under way in this tab; null where there is none. */
export type TriageProgress = { act: UndoableAct | "undo"; done: number; total: number } | null;

export type RowView = {
  /** Stable while the row exists. */
  id: string;
  kind: "conversation" | "draft" | "gap";
  /** Hash route of the conversation, "#/t/…" or "#/m/…"; of a draft "#/drafts?open=ID". */
  href: string;
  people: Person[];
  /** People beyond those listed. */
  morePeople: number;
  /** "me" is among the writers. */
  mine: boolean;
  subject: string;
  snippet: string;
  at: number;
  count: number;
  unread: boolean;
  attachments: number;
  answeredInChat: boolean;
  starred?: true;
  tags?: TagView[];
  /** Names of the person's own folders it lies in. */
  folders?: string[];
  /** It sleeps until then, or came back then by itself; epoch ms. */
  snoozedUntil?: number;
  wokeAt?: number;
  muted?: true;
  delivery?: DeliveryState;
  /** Of a draft: why it stays on this device. */
  held?: DraftHeld;
  /** For a gap: what is missing, epoch ms; `isGone`: the server has it no more. */
  gap?: { from?: number; to?: number; isGone?: boolean };
};

/** `limit` rows from number `offset` on, newest first. */
export type WindowArgs = { mailbox: Place; offset: number; limit: number };
export type WindowView = {
  mailbox: Place;
  offset: number;
  rows: RowView[];
  total: number;
  unread: number;
};

export type AttachmentView = {
  name: string;
  /** By its bytes where they are here, else as declared. */
  mediaType: string;
  /** What its sender calls it, where its bytes say something else. */
  declared?: string;
  size?: number;
  /** What a `cid:` address in the HTML of the message calls it. */
  cid?: string;
  /** inline: the bytes came with the message and are here; link: on a web server; none: no usable source. */
  where: "inline" | "link" | "none";
  url?: string;
  /** What its sender says its bytes hash to: algorithm to base64 (XEP-0300). */
  hashes: Record<string, string>;
};

export type RecipientView = { jid: Jid; name: string; state: DeliveryState; reason?: string };

/** How a text is to be read: styled is message styling (XEP-0393), plain is as it stands. */
export type TextFormat = "markdown" | "styled" | "plain";

export type VersionView = { at: number; body: string; quote: string; format: TextFormat };

/** HTML of a stranger, nothing in it trusted. */
export type FormattedView = { kind: "xhtml-im" | "html"; html: string } | null;

/** A stanza as it came; `isWhole`: nothing in it was shortened. */
export type SourceView = { xml: string; isWhole: boolean } | null;

export type MessageView = {
  /** Row key in the local database. */
  key: number;
  /** Sender-assigned id, for permalinks. */
  id?: string;
  kind: "mail" | "chat";
  direction: "in" | "out";
  from: Person;
  /** The name its sender goes by in it (XEP-0172): nobody vouches for that. */
  claimedName?: string;
  /** I never wrote to its sender, who is no contact of mine. */
  isStranger: boolean;
  /** For strangers: whom they may be mistaken for. */
  stranger?: StrangerView;
  to: Person[];
  cc: Person[];
  bcc: Person[];
  /** Mail reached me though I stand neither in To nor Cc. */
  bccToMe: boolean;
  /** Replies go to somebody other than the sender. */
  replyTo?: Person[];
  at: number;
  subject: string;
  /** Text above the quoted part. */
  body: string;
  /** Quoted part, folded below; empty where there is none. */
  quote: string;
  format: TextFormat;
  /** What its sender wrote for clients that know no markup, where that is another text. */
  plain?: string;
  /** There is a formatted version: the query `formatted` has it, where it is not here already. */
  hasHtml: boolean;
  formatted?: FormattedView;
  snippet: string;
  lang?: string;
  /** Its text is to be shown on request; what it may be about, or "" (XEP-0382). */
  spoiler?: string;
  /** Put right by its sender then, and what it said before, oldest first (XEP-0308). */
  edited?: number;
  versions?: VersionView[];
  /** Withdrawn by its sender then (XEP-0424); what it said is still here, for whoever asks. */
  retracted?: number;
  /** What people said of it with an emoji (XEP-0444). */
  reactions?: { emoji: string; people: Person[] }[];
  unread: boolean;
  starred: boolean;
  attachments: AttachmentView[];
  /** Of what is done for it now: sending it, its newest version, or the word that it is withdrawn. */
  delivery?: DeliveryState;
  recipients?: RecipientView[];
  /** A bounce that belongs to no message known here: condition and words of whoever sent it. */
  problem?: string;
};

/** What my contacts and conversations tell of a message from a stranger. */
export type StrangerView = {
  /** Contacts of the same name, or whose address looks the same, and who are somebody else. */
  namesakes: Jid[];
  lookAlikes: Jid[];
  /** It names the thread of a conversation it has no part in. */
  isOutsider: boolean;
};

/** Whether a message's sender is blocked; null for my own. */
export type SenderView = {
  /** My server; whether it can block (undefined: not asked yet), and take a report with it. */
  host: string;
  isOffered?: boolean;
  canReport: boolean;
  /** The sender is blocked, or about to be. */
  block?: BlockStanding;
} | null;

export type BlockedView = {
  host: string;
  isOffered?: boolean;
  canReport: boolean;
  entries: BlockStanding[];
};

export type ConversationArgs = {
  /** One of the two. */
  thread?: string;
  message?: string;
  with?: string;
  /** How many messages at the most, newest kept; 100 at first. */
  limit: number;
};
export type ConversationView =
  | { state: "missing" }
  | {
      state: "found";
      id: string;
      href: string;
      subject: string;
      kind: "mail" | "chat";
      unread: boolean;
      starred: boolean;
      muted: boolean;
      tags: TagView[];
      /** Where its messages lie: FolderIds, "inbox" among them (for chats: in Chats). */
      folders: string[];
      snoozedUntil?: number;
      messages: MessageView[];
      /** Older messages beyond the limit. */
      older: number;
      /** Other conversations the same address may mean; only where it does not say with whom. */
      others?: OtherConversation[];
    };

export type OtherConversation = { href: string; subject: string; people: Person[] };

/** What a permalink says of a message that is not here; `at`: the day it was sent, epoch ms. */
export type LookUpArgs = { thread?: string; message?: string; with?: string; at?: number };
/**
 * Whether my server's archive has it. none: it was not asked, or the link does not say where to look. offline: it will be
 * asked. failed: it did not answer, or refused.
 */
export type LookUpView = {
  state: "none" | "asking" | "offline" | "no-archive" | "not-found" | "failed" | "deleted";
  /** Older mail is still being fetched. */
  isSyncing: boolean;
};

export type PersonArgs = { jid: Jid; limit: number };
export type PersonView = {
  name: string;
  /** Newest first. */
  conversations: PersonConversation[];
  /** There may be more: only the newest were looked through. */
  isCut: boolean;
};
export type PersonConversation = {
  id: string;
  href: string;
  kind: "mail" | "chat";
  subject: string;
  snippet: string;
  at: number;
  unread: boolean;
};

export type NeighboursArgs = { mailbox: Place; id: string };
export type NeighboursView = { newer?: string; older?: string };

/** `editor`: a composer that has it open; it follows its own words. */
export type DraftArgs = { id: string; editor?: string };
/**
 * A draft as it is now; `base` names its words, `editor` the composer that wrote them last. `held`: why it stays on this
 * device. `beside`: names words that went an own way, into a draft of their own. `left`: what became of the draft whose id
 * the words of the asking composer had, where they got this one instead. `gone`: it was sent or thrown away, here or on
 * another device. Null: there never was one.
 */
export type DraftView =
  | {
      draft: Draft;
      base?: string;
      editor?: string;
      held?: DraftHeld;
      beside?: readonly string[];
      left?: DraftParted;
      gone?: never;
    }
  | { draft?: never; gone: "sent" | "discarded" }
  | null;
/** Two wrote at once. sent: the other one's words went out; changed: both are in Drafts. */
export type DraftParted = "sent" | "changed";
export type PeopleArgs = { text: string; limit: number };
export type AvatarView = { jid: Jid; type: string; bytes: Uint8Array } | null;

/** Unread mail from people I know, newest first, one item a conversation. */
export type NewsItem = {
  /** Of the conversation. */
  id: string;
  href: string;
  at: number;
  from: string;
  subject: string;
  snippet: string;
  /** By the server's clock too old to be told of. */
  isOld?: true;
};
/** `isMine`: this tab talks to the server. `latestAt`: of the newest mail there is, whoever wrote it. */
export type NewsView = { isMine: boolean; latestAt: number; items: NewsItem[] };

/** What a person's devices share: how it lies on the server, and who they are. */
export type DevicesView = StateHealth & {
  host: string;
  /** Where drafts go; undefined as long as nobody has asked the server. */
  drafts?: "pep" | "private-xml" | "none";
  /** Said or written here and not seen on the server yet. */
  pending: number;
  devices: {
    id: string;
    /** As it called itself. */
    name: string;
    /** When it last said that it is there, epoch ms. */
    at: number;
    isThis: boolean;
  }[];
};

export type Queries = {
  session: { args: null; view: SessionView };
  status: { args: null; view: StatusView };
  notices: { args: null; view: NoticeView[] };
  troubles: { args: null; view: TroubleView[] };
  storage: { args: null; view: StorageView };
  server: { args: null; view: ServerView };
  mailboxes: { args: null; view: MailboxesView };
  window: { args: WindowArgs; view: WindowView };
  conversation: { args: ConversationArgs; view: ConversationView };
  sender: { args: { key: number }; view: SenderView };
  blocked: { args: null; view: BlockedView };
  formatted: { args: { key: number }; view: FormattedView };
  source: { args: { key: number }; view: SourceView };
  neighbours: { args: NeighboursArgs; view: NeighboursView };
  draft: { args: DraftArgs; view: DraftView };
  people: { args: PeopleArgs; view: Person[] };
  labels: { args: null; view: LabelView[] };
  undo: { args: null; view: UndoView };
  triageProgress: { args: null; view: TriageProgress };
  person: { args: PersonArgs; view: PersonView };
  lookUp: { args: LookUpArgs; view: LookUpView };
  avatar: { args: { jid: Jid }; view: AvatarView };
  preferences: { args: null; view: Preferences };
  news: { args: null; view: NewsView };
  devices: { args: null; view: DevicesView };
};
export type QueryName = keyof Queries;

// ---------------------------------------------------------------- commands

export type SignInArgs = { address: string; password: string; keep: boolean; wsUrl?: string };
export type SignInResult =
  | { ok: true; address: Jid }
  | { ok: false; problem: SignInProblem; detail: string; host?: string };

/** What only this browser still holds, told before sign-out wipes it. */
export type OnlyHereResult = {
  messages: number;
  drafts: number;
  waiting: number;
  /** What was said of mail, tags and settings and is not on the server yet. */
  changes: number;
};

/** Conversations by row id, or all of a place as it is now, but some. */
export type TriageTarget = { conversations: string[] } | { place: Place; except: string[] };
export type TriageArgs = { act: TriageAct; on: TriageTarget };
/** `count`: conversations that changed. `undo`: the step, to take back just this. */
export type TriageResult = { count: number; undo?: string };

export type Commands = {
  /** The form is being filled in. */
  prepareSignIn: { args: null; result: null };
  signIn: { args: SignInArgs; result: SignInResult };
  /** Another password for the account that is open (the connection's trouble asked for it). */
  signInAgain: { args: { password: string; wsUrl?: string }; result: SignInResult };
  cancelSignIn: { args: null; result: null };
  /** What waits is given a moment to be saved, where there is a connection. Answers once that is over. */
  saveNow: { args: null; result: null };
  countOnlyHere: { args: null; result: OnlyHereResult };
  /** Local mail as mbox text (RFC 4155), a part at a time: the messages after a key, 0 at first. */
  exportMail: {
    args: { after: number };
    /** `next`: the key to go on after; null at the end. */
    result: { name: string; blob: Blob; count: number; total: number; next: number | null };
  };
  signOut: { args: null; result: null };
  /** This tab goes back to the sign-in page; the account stays signed in elsewhere. */
  leaveAccount: { args: null; result: null };
  /** Answer to `left-over`: throw the data away. */
  discardLeftOver: { args: null; result: null };
  reconnect: { args: null; result: null };
  pauseSync: { args: null; result: null };
  resumeSync: { args: null; result: null };
  retryGap: { args: { id: string }; result: null };
  /** Asks my server's archive for what a permalink names, when there is a connection. */
  lookUp: { args: LookUpArgs; result: null };
  /** The browser was asked to keep the data: what it answered is noted. */
  noteStorage: { args: null; result: null };
  /** "Got it": what was said of the storage is not said again until it happens again. */
  dismissTrouble: { args: { kind: TroubleView["kind"] }; result: null };
  setPreference: {
    args: { name: PreferenceName; value: NonNullable<Preferences[PreferenceName]> };
    result: null;
  };
  /** Reads everything that the devices share again, and says again what is missing there. */
  repairState: { args: null; result: null };
  dismissNotice: { args: { id: NoticeView["id"] }; result: null };
  markRead: { args: { conversation: string }; result: null };
  /** Answers when all is written; a step for Undo, unless nothing changed. */
  triage: { args: TriageArgs; result: TriageResult };
  /** Takes the newest step back, or the one with that id; what was changed since then stays. */
  undo: { args: { id?: string }; result: UndoView };
  /** Makes a tag or folder, or changes one. Not ok: there is one of that name there already, or it cannot stand inside. */
  saveLabel: {
    args: {
      /** Absent: a new one. */
      id?: string;
      kind: LabelKind;
      name?: string;
      hue?: number;
      inside?: string | null;
      /** Its place among its siblings, 0 first. */
      place?: number;
    };
    result:
      | { ok: true; id: string }
      /** `id`: of the one that has the name. */
      | { ok: false; problem: "no-name" | "same-name" | "inside"; id?: string };
  };
  /** A folder's mail goes to Archive, what stands inside goes up; a step for Undo. */
  deleteLabel: { args: { id: string }; result: { undo?: string } };
  /** Told to the server when there is a connection. `report`: as spam, with this message. Not ok: it cannot block. */
  block: { args: { jid: Jid; report?: number }; result: { ok: boolean; host: string } };
  unblock: { args: { entry: string }; result: null };
  /** A fresh draft for the act; saved only when the person changes it. `key`: the message answered or forwarded. */
  beginDraft: {
    args: {
      kind: DraftKind;
      key?: number;
      /** Its words, where that message came as HTML alone: the worker cannot read those. */
      text?: string;
      to?: Jid[];
    };
    result: Draft;
  };
  /**
   * `editor`: the composer that writes, `base`: the words it had before it when it began; other words that are there by
   * now are kept beside. `sent`: it is on its way already, and was not kept as a draft again. `id`: where the words of
   * this composer are from now on.
   */
  saveDraft: {
    args: { draft: Draft; editor?: string; base?: string };
    result: { savedAt: number; sent: boolean; id: string };
  };
  /** `undo`: the step, where there was one to throw away. */
  discardDraft: { args: { id: string; editor?: string }; result: { undo?: string } };
  /** Draft out, message and durable intent in, in one transaction. Refusals leave the draft. */
  send: {
    args: { draft: Draft; editor?: string; base?: string };
    result: { ok: true } | { ok: false; problem: SendProblem; detail: string };
  };
  retrySend: { args: { key: number }; result: null };
  /** Takes an unsent message back into a draft. */
  editUnsent: { args: { key: number }; result: { draft: Draft } | null };
  /** A draft that puts right a message of mine; saved only when the person changes it. Null: it cannot be any more. */
  beginCorrection: { args: { key: number }; result: { draft: Draft } | null };
  /** Withdraws a message of mine here, and asks its recipients' programs to. */
  retract: { args: { key: number }; result: null };
  discardUnsent: { args: { key: number }; result: null };
  /** Bytes of an inline attachment, octet-stream. */
  attachment: { args: { key: number; index: number }; result: { name: string; blob: Blob } | null };
};
export type CommandName = keyof Commands;
export type SendProblem =
  | "no-recipient"
  | "empty"
  | "too-large"
  | "storage"
  | "bad-address"
  | "already-sent"
  | "not-correctable";

// ---------------------------------------------------------------- the wire between page and worker

export type ToWorker =
  | {
      type: "start";
      /** This tab belonged to that account before a reload; absent in a new tab. */
      tabAccount?: string;
      /** What `signed-in` gave the tab to keep. */
      tabSecret?: string;
      /** Folder the app is served from, for config.json. */
      base: string;
      secure: boolean;
    }
  | { type: "subscribe"; id: number; query: QueryName; args: unknown }
  | { type: "unsubscribe"; id: number }
  | { type: "run"; id: number; command: CommandName; args: unknown }
  /** frozen: the browser is about to stop this tab. */
  | { type: "visibility"; stance: "visible" | "hidden" | "frozen" }
  | { type: "online"; online: boolean }
  /** Whether the worker still listens. */
  | { type: "ping" };

export type FromWorker =
  | { type: "pong" }
  /** A part of the app could not be loaded, and never will be by this worker. */
  | { type: "part-missing" }
  | { type: "answer"; id: number; value: unknown }
  | { type: "query-error"; id: number; message: string }
  | { type: "done"; id: number; value: unknown }
  | { type: "failed"; id: number; message: string };
