/** Brings the database level with the items on the server, and finds what of the database is missing there. */
import type { Batch } from "../../mail/account-state/batch.ts";
import {
  bucketOf,
  bucketToday,
  bySize,
  isItemOf,
  journalDevice,
  journalId,
  REGISTERS,
} from "../../mail/account-state/buckets.ts";
import { unsaid } from "../../mail/account-state/unsaid.ts";
import { firstDayOf } from "../../mail/state.ts";
import type { StateCarrier } from "../../xmpp/account-state/carrier.ts";
import type { CarriedItem } from "../../xmpp/account-state/item.ts";
import type { StanzaError } from "../../xmpp/stanza-error.ts";
import type { AccountContext } from "../context.ts";
import { knownDevice, today } from "./device.ts";
import { foldBuckets, NoRoom } from "./fold.ts";
import { noteHealth } from "./health.ts";
import {
  changeGaps,
  doubtItems,
  dropItems,
  fetchGiven,
  isAsNamed,
  isRead,
  joinItems,
  missItems,
  readGaps,
  readItems,
  wantedOf,
  withoutSpent,
} from "./items.ts";
import { type AccountStateEvent } from "./carry.ts";
import { isAsLeft, rejoinJournal } from "./own-journal.ts";
import { countOf, readBucket, readMonths, subjectsOf } from "./rows.ts";

/** Items asked for at once. */
const PORTION = 8;

/**
 * What is there, this device's own journal read: not before that it may publish one, which takes its place. Returns ids,
 * without those of which nothing is to be read any more.
 */
export async function listWithServer(
  context: AccountContext,
  carrier: StateCarrier,
): Promise<string[]> {
  const ids = await carrier.list();
  const own = journalId(await knownDevice(context));
  await rejoinJournal(context, carrier, ids.includes(own));
  return withoutSpent(context, ids);
}

/**
 * `ids`: all that is there. isMissing: something may be missing there (closeGaps). refused: why some of it could not be
 * had; all else was taken in.
 */
export async function levelWithServer(
  context: AccountContext,
  carrier: StateCarrier,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<{ isMissing: boolean; refused?: StanzaError }> {
  const device = await knownDevice(context);
  const here = new Set(ids);
  const known = await readItems(context);
  const refused = await takeWanted(context, carrier, wantedOf(ids, known, device), signal);
  const gone = Object.keys(known).filter((id) => !here.has(id));
  const isMissing = await missItems(context, gone);
  await noteHealth(context, refused === undefined ? { readAt: context.now() } : {});
  return { isMissing, ...(refused === undefined ? {} : { refused }) };
}

/** Returns why the server would not give some of them. */
async function takeWanted(
  context: AccountContext,
  carrier: StateCarrier,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<StanzaError | undefined> {
  let refused: StanzaError | undefined;
  for (let from = 0; from < wanted.length && !signal.aborted; from += PORTION) {
    const given = await fetchGiven(carrier, wanted.slice(from, from + PORTION));
    await joinItems(context, given.items);
    refused ??= given.refused;
    // It is busy, and not one item broken.
    if (given.items.length === 0 && given.refused?.type === "wait") break;
  }
  return refused;
}

/**
 * Takes in what was told. isMissing: something may be missing there that nothing told replaces (closeGaps). isUnsaid:
 * something of this device's own is (publishPending).
 */
export async function takeItems(
  context: AccountContext,
  carrier: StateCarrier,
  { items, retracted }: Pick<AccountStateEvent, "items" | "retracted">,
): Promise<{ isMissing: boolean; isUnsaid: boolean }> {
  const [known, gaps] = [await readItems(context), await readGaps(context)];
  const isNew = ({ id, payload }: CarriedItem): boolean =>
    journalDevice(id) !== undefined || !isAsNamed(known[id]) || known[id]?.size !== payload.length;
  const batches = await joinItems(context, await whole(carrier, items.filter(isNew)));
  const own = journalId(await knownDevice(context));
  if (retracted.includes(own)) await dropItems(context, [own]);
  const isOwn = retracted.includes(own) || items.some(({ id }) => id === own);
  // What is told of late is not so any more: its own journal goes when it is folded, and another follows.
  const isUnsaid =
    isOwn &&
    !(await isAsLeft(context, batches.get(own))) &&
    (await rejoinJournal(context, carrier, true));
  await missItems(
    context,
    retracted.filter((id) => known[id] !== undefined && id !== own),
  );
  return { isMissing: (await readGaps(context)).length > gaps.length, isUnsaid };
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

/** All that is there is read anew, and all that is not is said again: by levelWithServer and closeGaps, whenever they can. */
export async function doubtAll(context: AccountContext): Promise<void> {
  await doubtItems(context, await allBuckets(context));
}

/** Says again what is in the database and in none of the items there are. */
export async function closeGaps(
  context: AccountContext,
  carrier: StateCarrier,
  signal: AbortSignal,
): Promise<void> {
  const now = await today(context);
  const gaps = await readGaps(context);
  if (gaps.length === 0) return;
  const journals = await fetchJournals(context, carrier);
  let full: NoRoom | undefined;
  let lacking = 0;
  for (const bucket of new Set(gaps.map((gap) => bucketToday(gap, now)))) {
    if (signal.aborted) return;
    const { fit, large } = bySize(await lackingOf(context, carrier, bucket, journals));
    const count = countOf(subjectsOf(fit));
    const left = countOf(subjectsOf(large));
    lacking += left;
    try {
      if (count > 0) await foldBuckets(context, carrier, [bucket], signal);
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error;
      full = error;
      lacking += count;
      continue;
    }
    if (left > 0) continue;
    // What fails before this is looked into again.
    await changeGaps(context, (all) => all.filter((gap) => bucketToday(gap, now) !== bucket));
  }
  await noteHealth(context, { lacking });
  if (full !== undefined) throw full;
}

/** What stands in them is folded by their devices, or when those do not come back (tidy.ts). */
async function fetchJournals(context: AccountContext, carrier: StateCarrier): Promise<Batch[]> {
  const ids = Object.keys(await readItems(context)).filter((id) => journalDevice(id) !== undefined);
  if (ids.length === 0) return [];
  return [...(await joinItems(context, (await fetchGiven(carrier, ids)).items)).values()];
}

async function allBuckets(context: AccountContext): Promise<string[]> {
  const months = await readMonths(context);
  const now = await today(context);
  return [...new Set([REGISTERS, ...months.map((month) => bucketOf(firstDayOf(month), now))])];
}

/** What is said of a bucket here and in none of the items there are. */
async function lackingOf(
  context: AccountContext,
  carrier: StateCarrier,
  bucket: string,
  journals: readonly Batch[],
): Promise<Batch> {
  const known = await readItems(context);
  const ids = Object.keys(known).filter((id) => isItemOf(id, bucket) && isRead(known[id]));
  const { items } = ids.length === 0 ? { items: [] } : await fetchGiven(carrier, ids);
  const there = [...(await joinItems(context, items)).values(), ...journals];
  return unsaid(await readBucket(context, bucket), there);
}
