/** What is known of the items on the server: all that is in them is in the database, unless it cannot be read. */
import { decodeBatch } from "../../mail/account-state/batch.ts";
import type { Batch } from "../../mail/account-state/batch.ts";
import {
  bucketOfItem,
  byPlace,
  hashOfItem,
  isItemId,
  journalDevice,
  REGISTERS,
} from "../../mail/account-state/buckets.ts";
import { FIRST_SIGN_IN } from "../../mail/account-state/registers.ts";
import { monthOf } from "../../mail/state.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { StateCarrier } from "../../xmpp/account-state/carrier.ts";
import type { CarriedItem } from "../../xmpp/account-state/item.ts";
import { StanzaError } from "../../xmpp/stanza-error.ts";
import type { AccountContext } from "../context.ts";
import { takeFirstSignIn } from "./first-sign-in.ts";
import { joinBatch } from "./join.ts";

/**
 * `isForeign`: not to be read by this version, or damaged; never taken away, and looked at again in each stream: it may
 * have been mended, or the reader be newer. `isNewer`: a newer version's. `isOther`: read, but what its id names is something
 * else; looked at again, too. `months`: buckets that it says something of and its id does not tell: a journal, and what
 * another program put wrongly.
 */
export type KnownItem = {
  size: number;
  isForeign?: 1;
  isNewer?: 1;
  isOther?: 1;
  months?: string[];
};
export type KnownItems = Record<string, KnownItem>;

export async function readItems({ store }: AccountContext): Promise<KnownItems> {
  return (await store.read(["meta"], (tx) => readMeta(tx, "stateItems"))) ?? {};
}

export async function changeItems(
  { store }: AccountContext,
  change: (items: KnownItems) => KnownItems,
): Promise<void> {
  await store.write(["meta"], async (tx) => {
    putMeta(tx, "stateItems", change((await readMeta(tx, "stateItems")) ?? {}));
  });
}

/** They are not there any more: what they said is to be looked for. Returns whether anything is. */
export async function missItems(
  { store }: AccountContext,
  ids: readonly string[],
): Promise<boolean> {
  if (ids.length === 0) return (await readGaps({ store })).length > 0;
  return store.write(["meta"], async (tx) => {
    const [all = {}, gaps = []] = await Promise.all([
      readMeta(tx, "stateItems"),
      readMeta(tx, "stateGaps"),
    ]);
    const lost = ids.flatMap((id) => all[id]?.months ?? bucketOfItem(id) ?? []);
    const next = [...new Set([...gaps, ...lost])];
    putMeta(tx, "stateGaps", next);
    putMeta(tx, "stateItems", without(all, ids));
    return next.length > 0;
  });
}

export async function readGaps({ store }: Pick<AccountContext, "store">): Promise<string[]> {
  return (await store.read(["meta"], (tx) => readMeta(tx, "stateGaps"))) ?? [];
}

export async function changeGaps(
  { store }: AccountContext,
  change: (gaps: string[]) => string[],
): Promise<void> {
  await store.write(["meta"], async (tx) => {
    putMeta(tx, "stateGaps", [...new Set(change((await readMeta(tx, "stateGaps")) ?? []))]);
  });
}

function without(all: KnownItems, ids: Iterable<string>): KnownItems {
  const gone = new Set(ids);
  return Object.fromEntries(Object.entries(all).filter(([id]) => !gone.has(id)));
}

/** They were taken away: all that they said stands in others. */
export async function dropItems(context: AccountContext, ids: Iterable<string>): Promise<void> {
  await changeItems(context, (all) => without(all, ids));
}

/** Nothing is known of any, and all of these buckets is to be looked for: in one go, as what is not known is not missed. */
export async function doubtItems(
  { store }: AccountContext,
  buckets: readonly string[],
): Promise<void> {
  await store.write(["meta"], async (tx) => {
    const gaps = (await readMeta(tx, "stateGaps")) ?? [];
    putMeta(tx, "stateGaps", [...new Set([...gaps, ...buckets])]);
    putMeta(tx, "stateItems", {});
    putMeta(tx, "stateSpent", []);
  });
}

/** What their ids name stands in others, and under these ids nothing else ever will. */
export async function spendItems({ store }: AccountContext, ids: readonly string[]): Promise<void> {
  await store.write(["meta"], async (tx) => {
    const spent = (await readMeta(tx, "stateSpent")) ?? [];
    putMeta(tx, "stateSpent", [...new Set([...spent, ...ids])]);
  });
}

/**
 * Without those that were taken away and are listed all the same, as ejabberd 23.01 does for good (xmpp/pep.ts
 * `retractItems`): read again, they would be folded again in each stream. `ids`: all that is there.
 */
