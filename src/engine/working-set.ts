/**
 * The part of the database one batch touches, read first, changed in memory, written in one burst at the end.
 * Inside a batch messages refer to each other, so every look-up sees what the batch itself has added.
 *
 *   prefetch (all requests at once)  ->  find / add / move (memory; a rare extra read)  ->  flush (puts only)
 */
import type { Jid } from "../mail/address.ts";
import {
  type Conversation,
  conversationOf,
  emptyConversation,
  withMessage,
  withoutMessage,
} from "../mail/conversation.ts";
import {
  type Body,
  hasStrongId,
  type Message,
  type MessageKind,
  type NewMessage,
} from "../mail/message.ts";
import type { FolderId } from "../mail/place.ts";
import { preferencesOf } from "../mail/preferences.ts";
import { allEntries, type PlaceTotals, putEntries } from "../store/entries.ts";
import { conversationRange, partsRange, threadRange } from "../store/keys.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { putBody } from "../store/parts.ts";
import { putRow } from "../store/put.ts";
import { runsOf } from "../store/read-many.ts";
import type { WriteTx } from "../store/schema.ts";
import type { IdSieve, SieveName } from "./id-sieve.ts";
import { KnownRows } from "./known-rows.ts";
import { liesIn, missingFolders } from "./labels.ts";
import { otherSideOf } from "./timeline.ts";

/** Stores a working set reads or writes; a transaction that carries one names at least these. */
export const WORKING_STORES = [
  "meta",
  "messages",
  "bodies",
  "parts",
  "originals",
  "retractions",
  "conversations",
  "entries",
  "timeline",
  "outbox",
  "people",
  "state",
  "labels",
] as const;

/** A thread id shared by more messages than this is some client's constant, not a conversation. */
const MAX_SHARED_THREAD = 400;

type Slot = { before: Conversation | undefined; now: Conversation | undefined; stale: boolean };

export class WorkingSet {
  readonly tx: WriteTx;
  readonly me: Jid;
  private readonly known = new KnownRows();
  private readonly dirty = new Set<number>();
  private readonly bodies = new Map<number, Body>();
  private readonly slots = new Map<number, Slot>();
  private readonly byPerson = new Map<Jid, number>();
  private readonly askedMids = new Set<string>();
  private readonly askedRefs = new Set<string>();
  private readonly askedThreads = new Set<string>();
  private readonly askedPeople = new Set<Jid>();
  /** Conversations all of whose messages were read. */
  private readonly whole = new Set<number>();
  private totals: PlaceTotals = {};
  private areChatsMail = false;
  private nextMessage = 1;
  private nextConversation = 1;

  private readonly sieve: IdSieve | undefined;

  private constructor(tx: WriteTx, me: Jid, sieve: IdSieve | undefined) {
    this.tx = tx;
    this.me = me;
    this.sieve = sieve;
  }

  /** `sieve`: for who takes in much at once. */
  static async open(tx: WriteTx, me: Jid, sieve?: IdSieve): Promise<WorkingSet> {
    const set = new WorkingSet(tx, me, sieve);
    const [totals, nextMessage, nextConversation, preferences] = await Promise.all([
      readMeta(tx, "totals"),
      readMeta(tx, "nextMessage"),
      readMeta(tx, "nextConversation"),
      readMeta(tx, "preferences"),
      sieve?.refresh(tx),
    ]);
    if (totals !== undefined) set.totals = totals;
    set.areChatsMail = preferencesOf(preferences).chatsAsMail;
    // A counter that is missing must never begin below what is there: a key used twice overwrites a message.
    set.nextMessage = nextMessage ?? (await lastKey(tx, "messages")) + 1;
    set.nextConversation = nextConversation ?? (await lastKey(tx, "conversations")) + 1;
    return set;
  }

  /** Reads everything these messages could match or link to, in parallel. */
  async prefetch(messages: readonly NewMessage[]): Promise<void> {
    const store = this.tx.objectStore("messages");
    // An archived message never changes: with a good id of its own the row is found by that, else by its time.
    const weak = messages.filter((m) => !hasStrongId(m) && m.archiveIds.length > 0);
    const times = new Set(weak.map((m) => m.at));
    await Promise.all([
      ...[...times].map(async (at) => this.take(await store.index("at").getAll(at))),
      ...messages.flatMap((m) => [
        this.fetchMid(m.mid),
        this.fetchRefs(m.mid),
        ...(m.refs ?? []).map((ref) => this.fetchMid(ref)),
        ...(m.thread === undefined ? [] : [this.fetchThread(m.thread)]),
        ...(m.kind === "chat"
          ? [this.fetchPerson(m.direction === "in" ? m.from : (m.to[0]?.jid ?? m.from))]
          : []),
      ]),
    ]);
  }

