/** Brings the database level with the items on the server, and finds what of the database is missing there. */
import type { Batch } from "../../mail/account-state/batch.ts";
import {
  bucketOf,
  bucketOfItem,
  bucketToday,
  isItemOf,
  journalDevice,
  journalId,
  REGISTERS,
} from "../../mail/account-state/buckets.ts";
import { firstDayOf, joined, later, type MessageState, saidIn } from "../../mail/state.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { StateCarrier } from "../../xmpp/account-state/carrier.ts";
import type { AccountContext } from "../context.ts";
import { knownDevice, today } from "./device.ts";
import { foldBuckets } from "./fold.ts";
import { noteHealth } from "./health.ts";
import { dropItems, joinItems, readItems, wantedOf } from "./items.ts";
import { type AccountStateEvent } from "./carry.ts";
import { readBucket, readMonths } from "./rows.ts";

/** Items asked for at once. */
const PORTION = 8;

/** Buckets of which an item went that nobody replaced, as far as is known. */
export async function levelWithServer(
  context: AccountContext,
  carrier: StateCarrier,
  signal: AbortSignal,
): Promise<string[]> {
  const device = await knownDevice(context);
  const ids = await carrier.list();
  const here = new Set(ids);
  const known = await readItems(context);
  const wanted = wantedOf(ids, known, device);
  for (let from = 0; from < wanted.length && !signal.aborted; from += PORTION)
    await joinItems(context, await carrier.fetch(wanted.slice(from, from + PORTION)));
  const gone = Object.keys(known).filter((id) => !here.has(id));
  await dropItems(context, gone);
  await rejoinJournal(context, carrier, here.has(journalId(device)), device);
  await noteHealth(context, { readAt: context.now() });
  return bucketsOf(gone, await today(context));
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

/** Takes in what was told; returns the buckets of items that went and that nothing told replaces. */
export async function takeItems(
  context: AccountContext,
  { items, retracted }: Pick<AccountStateEvent, "items" | "retracted">,
): Promise<string[]> {
  const known = await readItems(context);
  const isNew = (id: string): boolean => journalDevice(id) !== undefined || known[id] === undefined;
  await joinItems(
    context,
    items.filter(({ id }) => isNew(id)),
  );
  const gone = retracted.filter((id) => known[id] !== undefined);
  if (gone.length === 0) return [];
  await dropItems(context, gone);
  return bucketsOf(gone, await today(context));
}

/** Says again what is in the database and in none of the items there are. "all": of every bucket. */
export async function closeGaps(
  context: AccountContext,
  carrier: StateCarrier,
  which: readonly string[] | "all",
  signal: AbortSignal,
): Promise<void> {
  const buckets = which === "all" ? await allBuckets(context) : which;
  const lacking: string[] = [];
  for (const bucket of buckets) {
    if (signal.aborted) return;
    if (!(await isCovered(context, carrier, bucket))) lacking.push(bucket);
  }
  if (lacking.length > 0) await foldBuckets(context, carrier, lacking, signal);
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
): Promise<boolean> {
  const known = await readItems(context);
  const ids = Object.keys(known).filter((id) => isItemOf(id, bucket) && known[id]?.isForeign !== 1);
  const said = await readBucket(context, bucket);
  if (ids.length === 0) return said.messages.length + said.registers.length === 0;
  return covers(await joinItems(context, await carrier.fetch(ids)), said);
}

/** Whether everything is said by what these say together. */
function covers(batches: ReadonlyMap<string, Batch>, said: Batch): boolean {
  const messages = new Map<string, MessageState>();
  const registers = new Map<string, Batch["registers"][number]["said"]>();
  for (const batch of batches.values()) {
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

/** Where what those items said is kept today. */
function bucketsOf(ids: readonly string[], now: number): string[] {
  const buckets = ids.flatMap((id) => bucketOfItem(id) ?? []);
  return [...new Set(buckets.map((bucket) => bucketToday(bucket, now)))];
}
