/**
 * Takes in what the account says of messages, from whichever item it comes: into the state, and into the rows of those
 * messages that are here. Idempotent, and in any order: mail/state.ts `joined`.
 */
import type { Batch, MessageEntry } from "../../mail/account-state/batch.ts";
import { heardOf } from "../../mail/clock.ts";
import type { Message } from "../../mail/message.ts";
import {
  type Field,
  joined,
  monthOf,
  saidIn,
  saidOf,
  stateKey,
  withState,
} from "../../mail/state.ts";
import type { MessageState } from "../../mail/state.ts";
import { valueOf } from "../../mail/triage.ts";
import { putRow } from "../../store/put.ts";
import { readMany } from "../../store/read-many.ts";
import type { StateRow } from "../../store/rows.ts";
import type { WriteTx } from "../../store/schema.ts";
import { forget, noteSpammers } from "../act.ts";
import type { Topic } from "../bus.ts";
import type { AccountContext } from "../context.ts";
import { WORKING_STORES, WorkingSet } from "../working-set.ts";
import { joinRegisters } from "./registers.ts";

/** Entries in one transaction: some milliseconds, and the messages of their days. */
const PORTION = 150;
/** A server's clock and a device's agree on a message's day to this much. Days. */
const NEAR = 1;
/** But mail may have waited to be sent, or a clock be wrong: who finds none there looks as far as this. Days. */
const FAR = 7;
const DAY_MS = 24 * 3600 * 1000;

/** As many rows read one by one cost what their whole days do. */
const FEW = 50;

/** Of messages that were looked at: what the state knows them by. A busy day is read for every portion of its entries. */
type StateKeys = Map<number, string>;

const STORES = [...WORKING_STORES, "registers"] as const;

/** isSaid: it stands where all look for it; else what is news is to be said. */
type How = { isSaid: boolean };

/** Returns the names of registers that changed here. Rejects where the database failed. */
export async function joinBatch(
  context: AccountContext,
  batch: Batch,
  how: How = { isSaid: true },
): Promise<string[]> {
  const byDay = batch.messages.toSorted((a, b) => a.day - b.day);
  const names: StateKeys = new Map();
  for (let from = 0; from < byDay.length; from += PORTION) {
    const portion = byDay.slice(from, from + PORTION);
    const isNews = await context.store.write(STORES, (tx) =>
      joinMessages(context, tx, portion, { ...how, names }),
    );
    if (isNews) context.bus.touch(["mail", "triage"]);
  }
  if (batch.registers.length === 0) return [];
  const { news, isMailMoved } = await context.store.write(STORES, async (tx) => {
    const set = await WorkingSet.open(tx, context.me);
    const changed = await joinRegisters(tx, set, batch.registers, how);
    const touched = await set.flush();
    return { news: changed.map(({ name }) => name), isMailMoved: touched.size > 0 };
  });
  const topics = topicsOf(news, isMailMoved);
  if (topics.length > 0) context.bus.touch(topics);
  return news;
}

/** `isMailMoved`: a folder came or went that mail lies in, or chats did. */
function topicsOf(registers: readonly string[], isMailMoved: boolean): Topic[] {
  const topics = new Set<Topic>(isMailMoved ? ["mail"] : []);
  for (const name of registers) {
    if (name.startsWith("label/")) topics.add("labels");
    if (name.startsWith("setting/")) topics.add("preferences").add("mail");
    topics.add("state");
  }
  return [...topics];
}

/** Whether a message that is here changed. */
async function joinMessages(
  context: AccountContext,
  tx: WriteTx,
  entries: readonly MessageEntry[],
  { isSaid, names }: How & { names: StateKeys },
): Promise<boolean> {
  const store = tx.objectStore("state");
  const rows = await Promise.all(entries.map(({ key }) => store.get(key)));
  const news = new Map<string, MessageState>();
  for (const [index, entry] of entries.entries()) {
    const row = rows[index];
    const said = joined(row?.said ?? {}, entry.said);
    const isNews = row === undefined || !isSame(said, row.said);
    const isSaved = isSaid && isSame(said, entry.said);
    if (isNews) news.set(entry.key, said);
    const made = row?.made && heardAll(row.made, entry.said);
    if (isNews || entry.day < row.day || (isSaved && row.pending === 1) || made !== row.made)
      putRow(tx, "state", stateRow(row, made, entry, said, { isNews, isSaved, isSaid }), entry.key);
  }
  if (news.size === 0) return false;
  const told = entries.filter(({ key }) => news.has(key));
  return apply(context, tx, news, await messagesOf(tx, told, names));
}

/**
 * Of two days that devices know a message by, all take the earlier. What then stands in items of another month only is
 * said again: whoever folds that month does not look for it there.
 */
