/**
 * Read here is read in the person's chat apps, and the other way round (XEP-0490). What is told: the newest message of a
 * contact up to which all of theirs is here and none of it unread, never an older one than was told before. What is heard
 * counts for chats alone: most chat apps never showed the mail.
 */
import type { Jid } from "../mail/address.ts";
import type { ArchiveRange } from "../mail/archive-range.ts";
import type { Message } from "../mail/message.ts";
import { isJunk } from "../mail/place.ts";
import { stateKey } from "../mail/state.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { readMany } from "../store/read-many.ts";
import type { ReadTx } from "../store/schema.ts";
import { buildDisplayed, parseDisplayed } from "../xmpp/displayed.ts";
import { NODE_DISPLAYED } from "../xmpp/nodes.ts";
import { fetchItems, listItems, publishItem } from "../xmpp/pep.ts";
import type { PepItem } from "../xmpp/pep-items.ts";
import { createPrivateNode } from "../xmpp/private-node.ts";
import type { Session } from "../xmpp/session.ts";
import { StanzaError } from "../xmpp/stanza-error.ts";
import type { AccountContext } from "./context.ts";
import { asAnswered, hasWork } from "./ingest.ts";
import type { ReadHere } from "./read-here.ts";
import { States } from "./states.ts";
import { WORKING_STORES, WorkingSet } from "./working-set.ts";

/** After the last change. Reading goes from one message to the next. ms */
const PAUSE_MS = 2000;
/** While mail pours in, it is looked at this often. ms */
const AT_MOST_MS = 5000;
/** A position farther back than so many messages is old. */
const MAX_LOOKED_AT = 5000;
/** The first span of time that is looked through, ms; each further one is four times as long. */
const SPAN_MS = 24 * 3600 * 1000;
/** So many are read at once. */
const PORTION = 200;
/** So far the time of a live message is off, where the server tells the time. ms */
const UNSURE_MS = 60_000;
/** Nobody has more unread chats of one contact on a telephone. */
const MAX_LOOKED_BACK = 1000;

export interface DisplayedSync {
  /** Mail changed: something was read, or came. */
  nudge(): void;
}

export type DisplayedOptions = {
  /** False: the stream goes on where it was, and nothing can have been missed. */
  isNew: boolean;
  /** After the last change, ms. */
  pauseMs?: number;
  signal: AbortSignal;
  onError: (error: unknown) => void;
};

export function createDisplayedSync(
  context: AccountContext,
  session: Session,
  { isNew, pauseMs = PAUSE_MS, signal, onError }: DisplayedOptions,
): DisplayedSync {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitsUntil = 0;
  /** Whether the account has a node that others cannot read; looked at once there is something to tell. */
  let isPrivate: boolean | undefined;
  let running = (isNew ? readAll() : Promise.resolve()).catch(onError);
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });

  async function readAll(): Promise<void> {
    try {
      const ids = await listItems(session, NODE_DISPLAYED);
      await noteMarks(context, await fetchItems(session, NODE_DISPLAYED, ids));
    } catch (error) {
      // There is none yet, or there are no nodes at all.
      if (!(error instanceof StanzaError)) throw error;
    }
  }

  async function pass(): Promise<void> {
    await hear(context);
    for (const told of await toTell(context)) {
      if (signal.aborted) return;
      if (told.isBehind) {
        await settle(context, told);
        continue;
      }
      if (isPrivate === undefined) {
        const opened = await createPrivateNode(session, NODE_DISPLAYED);
        const refusal = "refused" in opened ? opened.refused : undefined;
        // For now: another device makes it anew, or the server is busy.
        if (refusal === "failed") return;
        isPrivate = refusal === undefined;
      }
      if (!isPrivate) return;
      try {
        await publishItem(session, NODE_DISPLAYED, told.jid, buildDisplayed(context.me, told.id));
        await settle(context, told);
      } catch (error) {
        if (!(error instanceof StanzaError)) throw error;
        console.warn(`what was read was not told: ${error.message}`);
        isPrivate = undefined;
        return;
      }
    }
  }

  function nudge(): void {
    if (signal.aborted) return;
    const now = performance.now();
    if (timer === undefined) waitsUntil = now + AT_MOST_MS;
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        timer = undefined;
        running = running.then(() => (signal.aborted ? undefined : pass())).catch(onError);
      },
      Math.max(0, Math.min(pauseMs, waitsUntil - now)),
    );
  }

  return { nudge };
}

/** An event of the node: another program of the person's, or this one, read something. */
export async function takeDisplayedEvent(
  context: AccountContext,
  { items }: { items: readonly PepItem[] },
): Promise<void> {
  await noteMarks(context, items);
  await hear(context);
}

async function noteMarks({ store, me }: AccountContext, items: readonly PepItem[]): Promise<void> {
  const heard = items.flatMap((item) => parseDisplayed(item, me) ?? []);
  if (heard.length === 0) return;
  await store.write(["meta"], async (tx) => {
    const known = (await readMeta(tx, "displayed")) ?? {};
    const fresh = Object.fromEntries(heard.map(({ jid, id }) => [jid, id]));
    putMeta(tx, "displayed", { ...known, ...fresh });
  });
}