  withMid(mid: string): Message[] {
    return this.known.withMid(mid);
  }

  withArchiveId(id: string): Message | undefined {
    return this.known.withArchiveId(id);
  }

  async referringTo(mid: string): Promise<Message[]> {
    await this.fetchRefs(mid);
    return this.known.referringTo(mid);
  }

  async inThread(thread: string): Promise<Message[]> {
    await this.fetchThread(thread);
    const rows = this.known.inThread(thread);
    return rows.length > MAX_SHARED_THREAD ? [] : rows;
  }

  async message(key: number): Promise<Message | undefined> {
    if (this.known.isRemoved(key)) return undefined;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const row = await this.tx.objectStore("messages").get(key);
    if (row !== undefined) await this.take([row]);
    return this.known.get(key);
  }

  async body(key: number): Promise<Body | undefined> {
    return this.bodies.get(key) ?? this.tx.objectStore("bodies").get(key);
  }

  async conversation(id: number): Promise<Conversation | undefined> {
    const slot = this.slots.get(id);
    if (slot !== undefined) return slot.now;
    const row = await this.tx.objectStore("conversations").get(id);
    return this.learnConversation(id, row);
  }

  /** Unless it is known by now. */
  private learnConversation(id: number, row: Conversation | undefined): Conversation | undefined {
    const known = this.slots.get(id);
    if (known !== undefined) return known.now;
    this.slots.set(id, { before: row, now: row, stale: false });
    if (row?.person !== undefined) this.byPerson.set(row.person, id);
    return row;
  }

  newConversation(kind: MessageKind, person?: Jid): Conversation {
    const empty = emptyConversation(this.nextConversation++, kind, person);
    const isListed = kind === "chat" && this.areChatsMail;
    const conversation: Conversation = isListed ? { ...empty, asMail: 1 } : empty;
    this.slots.set(conversation.id, { before: undefined, now: conversation, stale: false });
    if (person !== undefined) this.byPerson.set(person, conversation.id);
    return conversation;
  }

  /** The conversation that lists the chats with a person; made when there is none. */
  async chatsWith(person: Jid): Promise<Conversation> {
    await this.fetchPerson(person);
    const id = this.byPerson.get(person);
    const known = id === undefined ? undefined : await this.conversation(id);
    return known ?? this.newConversation("chat", person);
  }

  /** Lists every chat among the mail too, or no longer. */
  async listChats(asMail: boolean): Promise<void> {
    this.areChatsMail = asMail;
    // Only chats are listed by person.
    for (const row of await this.tx.objectStore("conversations").index("person").getAll()) {
      const { asMail: _was, ...rest } = row;
      this.slots.set(row.id, {
        before: row,
        now: asMail ? { ...rest, asMail: 1 } : rest,
        stale: false,
      });
    }
  }

  /** Gives a message its key and its place. */
  add(message: NewMessage, body: Omit<Body, "key">, conversation: number): Message {
    const row: Message = { ...message, key: this.nextMessage++, conversation };
    this.known.learn([row]);
    this.dirty.add(row.key);
    this.bodies.set(row.key, { ...body, key: row.key });
    const slot = this.slot(conversation);
    if (slot.now !== undefined) slot.now = withMessage(slot.now, row, this.me);
    return row;
  }

  /** Replaces a row by a changed one; its conversation is folded anew at the end. */
  change(row: Message): void {
    this.known.replace(row);
    this.dirty.add(row.key);
    this.slot(row.conversation).stale = true;
  }

  changeBody(body: Body): void {
    this.bodies.set(body.key, body);
  }

  /** Takes a message out for good (an unsent one goes back into a draft). */
  remove(row: Message): void {
    this.known.remove(row.key);
    this.dirty.delete(row.key);
    this.bodies.delete(row.key);
    this.slot(row.conversation).stale = true;
  }