function stateRow(
  row: StateRow | undefined,
  made: StateRow["made"],
  entry: MessageEntry,
  said: MessageState,
  { isNews, isSaved, isSaid }: How & { isNews: boolean; isSaved: boolean },
): StateRow {
  const day = Math.min(entry.day, row?.day ?? entry.day);
  const month = monthOf(day);
  const { pending, made: _before, ...rest }: StateRow = row ?? { day, month, said };
  const isMoved = rest.month !== month && !isSaved;
  const isElsewhere = !isSaid || monthOf(entry.day) !== month;
  const waits = isMoved || (isElsewhere ? isNews || pending === 1 : pending === 1 && !isSaved);
  const next = { ...rest, day, month, said };
  if (!waits) return next;
  return { ...next, pending: 1, ...(made === undefined ? {} : { made }) };
}

/** What came is not later than the words that are pending here, and must not become so. */
function heardAll(made: NonNullable<StateRow["made"]>, said: MessageState): StateRow["made"] {
  let next = made;
  for (const [field, [, stamp]] of saidIn(said)) {
    const own = next[field];
    const heard = own && heardOf(own, stamp);
    if (heard !== own) next = { ...next, [field]: heard };
  }
  return next;
}

/** Those that are here: messages have no index by key of the state. Returns their own keys. */
async function messagesOf(
  tx: WriteTx,
  entries: readonly MessageEntry[],
  names: StateKeys,
): Promise<number[]> {
  const near = await messagesAround(tx, entries, { days: NEAR, names });
  const found = new Set(near.map((key) => names.get(key)));
  const missed = entries.filter(({ key }) => !found.has(key));
  return [...near, ...(await messagesAround(tx, missed, { days: FAR, names }))];
}

/** What is said of these in the rows of those that are here. Stores: WORKING_STORES. Returns whether one changed. */
export async function showMessages(
  context: AccountContext,
  tx: WriteTx,
  entries: readonly MessageEntry[],
): Promise<boolean> {
  const news = new Map(entries.map(({ key, said }) => [key, said]));
  return apply(context, tx, news, await messagesOf(tx, entries, new Map()));
}

/** By the day they are of, and so many before and behind it. */
async function messagesAround(
  tx: WriteTx,
  entries: readonly MessageEntry[],
  { days: distance, names }: { days: number; names: StateKeys },
): Promise<number[]> {
  const wanted = new Set(entries.map(({ key }) => key));
  const days = [...new Set(entries.map(({ day }) => day))];
  const spans: { from: number; to: number }[] = [];
  for (const day of days.sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last !== undefined && day - distance <= last.to) last.to = day + distance;
    else spans.push({ from: day - distance, to: day + distance });
  }
  const found = await Promise.all(spans.map((span) => nameAll(tx, span, names)));
  return found.flat().filter((key) => wanted.has(names.get(key) ?? ""));
}

/** The keys of all messages of these days; what is not named yet is read, as a day or one by one. */
async function nameAll(
  tx: WriteTx,
  { from, to }: { from: number; to: number },
  names: StateKeys,
): Promise<number[]> {
  const index = tx.objectStore("messages").index("at");
  const range = IDBKeyRange.bound(from * DAY_MS, (to + 1) * DAY_MS, false, true);
  const keys = await index.getAllKeys(range);
  const unnamed = keys.filter((key) => !names.has(key));
  const rows =
    unnamed.length > FEW ? await index.getAll(range) : await readMany(tx, "messages", unnamed);
  for (const row of rows) if (row !== undefined) names.set(row.key, stateKey(row));
  return keys;
}

async function apply(
  context: AccountContext,
  tx: WriteTx,
  news: ReadonlyMap<string, MessageState>,
  keys: readonly number[],
): Promise<boolean> {
  const set = await WorkingSet.open(tx, context.me);
  const moved: { row: Message; field: Field; value: string }[] = [];
  let isChanged = false;
  for (const key of keys) {
    const row = await set.message(key);
    if (row === undefined) continue;
    const next = withState(row, saidOf(row, news.get(stateKey(row)) ?? {}));
    if (JSON.stringify(next) === JSON.stringify(row)) continue;
    isChanged = true;
    set.change(next);
    if (next.folder !== undefined && next.folder !== valueOf(row, "folder", context.me))
      moved.push({ row, field: "folder", value: next.folder });
    if (next.folder === "gone" && row.folder !== "gone") forget(tx, row);
  }
  if (isChanged) {
    await noteSpammers(tx, moved);
    await set.flush();
  }
  return isChanged;
}

/** The same words, each of the same moment. */
function isSame(a: MessageState, b: MessageState): boolean {
  const [left, right] = [saidIn(a), saidIn(b)];
  return (
    left.length === right.length &&
    left.every(([field, [value, stamp]]) => {
      const other = b[field];
      // A newer client may say lists and objects.
      return other?.[1] === stamp && JSON.stringify(other[0]) === JSON.stringify(value);
    })
  );
}