/** Chats that were read elsewhere are read here, unless the person said that they are unread. */
async function hear(context: AccountContext): Promise<void> {
  const { store, me, bus } = context;
  const keys = await store.read(["meta", "messages"], chatsReadElsewhere);
  if (keys.length === 0) return;
  await store.write(WORKING_STORES, async (tx) => {
    const set = await WorkingSet.open(tx, me);
    const states = new States(tx);
    for (const { key, at } of keys) {
      const row = await set.message(key);
      if (row?.unread !== 1) continue;
      await states.load([row]);
      if (states.of(row).read?.[0] !== false) await asAnswered(set, states, row, at);
    }
    states.flush();
    await set.flush();
  });
  bus.touch(["mail"]);
}

async function chatsReadElsewhere(tx: ReadTx): Promise<{ key: number; at: number }[]> {
  const marks = (await readMeta(tx, "displayed")) ?? {};
  // Live, its time is a guess: the archive says in a moment where it stands.
  const chats = (await unread(tx)).filter(
    ({ kind, from, archiveIds }) =>
      kind === "chat" && archiveIds.length > 0 && marks[from] !== undefined,
  );
  if (chats.length === 0) return [];
  const oldest = Math.min(...chats.map(({ at }) => at));
  const people = new Set(chats.map(({ from }) => from));
  const wanted = [...people].map((jid): Mark => ({ jid, id: marks[jid] ?? "" }));
  const marked = await rowsOf(tx, wanted, oldest);
  const read: { key: number; at: number }[] = [];
  for (const { from, at, key } of chats) {
    const upTo = marked.get(from);
    if (upTo !== undefined && (await isUpTo(tx, { at, key }, upTo)))
      read.push({ key, at: upTo.at });
  }
  return read;
}

/** Whether a marker at that message covers this one. */
async function isUpTo(tx: ReadTx, chat: Position, marked: Message): Promise<boolean> {
  if (chat.key === marked.key) return true;
  if (standsTwice(marked) || chat.at > marked.at) return false;
  if (chat.at < marked.at) return true;
  // Within one second some archives tell no times apart. They come in their order, but pages may come backwards.
  const together = await tx.objectStore("messages").index("at").count(IDBKeyRange.only(chat.at));
  return chat.key < marked.key && marked.key - chat.key < together;
}

/** Its sender's program sent it again: which of its places a marker means, nobody knows. */
function standsTwice({ direction, archiveIds }: Message): boolean {
  return direction === "in" && archiveIds.length > 1;
}

/** `isBehind`: others know of a newer one already. */
type Told = { jid: Jid; id: string; key: number; isBehind: boolean };

/** Read here, with all that its sender wrote before it as far as that is here; others are to know of `id`. */
type Due = { jid: Jid; id: string; row: Message };

/**
 * What was read here and nobody was told of yet: as far as nothing before it is unread, nor not here yet, nor something of
 * which nobody ever said that it was read.
 */
async function toTell({ store }: AccountContext): Promise<Told[]> {
  return store.read(["meta", "messages", "state", "timeline"], async (tx) => {
    const [marks = {}, ranges = [], firstSignInAt = 0] = await Promise.all([
      readMeta(tx, "displayed"),
      readMeta(tx, "ranges"),
      readMeta(tx, "firstSignInAt"),
    ]);
    // The newest piece of the archive that is here without a gap.
    const range = ranges.at(-1);
    const due = range === undefined ? [] : await readDue(tx, range);
    if (range === undefined || due.length === 0) return [];
    const named = due.flatMap(({ jid }): Mark[] => {
      const id = marks[jid];
      return id === undefined ? [] : [{ jid, id }];
    });
    const marked = await rowsOf(tx, named);
    const told: Told[] = [];
    for (const { jid, id, row } of due) {
      const mark = marked.get(jid);
      // It may be newer, and on its way, or here and without a place yet.
      const isLost = marks[jid] !== undefined && mark === undefined;
      if (isLost && (!range.bottom || (await mayBeNewer(tx, jid, row)))) continue;
      const isBehind =
        mark !== undefined && (mark.key === row.key || !(await isUpTo(tx, mark, row)));
      const from = { jid, at: row.at, upTo: mark?.at ?? Number.NEGATIVE_INFINITY };
      if (isBehind || (await isProven(tx, { range, firstSignInAt }, from)))
        told.push({ jid, key: row.key, id, isBehind });
    }
    return told;
  });
}

/** Whether something that passed between us, perhaps after that, has no archive id yet by which others may name it. */
async function mayBeNewer(tx: ReadTx, jid: Jid, { at }: Position): Promise<boolean> {
  const rows = await tx.objectStore("messages").index("unarchived").getAll();
  return rows.some(
    (row) =>
      isBetween(row, jid) &&
      !hasWork(row.recipients ?? []) &&
      // What is much older, the archive never took.
      (row.guessedAt === 1 || row.at > at - UNSURE_MS),
  );
}

