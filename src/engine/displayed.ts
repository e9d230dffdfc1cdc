/**
 * Read here is read in the person's chat apps, and the other way round (XEP-0490). What is told: the newest message of a
 * contact up to which nothing of theirs is unread, never an older one than was told before. What is heard counts for
 * chats alone: most chat apps never showed the mail.
 */
import type { Jid } from "../mail/address.ts";
import type { Message } from "../mail/message.ts";
import { isJunk } from "../mail/place.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { ReadTx } from "../store/schema.ts";
import { buildDisplayed, parseDisplayed } from "../xmpp/displayed.ts";
import { NODE_DISPLAYED } from "../xmpp/nodes.ts";
import { createPrivateNode, fetchItems, listItems, publishItem } from "../xmpp/pep.ts";
import type { PepItem } from "../xmpp/pep-items.ts";
import type { Session } from "../xmpp/session.ts";
import { StanzaError } from "../xmpp/stanza-error.ts";
import type { AccountContext } from "./context.ts";
import { asAnswered } from "./ingest.ts";
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
      isPrivate ??= !("refused" in (await createPrivateNode(session, NODE_DISPLAYED)));
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

/** Chats that were read elsewhere are read here. */
async function hear(context: AccountContext): Promise<void> {
  const { store, me, bus } = context;
  const keys = await store.read(["meta", "messages"], async (tx) => {
    const marks = (await readMeta(tx, "displayed")) ?? {};
    const chats = (await unread(tx)).filter(
      ({ kind, from }) => kind === "chat" && marks[from] !== undefined,
    );
    const oldest = Math.min(...chats.map(({ at }) => at));
    if (chats.length === 0) return [];
    const ids = new Set(chats.map(({ from }) => marks[from] ?? ""));
    const positions = await positionsOf(tx, [...ids], oldest);
    return chats.flatMap((chat) => {
      const upTo = positions.get(marks[chat.from] ?? "");
      return upTo === undefined || isAfter(chat, upTo) ? [] : [{ key: chat.key, at: upTo.at }];
    });
  });
  if (keys.length === 0) return;
  await store.write(WORKING_STORES, async (tx) => {
    const set = await WorkingSet.open(tx, me);
    const states = new States(tx);
    for (const { key, at } of keys) {
      const row = await set.message(key);
      if (row?.unread === 1) await asAnswered(set, states, row, at);
    }
    states.flush();
    await set.flush();
  });
  bus.touch(["mail"]);
}

/** `isBehind`: others know of a newer one already. */
type Told = { jid: Jid; id: string; key: number; isBehind: boolean };

/** What was read here and nobody was told of yet, as far as nothing before it is unread. */
async function toTell({ store }: AccountContext): Promise<Told[]> {
  return store.read(["meta", "messages"], async (tx) => {
    const due = Object.entries((await readMeta(tx, "readHere")) ?? {}) as [Jid, ReadHere][];
    if (due.length === 0) return [];
    const marks = (await readMeta(tx, "displayed")) ?? {};
    const open = await unread(tx);
    const told: Told[] = [];
    for (const [jid, { key, at }] of due) {
      const row = await tx.objectStore("messages").get(key);
      const id = row?.archiveIds.at(-1);
      const isOpen = open.some((other) => other.from === jid && !isAfter(other, { at, key }));
      // Live mail has no place yet: the archive says in a moment where it stands.
      if (row === undefined || id === undefined || isOpen) continue;
      const mark = marks[jid];
      const theirs = mark === undefined ? undefined : (await positionsOf(tx, [mark], at)).get(mark);
      const isBehind = theirs !== undefined && !isAfter({ at, key }, theirs);
      told.push({ jid, key, id, isBehind });
    }
    return told;
  });
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

/** Within one second some archives tell no times apart: they are in the order in which they came. */
type Position = { at: number; key: number };

function isAfter(a: Position, b: Position): boolean {
  return a.at > b.at || (a.at === b.at && a.key > b.key);
}

/** Unread, and not thrown away. */
async function unread(tx: ReadTx): Promise<Message[]> {
  const rows = await tx.objectStore("messages").index("unread").getAll();
  return rows.filter(({ folder }) => folder !== "gone" && !isJunk(folder));
}

/**
 * Where the messages with these archive ids stand, as far as they are not older than `since` (epoch ms). No index has them:
 * the newest are looked through first, and old ones not at all.
 */
async function positionsOf(
  tx: ReadTx,
  ids: readonly string[],
  since: number,
): Promise<Map<string, Position>> {
  const found = new Map<string, Position>();
  const wanted = new Set(ids);
  const index = tx.objectStore("messages").index("at");
  const newest = (await index.openKeyCursor(null, "prev"))?.key ?? since;
  let looked = 0;
  for (let to = newest, span = SPAN_MS; to >= since; to -= span + 1, span *= 4) {
    const range = IDBKeyRange.bound(Math.max(since, to - span), to);
    const rows = await index.getAll(range, MAX_LOOKED_AT);
    for (const { archiveIds, at, key } of rows)
      for (const id of archiveIds) if (wanted.has(id)) found.set(id, { at, key });
    looked += rows.length;
    if (found.size === wanted.size || looked >= MAX_LOOKED_AT) break;
  }
  return found;
}
