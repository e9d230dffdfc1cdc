/**
 * Keeps the number of items small: buckets that several devices folded at once are folded into one again, and what a
 * device said that has not been seen for long goes from its journal into the items. Nothing is said that was not there;
 * what is forgotten goes.
 */
import type { Batch } from "../../mail/account-state/batch.ts";
import { bySize, spareItems, journalDevice } from "../../mail/account-state/buckets.ts";
import { deviceRegister } from "../../mail/account-state/registers.ts";
import type { StateCarrier } from "../../xmpp/account-state/carrier.ts";
import type { AccountContext } from "../context.ts";
import { knownDevice, today } from "./device.ts";
import { foldBatch, foldBuckets, NoRoom } from "./fold.ts";
import { bucketsToForget } from "./forget.ts";
import { dropItems, fetchGiven, joinItems, type KnownItems, readItems } from "./items.ts";
import { readRegister } from "./registers.ts";
import { countOf, readSubjects, subjectsOf } from "./rows.ts";

/** So many items of one bucket may stand beside those it needs. */
const SPARE = 3;
/** A device that was not seen for so long comes back, if ever, as any other. 30 days, ms. */
const IDLE_MS = 30 * 24 * 3600 * 1000;

/** `serverNow`: epoch ms, where the server tells; idle is what it says is idle. */
export async function tidy(
  context: AccountContext,
  carrier: StateCarrier,
  serverNow: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  let full: NoRoom | undefined;
  /** Where there is no room for one thing, another makes some. */
  const roomFor = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error;
      full = error;
    }
  };
  const crowded = crowdedBuckets(await readItems(context), await today(context));
  if (crowded.length > 0) await roomFor(() => foldBuckets(context, carrier, crowded, signal));
  const idle = serverNow === undefined ? [] : await idleJournals(context, serverNow);
  for (const id of idle) {
    if (signal.aborted) return;
    await roomFor(() => emptyJournal(context, carrier, id, signal));
  }
  const old = serverNow === undefined ? [] : await bucketsToForget(context, carrier);
  if (old.length > 0) await roomFor(() => foldBuckets(context, carrier, old, signal));
  if (full !== undefined) throw full;
}

function crowdedBuckets(known: KnownItems, now: number): string[] {
  const ids = Object.keys(known).filter((id) => known[id]?.isForeign !== 1);
  return [...spareItems(ids, now)].flatMap(([bucket, count]) => (count > SPARE ? [bucket] : []));
}

async function idleJournals(context: AccountContext, serverNow: number): Promise<string[]> {
  const mine = await knownDevice(context);
  const known = await readItems(context);
  return context.store.read(["registers"], async (tx) => {
    const idle: string[] = [];
    for (const [id, { isForeign }] of Object.entries(known)) {
      const device = journalDevice(id);
      if (device === undefined || device === mine || isForeign === 1) continue;
      const said = (await readRegister(tx, deviceRegister(device)))?.[0] as
        | { at?: unknown }
        | undefined;
      if (typeof said?.at === "number" && serverNow - said.at > IDLE_MS) idle.push(id);
    }
    return idle;
  });
}

/** Whether it says something of what no item can hold: that stays where it is. */
async function isAnyLarge(context: AccountContext, batch: Batch): Promise<boolean> {
  const { large } = bySize(await readSubjects(context, subjectsOf(batch)));
  return countOf(subjectsOf(large)) > 0;
}

/** What stands in it goes into the items first. */
async function emptyJournal(
  context: AccountContext,
  carrier: StateCarrier,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const { items } = await fetchGiven(carrier, [id]);
  const batch = (await joinItems(context, items)).get(id);
  if (batch === undefined || (await isAnyLarge(context, batch))) return;
  await foldBatch(context, carrier, batch, signal);
  if (signal.aborted) return;
  await carrier.retract([id]);
  await dropItems(context, [id]);
}