  /** A folder came or went: where its mail is found is decided anew at the end. */
  async relist(folder: FolderId): Promise<void> {
    const ids = await allEntries(this.tx, `folder:${folder}`);
    await Promise.all(ids.map((id) => this.conversation(id)));
  }

  /** Moves one message to another conversation. */
  move(row: Message, to: number, attachedBy: Message["attachedBy"]): Message {
    const from = this.slot(row.conversation);
    const left = from.now === undefined ? undefined : withoutMessage(from.now, row, this.me);
    if (left === undefined) from.stale = true;
    else from.now = left;
    const { attachedBy: _old, ...rest } = row;
    const moved: Message = {
      ...rest,
      conversation: to,
      ...(attachedBy === undefined ? {} : { attachedBy }),
    };
    this.known.replace(moved);
    this.dirty.add(row.key);
    const slot = this.slot(to);
    if (slot.now !== undefined) slot.now = withMessage(slot.now, moved, this.me);
    return moved;
  }

  /** Everything of one conversation goes into another, which remains. */
  async merge(from: number, into: number): Promise<void> {
    if (from === into) return;
    for (const row of await this.messagesOf(from)) {
      this.known.replace({ ...row, conversation: into });
      this.dirty.add(row.key);
      const slot = this.slot(into);
      if (slot.now !== undefined)
        slot.now = withMessage(slot.now, { ...row, conversation: into }, this.me);
    }
    const gone = this.slot(from);
    gone.now = undefined;
    gone.stale = false;
  }

  /** Reads conversations with all their messages; neighbours, as most that are acted on together are, in one go. */
  async loadWhole(conversations: Iterable<number>): Promise<void> {
    const wanted = [...conversations].filter((id) => !this.whole.has(id));
    if (wanted.length === 0) return;
    const runs = runsOf(wanted);
    const byConversation = this.tx.objectStore("messages").index("conversation");
    const [rows, messages] = await Promise.all([
      Promise.all(
        runs.map(([first, last]) =>
          this.tx.objectStore("conversations").getAll(IDBKeyRange.bound(first, last)),
        ),
      ),
      Promise.all(
        runs.map(([first, last]) => byConversation.getAll(conversationRange(first, last))),
      ),
    ]);
    for (const row of rows.flat()) this.learnConversation(row.id, row);
    for (const id of wanted) this.learnConversation(id, undefined);
    await this.take(messages.flat());
    for (const id of wanted) this.whole.add(id);
  }

  /** Reads these messages, and all of the conversations they stand in. */
  async loadMessages(keys: Iterable<number>): Promise<void> {
    const ranges = runsOf(keys).map(([first, last]) => IDBKeyRange.bound(first, last));
    const store = this.tx.objectStore("messages");
    const rows = (await Promise.all(ranges.map((range) => store.getAll(range)))).flat();
    await this.loadWhole(new Set(rows.map(({ conversation }) => conversation)));
  }

  /** All messages of a conversation as the batch has them now. */
  async messagesOf(conversation: number): Promise<Message[]> {
    await this.loadWhole([conversation]);
    return this.known.inConversation(conversation);
  }

  async unreadOf(conversation: number): Promise<Message[]> {
    const stored = await this.tx.objectStore("messages").index("unread").getAll([conversation, 1]);
    await this.take(stored);
    return this.known.inConversation(conversation).filter((row) => row.unread === 1);
  }

  /** Writes everything; nothing may be awaited on this transaction after it but its end. Says which conversations changed. */
  async flush(): Promise<Set<number>> {
    const stale = [...this.slots].filter(([, slot]) => slot.stale);
    await this.loadWhole(stale.map(([id]) => id));
    for (const [id, slot] of stale) {
      const messages = this.known.inConversation(id);
      slot.now ??= this.revived(id, messages);
      if (slot.now !== undefined) slot.now = conversationOf(slot.now, messages, this.me);
    }
    await this.findStrays();
    const touched = new Set<number>();
    const { tx } = this;
    for (const key of this.dirty) {
      const row = this.known.get(key);
      if (row !== undefined) putRow(tx, "messages", withArchivedMark(row));
    }
    for (const key of this.known.removedKeys()) {
      void tx.objectStore("messages").delete(key);
      void tx.objectStore("bodies").delete(key);
      void tx.objectStore("parts").delete(partsRange(key));
      void tx.objectStore("originals").delete(key);
    }
    for (const body of this.bodies.values()) putBody(tx, body);
    for (const [id, slot] of this.slots) {
      if (slot.now === slot.before) continue;
      touched.add(id);
      const after = slot.now === undefined || slot.now.count === 0 ? undefined : slot.now;
      putEntries(tx, this.totals, slot.before, after);
      if (after !== undefined) putRow(tx, "conversations", after);
      else if (slot.before !== undefined) void tx.objectStore("conversations").delete(id);
    }
    putMeta(tx, "totals", this.totals);
    putMeta(tx, "nextMessage", this.nextMessage);
    putMeta(tx, "nextConversation", this.nextConversation);
    return touched;
  }

