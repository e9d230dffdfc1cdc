/**
 * The database of one account. MIGRATIONS IS APPEND-ONLY: its length is the database version, and every entry
 * has run on somebody's machine. Never edit one; add another.
 */
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import type { Jid } from "../mail/address.ts";
import type { Conversation } from "../mail/conversation.ts";
import type { Draft } from "../mail/draft.ts";
import type { TimelineEvent } from "../mail/grouping.ts";
import { type Body, hasStrongId, type Message } from "../mail/message.ts";
import { registersOfLabel, settingRegister } from "../mail/account-state/registers.ts";
import { ruleStamp } from "../mail/clock.ts";
import type { PreferenceRow } from "../mail/preferences.ts";
import { stateKey, whenOf } from "../mail/state.ts";
import { hashText } from "../base/hash.ts";
import type {
  AvatarRow,
  LabelRow,
  OriginalRow,
  OutboxRow,
  PartRow,
  PersonRow,
  RegisterRow,
  RejectRow,
  RetractionRow,
  StateRow,
  UndoRow,
} from "./rows.ts";

export interface EnvoiSchema extends DBSchema {
  /** Single values by name: cursors, counters, what is known of the server. */
  meta: { key: string; value: unknown };
  messages: {
    key: number;
    value: Message;
    indexes: {
      mid: string;
      refs: string;
      thread: [string, string];
      conversation: [number, number];
      unread: [number, number];
      at: number;
      unarchived: [number, number];
    };
  };
  bodies: { key: number; value: Body };
  /** Bytes that came inside a message, by message and number of the attachment: no list and no text ever loads them. */
  parts: { key: [number, number]; value: PartRow };
  /** What a message came as, where that is much: read when it is asked for. */
  originals: { key: number; value: OriginalRow };
  /** What was withdrawn, by sender and `mid`: the message itself may come later (XEP-0424). */
  retractions: { key: [Jid, string]; value: RetractionRow };
  conversations: { key: number; value: Conversation; indexes: { person: Jid } };
  /** Sorted mailboxes: key from keys.ts, value the conversation's id. */
  entries: { key: [string, number, number]; value: number };
  /** What passed between a person and me, for the rule that a chat may answer a mail. */
  timeline: { key: [string, number, number]; value: TimelineEvent };
  drafts: { key: string; value: Draft };
  outbox: { key: number; value: OutboxRow; indexes: { mid: string } };
  people: { key: Jid; value: PersonRow };
  avatars: { key: Jid; value: AvatarRow };
  /**
   * What was said of messages, by mail/state.ts `stateKey`: also of some that are not here. `pending`: not yet carried
   * to the account.
   */
  state: { key: string; value: StateRow; indexes: { pending: number; month: number } };
  registers: { key: string; value: RegisterRow; indexes: { pending: number } };
  /** Folders and tags. */
  labels: { key: string; value: LabelRow };
  /** Steps that Undo can take back, newest last; a long one in parts. */
  undo: { key: [string, number]; value: UndoRow };
  /** What could not be read: kept raw, counted, never in the way. Archive items under their archive id. */
  rejects: { key: number | string; value: RejectRow };
}

export type StoreName = StoreNames<EnvoiSchema>;
export type EnvoiDatabase = IDBPDatabase<EnvoiSchema>;
export type ReadTx = IDBPTransaction<EnvoiSchema, StoreName[], "readonly" | "readwrite">;
export type WriteTx = IDBPTransaction<EnvoiSchema, StoreName[], "readwrite">;

export type UpgradeTx = IDBPTransaction<EnvoiSchema, StoreName[], "versionchange">;

/** What it begins with the transaction ends before the database is open: a migration may go on asynchronously. */
type Migration = (db: EnvoiDatabase, tx: UpgradeTx) => void;

/** An index of older versions; the type of today's schema does not know it. */
const ARCHIVE_IDS = "archiveIds" as "at";

