/** Brings the database level with the items on the server, and finds what of the database is missing there. */
import type { Batch } from "../../mail/account-state/batch.ts";
import {
  bucketOf,
  bucketToday,
  isItemOf,
  journalDevice,
  journalId,
  REGISTERS,
} from "../../mail/account-state/buckets.ts";
import { firstDayOf, joined, later, type MessageState, saidIn } from "../../mail/state.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { StateCarrier } from "../../xmpp/account-state/carrier.ts";
import type { CarriedItem } from "../../xmpp/account-state/item.ts";
import type { AccountContext } from "../context.ts";
import { knownDevice, today } from "./device.ts";
import { foldBuckets } from "./fold.ts";
import { noteHealth } from "./health.ts";
import {
  changeGaps,
  dropItems,
  isRead,
  joinItems,
  missItems,
  readGaps,
  readItems,
  wantedOf,
} from "./items.ts";
import { type AccountStateEvent } from "./carry.ts";
import { readBucket, readMonths } from "./rows.ts";

/** Items asked for at once. */
const PORTION = 8;

/** Returns whether something may be missing there (closeGaps). */
export async function levelWithServer(
  context: AccountContext,
  carrier: StateCarrier,
  signal: AbortSignal,
): Promise<boolean> {
  const device = await knownDevice(context);
  const ids = await carrier.list();
  const here = new Set(ids);
  const known = await readItems(context);
  const wanted = wantedOf(ids, known, device);
  for (let from = 0; from < wanted.length && !signal.aborted; from += PORTION)
    await joinItems(context, await carrier.fetch(wanted.slice(from, from + PORTION)));
  const gone = Object.keys(known).filter((id) => !here.has(id));
  const isMissing = await missItems(context, gone);
  await rejoinJournal(context, carrier, here.has(journalId(device)), device);
  await noteHealth(context, { readAt: context.now() });
  return isMissing;
}

/** What this device said last, as the server has it: saved; and what is not there, to be said again. */
async function rejoinJournal(
  context: AccountContext,
  carrier: StateCarrier,
  isThere: boolean,
  device: string,
): Promise<void> {
  const { store } = context;
  const journal = await store.read(["meta"], (tx) => readMeta(tx, "stateJournal"));
  if (journal === undefined) return;
  if (isThere) return void (await joinItems(context, await carrier.fetch([journalId(device)])));
  await store.write(["meta", "state", "registers"], async (tx) => {
    for (const key of journal.messages) {
      const row = await tx.objectStore("state").get(key);
      if (row !== undefined) void tx.objectStore("state").put({ ...row, pending: 1 }, key);
    }
    for (const name of journal.registers) {
      const row = await tx.objectStore("registers").get(name);
      if (row !== undefined) void tx.objectStore("registers").put({ ...row, pending: 1 }, name);
    }
    putMeta(tx, "stateJournal", { messages: [], registers: [] });
  });
}

/** Takes in what was told; returns whether something may be missing there that nothing told replaces. */
export async function takeItems(
  context: AccountContext,
  carrier: StateCarrier,
  { items, retracted }: Pick<AccountStateEvent, "items" | "retracted">,
): Promise<boolean> {
  const [known, gaps] = [await readItems(context), await readGaps(context)];
  const isNew = ({ id, payload }: CarriedItem): boolean =>
    journalDevice(id) !== undefined || !isRead(known[id]) || known[id]?.size !== payload.length;
  await joinItems(context, await whole(carrier, items.filter(isNew)));
  // Its own journal goes when it is folded.
  const own = journalId(await knownDevice(context));
  if (retracted.includes(own)) await dropItems(context, [own]);
  await missItems(
    context,
    retracted.filter((id) => known[id] !== undefined && id !== own),
  );
  return (await readGaps(context)).length > gaps.length;
}

/** An event may tell of an item without what is in it. */
async function whole(
  carrier: StateCarrier,
  items: readonly CarriedItem[],
): Promise<readonly CarriedItem[]> {
  const bare = items.filter(({ payload }) => payload === "").map(({ id }) => id);
  if (bare.length === 0) return items;
  return [...items.filter(({ payload }) => payload !== ""), ...(await carrier.fetch(bare))];
}

/** Says again what is in the database and in none of the items there are. "all": of every bucket. */
export async function closeGaps(
  context: AccountContext,
  carrier: StateCarrier,
  signal: AbortSignal,
  which: "known" | "all" = "known",
): Promise<void> {
  const every = which === "all" ? await allBuckets(context) : [];
  await changeGaps(context, (gaps) => [...gaps, ...every]);
  const now = await today(context);
  const gaps = await readGaps(context);
  if (gaps.length === 0) return;
  const journals = await fetchJournals(context, carrier);
  for (const bucket of new Set(gaps.map((gap) => bucketToday(gap, now)))) {
    if (signal.aborted) return;
    if (!(await isCovered(context, carrier, bucket, journals)))
      await foldBuckets(context, carrier, [bucket], signal);
    // What fails before this is looked into again.
    await changeGaps(context, (all) => all.filter((gap) => bucketToday(gap, now) !== bucket));
  }
}

/** What stands in them is folded by their devices, or when those do not come back (tidy.ts). */
async function fetchJournals(context: AccountContext, carrier: StateCarrier): Promise<Batch[]> {
  const ids = Object.keys(await readItems(context)).filter((id) => journalDevice(id) !== undefined);
  if (ids.length === 0) return [];
  return [...(await joinItems(context, await carrier.fetch(ids))).values()];
}

async function allBuckets(context: AccountContext): Promise<string[]> {
  const months = await readMonths(context);
  const now = await today(context);
  return [...new Set([REGISTERS, ...months.map((month) => bucketOf(firstDayOf(month), now))])];
}

async function isCovered(
  context: AccountContext,
  carrier: StateCarrier,
  bucket: string,
  journals: readonly Batch[],
): Promise<boolean> {
  const known = await readItems(context);
  const ids = Object.keys(known).filter((id) => isItemOf(id, bucket) && isRead(known[id]));
  const items = ids.length === 0 ? [] : await carrier.fetch(ids);
  const there = [...(await joinItems(context, items)).values(), ...journals];
  return covers(there, await readBucket(context, bucket));
}

/** Whether everything is said by what these say together. */
function covers(batches: readonly Batch[], said: Batch): boolean {
  const messages = new Map<string, MessageState>();
  const registers = new Map<string, Batch["registers"][number]["said"]>();
  for (const batch of batches) {
    for (const entry of batch.messages)
      messages.set(entry.key, joined(messages.get(entry.key) ?? {}, entry.said));
    for (const { name, said: value } of batch.registers)
      registers.set(name, later(registers.get(name), value) ?? value);
  }
  const isThere = (key: string, state: MessageState): boolean =>
    saidIn(state).every(([field, [, stamp]]) => (messages.get(key)?.[field]?.[1] ?? "") >= stamp);
  return (
    said.messages.every(({ key, said: state }) => isThere(key, state)) &&
    said.registers.every(({ name, said: [, stamp] }) => (registers.get(name)?.[1] ?? "") >= stamp)
  );
}