  /** Another device may have put mail into a folder that this one has not heard of yet, or deleted one it has mail in. */
  private async findStrays(): Promise<void> {
    const slots = [...this.slots.values()];
    const conversations = slots.flatMap(({ now }) => now ?? []);
    const missing = await missingFolders(this.tx, conversations);
    for (const slot of slots) {
      if (slot.now === undefined) continue;
      const { stray, ...rest } = slot.now;
      const isStray = liesIn(slot.now, missing);
      if (isStray !== (stray === 1)) slot.now = isStray ? { ...rest, stray: 1 } : rest;
    }
  }

  /** Deleted for good here, and by a later word of another device not: the conversation is made anew around it. */
  private revived(id: number, messages: readonly Message[]): Conversation | undefined {
    const back = messages.filter(({ folder }) => folder !== "gone");
    const [first] = back;
    if (first === undefined) return undefined;
    if (back.some(({ kind }) => kind === "mail")) return emptyConversation(id, "mail");
    const chats = emptyConversation(id, "chat", otherSideOf(first, this.me));
    return this.areChatsMail ? { ...chats, asMail: 1 } : chats;
  }

  /** Whether looking it up may find anything. */
  mayHave(name: SieveName, id: string): boolean {
    return this.sieve?.mayHave(name, id) ?? true;
  }

  private slot(id: number): Slot {
    const slot = this.slots.get(id);
    if (slot === undefined) throw new Error(`conversation ${id} was not loaded`);
    return slot;
  }

  /** Rows from the database, with the conversations they stand in. */
  private async take(rows: readonly Message[]): Promise<void> {
    this.known.learn(rows);
    const ids = new Set(
      rows.map((row) => this.known.get(row.key)?.conversation ?? row.conversation),
    );
    await Promise.all([...ids].map((id) => this.conversation(id)));
  }

  private async fetchMid(mid: string): Promise<void> {
    if (this.askedMids.has(mid)) return;
    this.askedMids.add(mid);
    if (!this.mayHave("mid", mid)) return;
    await this.take(
      await this.tx.objectStore("messages").index("mid").getAll(mid, MAX_SHARED_THREAD),
    );
  }

  private async fetchRefs(mid: string): Promise<void> {
    if (this.askedRefs.has(mid)) return;
    this.askedRefs.add(mid);
    if (!this.mayHave("ref", mid)) return;
    await this.take(
      await this.tx.objectStore("messages").index("refs").getAll(mid, MAX_SHARED_THREAD),
    );
  }

  private async fetchThread(thread: string): Promise<void> {
    if (this.askedThreads.has(thread)) return;
    this.askedThreads.add(thread);
    if (!this.mayHave("thread", thread)) return;
    await this.take(
      await this.tx
        .objectStore("messages")
        .index("thread")
        .getAll(threadRange(thread), MAX_SHARED_THREAD + 1),
    );
  }

  private async fetchPerson(person: Jid): Promise<void> {
    if (this.askedPeople.has(person)) return;
    this.askedPeople.add(person);
    if (!this.mayHave("chats", person)) return;
    const row = await this.tx.objectStore("conversations").index("person").get(person);
    if (row !== undefined) await this.conversation(row.id);
  }
}

async function lastKey(tx: WriteTx, name: "messages" | "conversations"): Promise<number> {
  const last = await tx.objectStore(name).openKeyCursor(null, "prev");
  return typeof last?.key === "number" ? last.key : 0;
}

function withArchivedMark(row: Message): Message {
  const { unarchived: _old, ...rest } = row;
  return row.archiveIds.length === 0 ? { ...rest, unarchived: 1 } : rest;
}