export const MIGRATIONS: readonly Migration[] = [
  function first(db) {
    db.createObjectStore("meta");
    const messages = db.createObjectStore("messages", { keyPath: "key" });
    messages.createIndex(ARCHIVE_IDS, "archiveIds", { multiEntry: true });
    messages.createIndex("mid", "mid");
    messages.createIndex("refs", "refs", { multiEntry: true });
    messages.createIndex("thread", ["thread", "kind"]);
    messages.createIndex("conversation", ["conversation", "at"]);
    messages.createIndex("unread", ["conversation", "unread"]);
    db.createObjectStore("bodies", { keyPath: "key" });
    db.createObjectStore("conversations", { keyPath: "id" }).createIndex("person", "person");
    db.createObjectStore("entries");
    db.createObjectStore("timeline");
    db.createObjectStore("drafts", { keyPath: "id" });
    db.createObjectStore("outbox", { keyPath: "key" }).createIndex("mid", "mid");
    db.createObjectStore("people", { keyPath: "jid" });
    db.createObjectStore("avatars", { keyPath: "jid" });
    db.createObjectStore("rejects", { autoIncrement: true });
  },
  /** Counts what only this browser holds: messages by time, and those no archive has. */
  function onlyHere(_db, tx) {
    const messages = tx.objectStore("messages");
    messages.createIndex("at", "at");
    messages.createIndex("unarchived", ["unarchived", "at"]);
    void markUnarchived(tx).catch(() => tx.abort());
  },
  function partsAndRetractions(db) {
    db.createObjectStore("parts");
    db.createObjectStore("retractions");
  },
  /** One entry less to write for each message of an archive: what it found, time or id find as well. */
  function withoutArchiveIds(_db, tx) {
    tx.objectStore("messages").deleteIndex(ARCHIVE_IDS);
  },
  /** Rows from before stay as they are, heavy and read as such: nothing is moved. */
  function originals(db) {
    db.createObjectStore("originals", { keyPath: "key" });
  },
  /** Rows from before say nothing of folders, stars and tags: absent is where they came. */
  function state(db) {
    db.createObjectStore("state").createIndex("pending", "pending");
    db.createObjectStore("labels", { keyPath: "id" });
    db.createObjectStore("undo");
  },
  /** What is said travels to the person's other devices: keys that no sender can aim at, months, registers. */
  function accountState(db, tx) {
    tx.objectStore("state").createIndex("month", "month");
    db.createObjectStore("registers").createIndex("pending", "pending");
    void withNewKeys(tx)
      .then(() => withRegisters(tx))
      .catch(() => tx.abort());
  },
];

/** Rows by the key of before, under that of today; what is said of no message here nobody else has heard of. */
async function withNewKeys(tx: UpgradeTx): Promise<void> {
  const store = tx.objectStore("state");
  const [keys, rows] = await Promise.all([store.getAllKeys(), store.getAll()]);
  if (keys.length === 0) return;
  const known = new Map(keys.map((key, index) => [key, rows[index]]));
  await store.clear();
  const messages = tx.objectStore("messages");
  for (
    let cursor = await messages.openCursor();
    cursor !== null;
    cursor = await cursor.continue()
  ) {
    const row = known.get(formerStateKey(cursor.value));
    if (row !== undefined)
      await store.put({ ...row, pending: 1, ...whenOf(cursor.value.at) }, stateKey(cursor.value));
  }
}

/** `stateKey` as it was in the versions before. */
function formerStateKey(message: Message): string {
  const { from, mid, contentHash } = message;
  const name = hasStrongId(message) ? mid : `${mid}\n${contentHash}`;
  return `${hashText(`${from}\n${name}`)}-${hashText(`${name}\n${from}`).slice(0, 4)}`;
}

async function withRegisters(tx: UpgradeTx): Promise<void> {
  const registers = tx.objectStore("registers");
  for (const label of await tx.objectStore("labels").getAll())
    for (const [name, said] of registersOfLabel(label))
      await registers.put({ said, pending: 1 }, name);
  const preferences = await tx.objectStore("meta").get("preferences");
  for (const [name, { value, at }] of Object.entries((preferences ?? {}) as PreferenceRow))
    await registers.put({ said: [value, ruleStamp(at)], pending: 1 }, settingRegister(name));
}

async function markUnarchived(tx: UpgradeTx): Promise<void> {
  const messages = tx.objectStore("messages");
  const archived = new Set(await messages.index(ARCHIVE_IDS).getAllKeys());
  for (const key of await messages.getAllKeys()) {
    if (archived.has(key)) continue;
    const row = await messages.get(key);
    if (row !== undefined) await messages.put({ ...row, unarchived: 1 });
  }
}