export async function withoutSpent(
  { store }: AccountContext,
  ids: readonly string[],
): Promise<string[]> {
  const spent = await store.read(["meta"], (tx) => readMeta(tx, "stateSpent"));
  if (spent === undefined || spent.length === 0) return [...ids];
  return store.write(["meta"], async (tx) => {
    const known = (await readMeta(tx, "stateItems")) ?? {};
    const there = new Set(ids);
    const still = new Set(spent.filter((id) => there.has(id) && known[id] === undefined));
    putMeta(tx, "stateSpent", [...still]);
    return ids.filter((id) => !still.has(id));
  });
}

/**
 * Takes in items, each whole or not at all; what one said that cannot be read any more is to be looked for. Rejects where
 * the database failed.
 */
export async function joinItems(
  context: AccountContext,
  items: readonly CarriedItem[],
): Promise<Map<string, Batch>> {
  const batches = new Map<string, Batch>();
  const known: KnownItems = {};
  for (const { id, payload } of items) {
    const decoded = payload === "" || !isItemId(id) ? undefined : decodeBatch(payload);
    if (decoded !== undefined && "batch" in decoded) {
      batches.set(id, decoded.batch);
      known[id] = { size: payload.length, ...(await joinItem(context, id, decoded)) };
    } else {
      const isNewer = decoded?.problem === "newer";
      known[id] = { size: payload.length, isForeign: 1, ...(isNewer ? { isNewer: 1 } : {}) };
    }
  }
  const damaged = await newlyDamaged(context, known);
  if (damaged.length > 0) await missItems(context, damaged);
  await changeItems(context, (all) => ({ ...all, ...known }));
  return batches;
}

/**
 * What stands where others do not look for it, or may write over it, is taken in and is still to be said: once, when it
 * is heard first, so that devices whose programs disagree about ids come to rest.
 */
async function joinItem(
  context: AccountContext,
  id: string,
  { batch, hash }: { batch: Batch; hash: string },
): Promise<Pick<KnownItem, "isOther" | "months">> {
  const isOther = (hashOfItem(id) ?? hash) !== hash;
  const { own, other } = byPlace(id, batch);
  const news = [
    ...(await joinBatch(context, own, { isSaid: !isOther })),
    ...(await joinBatch(context, other, { isSaid: false })),
  ];
  if (news.includes(FIRST_SIGN_IN)) await takeFirstSignIn(context);
  const tells =
    isOther ||
    other.messages.length + other.registers.length > 0 ||
    journalDevice(id) !== undefined;
  return { ...(isOther ? { isOther: 1 } : {}), ...(tells ? { months: monthsIn(batch) } : {}) };
}

async function newlyDamaged(context: AccountContext, found: KnownItems): Promise<string[]> {
  const damaged = Object.keys(found).filter((id) => !isAsNamed(found[id]));
  if (damaged.length === 0) return [];
  const known = await readItems(context);
  const isFlagged = (item: KnownItem | undefined): boolean =>
    item?.isForeign === 1 || item?.isOther === 1;
  return damaged.filter((id) => !isFlagged(known[id]));
}

/**
 * One item that the server cannot give takes all that are asked for with it: then each is asked for alone. `refused`: why
 * some are missing.
 */
export async function fetchGiven(
  carrier: StateCarrier,
  ids: readonly string[],
): Promise<{ items: CarriedItem[]; refused?: StanzaError }> {
  try {
    return { items: await carrier.fetch(ids) };
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    if (ids.length === 1) return { items: [], refused: error };
    const items: CarriedItem[] = [];
    let refused = error;
    for (const id of ids) {
      const one = await fetchGiven(carrier, [id]);
      items.push(...one.items);
      refused = one.refused ?? refused;
    }
    return { items, refused };
  }
}

function monthsIn({ messages, registers }: Batch): string[] {
  const months = messages.map(({ day }) => String(monthOf(day)));
  return [...new Set(registers.length > 0 ? [...months, REGISTERS] : months)];
}

/** What of these could not be read yet, the most wanted first: journals, the account's own, the newest mail. */
export function wantedOf(ids: readonly string[], known: KnownItems, device: string): string[] {
  const isJournal = (id: string): boolean => journalDevice(id) !== undefined;
  return ids
    .filter((id) => (isJournal(id) ? journalDevice(id) !== device : !isAsNamed(known[id])))
    .sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? 1 : -1));
}

/** Whether all that is in it is in the database. */
export function isRead(item: KnownItem | undefined): boolean {
  return item !== undefined && item.isForeign !== 1;
}

/** Whether it is read, and is what its id says. */
export function isAsNamed(item: KnownItem | undefined): boolean {
  return isRead(item) && item?.isOther !== 1;
}

function rankOf(id: string): number {
  if (journalDevice(id) !== undefined) return 0;
  return id.startsWith("r.") ? 1 : 2;
}