async function readDue(tx: ReadTx, range: ArchiveRange): Promise<Due[]> {
  const read = Object.entries((await readMeta(tx, "readHere")) ?? {}) as [Jid, ReadHere][];
  if (read.length === 0) return [];
  const open = await unread(tx);
  const due: Due[] = [];
  for (const [jid, { key }] of read) {
    const row = await tx.objectStore("messages").get(key);
    const [id] = row?.archiveIds ?? [];
    // Live mail has no place yet: the archive says in a moment where it stands.
    if (row === undefined || id === undefined || standsTwice(row)) continue;
    if (row.at >= range.oldestAt && !isOpen(row, jid, open)) due.push({ jid, id, row });
  }
  return due;
}

/** Whether it, or anything its sender wrote before it or in the same moment, is unread. */
function isOpen(row: Message, jid: Jid, open: readonly Message[]): boolean {
  return row.unread === 1 || open.some(({ from, at }) => from === jid && at <= row.at);
}

/**
 * Goes back from there through what passed between a contact and me, to where others know it read or I wrote a chat
 * myself. Chats from before the first sign-in, of which nobody said anything, may be unread on a telephone.
 */
async function isProven(
  tx: ReadTx,
  { range, firstSignInAt }: { range: ArchiveRange; firstSignInAt: number },
  { jid, at, upTo }: { jid: Jid; at: number; upTo: number },
): Promise<boolean> {
  const floor = range.bottom ? Number.NEGATIVE_INFINITY : range.oldestAt;
  const upToHere = IDBKeyRange.bound([jid], [jid, at, []]);
  let cursor = await tx.objectStore("timeline").openCursor(upToHere, "prev");
  for (let looked = 0; cursor !== null && looked < MAX_LOOKED_BACK; looked++) {
    const event = cursor.value;
    if (event.at <= upTo || event.at < floor) break;
    if (event.what === "my-chat") return true;
    if (event.what === "their-chat" && event.at < firstSignInAt) {
      const row = await tx.objectStore("messages").get(event.key);
      const said = row === undefined ? undefined : await tx.objectStore("state").get(stateKey(row));
      if (row !== undefined && said?.said.read?.[0] !== true) return false;
    }
    cursor = await cursor.continue();
  }
  return upTo >= floor;
}

/** It is known there. */
async function settle({ store }: AccountContext, { jid, id, key, isBehind }: Told): Promise<void> {
  await store.write(["meta"], async (tx) => {
    const [marks = {}, due = {}] = await Promise.all([
      readMeta(tx, "displayed"),
      readMeta(tx, "readHere"),
    ]);
    if (!isBehind) putMeta(tx, "displayed", { ...marks, [jid]: id });
    const { [jid]: mine, ...rest } = due;
    if (mine?.key === key) putMeta(tx, "readHere", rest);
  });
}

type Position = { at: number; key: number };

/** Unread, and not thrown away. */
async function unread(tx: ReadTx): Promise<Message[]> {
  const rows = await tx.objectStore("messages").index("unread").getAll();
  return rows.filter(({ folder }) => folder !== "gone" && !isJunk(folder));
}

type Mark = { jid: Jid; id: string };

/**
 * The contacts' messages, or mine to them, that markers name, as far as they are not older than `since` (epoch ms). No
 * index has archive ids: the newest are looked through first, and old ones not at all.
 */
async function rowsOf(
  tx: ReadTx,
  marks: readonly Mark[],
  since = Number.NEGATIVE_INFINITY,
): Promise<Map<Jid, Message>> {
  const found = new Map<Jid, Message>();
  const wanted = new Map(marks.map(({ jid, id }) => [id, jid]));
  const index = tx.objectStore("messages").index("at");
  const newest = (await index.openKeyCursor(null, "prev"))?.key ?? since;
  let looked = 0;
  for (let to = newest, span = SPAN_MS; to >= since && to > 0; to -= span + 1, span *= 4) {
    const keys = await index.getAllKeys(IDBKeyRange.bound(Math.max(since, to - span), to));
    for (let end = keys.length; end > 0; end -= PORTION) {
      const rows = await readMany(tx, "messages", keys.slice(Math.max(0, end - PORTION), end));
      for (const row of rows) {
        const jid = row?.archiveIds
          .map((id) => wanted.get(id))
          .find((named) => named !== undefined);
        if (row !== undefined && jid !== undefined && isBetween(row, jid)) found.set(jid, row);
      }
      looked += rows.length;
      if (found.size === wanted.size || looked >= MAX_LOOKED_AT) return found;
    }
  }
  return found;
}

/** Theirs, or mine to them. */
function isBetween({ direction, from, to, cc, bcc }: Message, jid: Jid): boolean {
  return direction === "in"
    ? from === jid
    : [...to, ...cc, ...bcc].some((recipient) => recipient.jid === jid);
}
