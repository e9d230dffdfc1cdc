/**
 * Writes all that is said of a bucket's messages as new items, sees them on the server, and only then takes away those
 * they replace. A part that is there already costs nothing.
 */
import type { Batch } from "../../mail/account-state/batch.ts";
import { bucketOf, planFold, REGISTERS } from "../../mail/account-state/buckets.ts";
import { LEAST_ITEMS, type StateCarrier } from "../../xmpp/account-state/carrier.ts";
import type { AccountContext } from "../context.ts";
import { settleClock, today } from "./device.ts";
import { onlyForgotten } from "./forget.ts";
import { noteHealth } from "./health.ts";
import {
  changeItems,
  dropItems,
  fetchGiven,
  isAsNamed,
  isRead,
  joinItems,
  type KnownItems,
  readItems,
  spendItems,
} from "./items.ts";
import { joinBatch } from "./join.ts";
import { readBucket, readPending, shares, subjectsOf } from "./rows.ts";

/** The server said yes to items and does not have them: it keeps fewer than it was asked to. */
export class ItemsDropped extends Error {
  override readonly name = "ItemsDropped";
}

/** It says that it keeps no more: another item would push the oldest out, whoever's that is. */
export class NoRoom extends ItemsDropped {}

/** Where there is no room for one, the others are folded all the same. */
export async function foldBuckets(
  context: AccountContext,
  carrier: StateCarrier,
  buckets: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  let full: NoRoom | undefined;
  for (const bucket of buckets) {
    if (signal.aborted) return;
    try {
      await foldBucket(context, carrier, bucket);
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error;
      full = error;
    }
  }
  await noteHealth(context, {});
  if (full !== undefined) throw full;
}

/** Folds every bucket that something in the batch belongs to. */
export async function foldBatch(
  context: AccountContext,
  carrier: StateCarrier,
  { messages, registers }: Batch,
  signal: AbortSignal,
): Promise<void> {
  const now = await today(context);
  const buckets = new Set(messages.map(({ day }) => bucketOf(day, now)));
  if (registers.length > 0) buckets.add(REGISTERS);
  await foldBuckets(context, carrier, [...buckets], signal);
}

/** Whether it keeps so many items, and would have so many places left. */
export function hasRoom({ maxItems }: StateCarrier, items: number, left = 0): boolean {
  return maxItems === undefined || items + left <= Math.max(maxItems, LEAST_ITEMS);
}

/** `more`: items published; `replaced`: of those that are there, to be retracted when they were seen. */
function checkRoom(carrier: StateCarrier, there: number, more: number, replaced: number): void {
  const grown = there + more - replaced;
  // The last place is for what replaces another: both are there for a moment.
  if (hasRoom(carrier, there + more) && (more <= replaced || hasRoom(carrier, grown, 1))) return;
  throw new NoRoom(`the server keeps ${carrier.maxItems} items, and ${there + more} are needed`);
}

async function foldBucket(
  context: AccountContext,
  carrier: StateCarrier,
  bucket: string,
): Promise<void> {
  // Items first: what is known of is in the database by then.
  const known = await readItems(context);
  const readable = Object.keys(known).filter((id) => isRead(known[id]));
  const batch = await readBucket(context, bucket);
  const { parts, superseded, bare } = planFold(bucket, batch, readable);
  const [clear, odd] = byOddness(superseded, known);
  // An id names what is in the item: where that is something else, it is damaged, and written over when the rest is there.
  const fresh = parts
    .filter(({ id }) => !isAsNamed(known[id]))
    .sort((a, b) => Number(isRead(known[a.id])) - Number(isRead(known[b.id])));
  if (fresh.length > 0) {
    const more = fresh.filter(({ id }) => known[id] === undefined).length;
    checkRoom(carrier, Object.keys(known).length, more, clear.length);
    await settleClock(context);
  }
  for (const { id, payload } of fresh) await carrier.publish({ id, payload });
  if (fresh.length > 0) {
    const there = new Set(await carrier.list());
    const dropped = parts.filter(({ id }) => !there.has(id));
    if (dropped.length > 0)
      throw new ItemsDropped(`the server does not keep ${dropped.map(({ id }) => id).join(", ")}`);
  }
  const sizes = parts.map(({ id, payload }): [string, KnownItems[string]] => [
    id,
    { size: payload.length },
  ]);
  await changeItems(context, (all) => ({ ...all, ...Object.fromEntries(sizes) }));
  for (const part of parts) await joinBatch(context, part.batch);
  const gone = [
    ...clear,
    ...(await onlySaidElsewhere(context, carrier, odd)),
    ...(await onlyForgotten(context, carrier, bare)),
  ];
  if (gone.length === 0) return;
  await carrier.retract(gone);
  await dropItems(context, gone);
  if (clear.length > 0) await spendItems(context, clear);
}

/** Those that say what their ids name, and those that say something else, too. */
function byOddness(ids: readonly string[], known: KnownItems): [string[], string[]] {
  const isOdd = (id: string): boolean => known[id]?.months !== undefined;
  return [ids.filter((id) => !isOdd(id)), ids.filter(isOdd)];
}

/**
 * Of items that say what their ids do not name: those of which nothing waits to be said where it belongs. Asked for: who
 * mends one writes in place.
 */
async function onlySaidElsewhere(
  context: AccountContext,
  carrier: StateCarrier,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const batches = await joinItems(context, (await fetchGiven(carrier, ids)).items);
  const [known, pending] = [await readItems(context), await readPending(context)];
  return [...batches].flatMap(([id, batch]) => {
    const isMended = known[id]?.months === undefined;
    return isMended || shares(subjectsOf(batch), pending) ? [] : [id];
  });
}
