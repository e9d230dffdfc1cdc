/**
 * What nobody can need any more goes from the account (mail/account-state/forget.ts has the rule). This device keeps what
 * it knows of it, and leaves it out of what it folds (rows.ts).
 */
import type { Batch } from "../../mail/account-state/batch.ts";
import {
  bucketOfItem,
  bucketToday,
  monthsOf,
  REGISTERS,
} from "../../mail/account-state/buckets.ts";
import {
  FORGET_BEFORE,
  type ForgetMark,
  forgetMark,
  isCrowded,
  isForgotten,
  parseForgetMark,
} from "../../mail/account-state/forget.ts";
import { firstDayOf } from "../../mail/state.ts";
import { readMeta } from "../../store/meta.ts";
import { putRow } from "../../store/put.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { StateCarrier } from "../../xmpp/account-state/carrier.ts";
import type { AccountContext } from "../context.ts";
import { putClock, readClock } from "../states.ts";
import { dayOf, today } from "./device.ts";
import { fetchGiven, joinItems, type KnownItems, readItems } from "./items.ts";
import { readRegister, sayRegister } from "./registers.ts";

/** Store: registers. `now`: the day it is (device.ts `today`). */
export async function readForgetMark(tx: ReadTx, now: number): Promise<ForgetMark | undefined> {
  const said = await readRegister(tx, FORGET_BEFORE);
  return parseForgetMark(() => said, now);
}

/**
 * Says from when on to forget, where there is too much. `serverNow`: epoch ms; a device's own clock may be years ahead, and
 * would have everything forgotten.
 */
export async function setForgetMark(
  context: AccountContext,
  { maxItems }: StateCarrier,
  serverNow: number,
): Promise<void> {
  const items = Object.keys(await readItems(context)).length;
  if (!isCrowded(items, maxItems)) return;
  await context.store.write(["meta", "registers"], async (tx) => {
    const [said, start, noArchive] = await Promise.all([
      readRegister(tx, FORGET_BEFORE),
      readMeta(tx, "archiveStart"),
      readMeta(tx, "noArchive"),
    ]);
    const from = noArchive === true || start?.at === undefined ? undefined : dayOf(start.at);
    const mark = forgetMark(
      from,
      serverNow,
      parseForgetMark(() => said, dayOf(serverNow)),
    );
    if (mark === undefined) return;
    const clock = await readClock(tx, context.now());
    await sayRegister(tx, clock, FORGET_BEFORE, mark);
    putClock(tx, clock);
  });
}

/** What is forgotten counts as said: no fold will say it, and nobody is to wait for that. Returns whether anything was. */
export async function settleForgotten(context: AccountContext): Promise<boolean> {
  const { store } = context;
  const now = await today(context);
  const mark = await store.read(["registers"], (tx) => readForgetMark(tx, now));
  if (mark === undefined) return false;
  return store.write(["state"], async (tx) => {
    const index = tx.objectStore("state").index("pending");
    const [keys, rows] = await Promise.all([index.getAllKeys(), index.getAll()]);
    for (const [at, { pending: _pending, ...row }] of rows.entries())
      if (isForgotten(row, mark)) putRow(tx, "state", row, keys[at]);
    return rows.some((row) => isForgotten(row, mark));
  });
}

/** Buckets that may say what is forgotten, while there is too much. */
export async function bucketsToForget(
  context: AccountContext,
  { maxItems }: StateCarrier,
): Promise<string[]> {
  const known = await readItems(context);
  if (!isCrowded(Object.keys(known).length, maxItems)) return [];
  const now = await today(context);
  return context.store.read(["state", "registers"], async (tx) => {
    const mark = await readForgetMark(tx, now);
    const found: string[] = [];
    if (mark === undefined) return found;
    for (const bucket of bucketsOf(known, now)) {
      const { from, to } = monthsOf(bucket);
      if (firstDayOf(from) >= mark.day) continue;
      const range = IDBKeyRange.bound(from, to);
      const rows = await tx.objectStore("state").index("month").getAll(range);
      if (rows.some((row) => isForgotten(row, mark))) found.push(bucket);
    }
    return found;
  });
}

function bucketsOf(known: KnownItems, now: number): Set<string> {
  const readable = Object.keys(known).filter((id) => known[id]?.isForeign !== 1);
  const buckets = readable.flatMap((id) => bucketOfItem(id) ?? []);
  return new Set(
    buckets.filter((bucket) => bucket !== REGISTERS).map((bucket) => bucketToday(bucket, now)),
  );
}

/** Which of these say nothing but what is forgotten: asked for, as an id says nothing of that. */
export async function onlyForgotten(
  context: AccountContext,
  carrier: StateCarrier,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const now = await today(context);
  const mark = await context.store.read(["registers"], (tx) => readForgetMark(tx, now));
  if (mark === undefined) return [];
  const { items } = await fetchGiven(carrier, ids);
  const batches = await joinItems(context, items);
  return [...batches].flatMap(([id, batch]) => (isAllForgotten(batch, mark) ? [id] : []));
}

function isAllForgotten({ messages, registers }: Batch, mark: ForgetMark): boolean {
  return registers.length === 0 && messages.every((entry) => isForgotten(entry, mark));
}
