/** This device among the person's, and what it has to say of itself to the others. */
import {
  deviceRegister,
  FIRST_SIGN_IN,
  firstSignInSaid,
  labelOfRegister,
} from "../../mail/account-state/registers.ts";
import { deviceOf, msOf, nextStamp, restamped, type Stamp } from "../../mail/clock.ts";
import { later, type MessageState, saidIn, whenOf } from "../../mail/state.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { WriteTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { putClock, readClock } from "../states.ts";
import { sayRegister, showLabel } from "./registers.ts";

/** Said of itself no more often. ms */
const SELDOM_MS = 24 * 3600 * 1000;
/** A clock that is nearer is right. ms */
const NEAR_MS = 60_000;

/** Whole days since the epoch. */
export function dayOf(at: number): number {
  return whenOf(at).day;
}

/** The day it is, by the server's clock as far as it is known: all devices are to keep the same buckets. */
export async function today({ store, now }: AccountContext): Promise<number> {
  const offset = await store.read(["meta"], (tx) => readMeta(tx, "clockOffset"));
  return dayOf(now() + (offset ?? 0));
}

/** Its name in journals; made when it is wanted first. */
export async function knownDevice({ store, now }: AccountContext): Promise<string> {
  return store.write(["meta"], async (tx) => {
    await readClock(tx, now());
    return (await readMeta(tx, "device")) ?? "";
  });
}

/**
 * Before anything is said: the clock put right, and what was said by a wrong one and nobody has heard yet with it.
 * `serverNow`: epoch ms, where the server tells.
 */
export async function setClock(
  context: AccountContext,
  serverNow: number | undefined,
): Promise<void> {
  if (serverNow === undefined) return;
  const { store, now } = context;
  const offset = serverNow - now();
  await store.write(["meta", "state", "registers", "labels"], async (tx) => {
    const before = (await readMeta(tx, "clockOffset")) ?? 0;
    const by = offset - before;
    if (Math.abs(by) < NEAR_MS) return;
    putMeta(tx, "clockOffset", Math.abs(offset) < NEAR_MS ? 0 : offset);
    await shiftUnheard(tx, by, serverNow);
  });
}

/**
 * Only words later than all that was ever heard here and all that was ever sent from here, and none of them before that:
 * none falls behind the one it replaced, nor behind what others may have of it. A stamp above this device's clock only
 * followed a later one, perhaps a rule's that nobody has heard of yet: no clock made it, and it stays. Undo's steps name the stamps they gave:
 * a step from before the clock was put right cannot be taken back any more.
 */
async function shiftUnheard(tx: WriteTx, by: number, latest: number): Promise<void> {
  const [device = "", heard, last] = await Promise.all([
    readMeta(tx, "device"),
    readMeta(tx, "stateHeard"),
    readMeta(tx, "clock"),
  ]);
  if (last === undefined) return;
  const isUnheard = (stamp: Stamp): boolean =>
    deviceOf(stamp) === device && stamp <= last && (heard === undefined || stamp > heard);
  const [states, registers] = [tx.objectStore("state"), tx.objectStore("registers")];
  const [keys, rows, names, said] = await Promise.all([
    states.index("pending").getAllKeys(),
    states.index("pending").getAll(),
    registers.index("pending").getAllKeys(),
    registers.index("pending").getAll(),
  ]);
  const stamps = [
    ...rows.flatMap((row) => saidIn(row.said).map(([, [, stamp]]) => stamp)),
    ...said.map((row) => row.said[1]),
  ];
  const next = restamped(stamps.filter(isUnheard), { by, latest, after: heard });
  // Past the moment, so that no stamp is given twice.
  const first = msOf(last) > latest ? nextStamp(undefined, latest + 1, device) : last;
  const given = [...next.values()].filter((stamp) => msOf(stamp) <= latest);
  putMeta(
    tx,
    "clock",
    [first, ...given].reduce((a, b) => (a > b ? a : b)),
  );
  for (const [index, row] of rows.entries()) {
    const all = saidIn(row.said).map(([field, [value, stamp]]) => [
      field,
      [value, next.get(stamp) ?? stamp],
    ]);
    void states.put({ ...row, said: Object.fromEntries(all) as MessageState }, keys[index]);
  }
  for (const [index, row] of said.entries()) {
    const [value, stamp] = row.said;
    void registers.put({ ...row, said: [value, next.get(stamp) ?? stamp] }, names[index]);
  }
  for (const id of new Set(names.flatMap((name) => labelOfRegister(name) ?? [])))
    await showLabel(tx, id);
}

/** What this device is, and when the account was first signed in to: once a day, or where nobody said it yet. */
export async function introduce(context: AccountContext): Promise<void> {
  const { store, now } = context;
  await store.write(["meta", "registers"], async (tx) => {
    const clock = await readClock(tx, now());
    const device = (await readMeta(tx, "device")) ?? "";
    const name = deviceRegister(device);
    const [known, first, mine, offset = 0] = await Promise.all([
      tx.objectStore("registers").get(name),
      tx.objectStore("registers").get(FIRST_SIGN_IN),
      readMeta(tx, "firstSignInAt"),
      readMeta(tx, "clockOffset"),
    ]);
    const time = now() + offset;
    const said = known?.said[0] as { at?: number } | undefined;
    if (Math.abs(time - (said?.at ?? 0)) > SELDOM_MS)
      sayRegister(tx, name, [{ at: time, name: deviceName() }, clock.next(known?.said[1])]);
    const signedIn = mine === undefined ? undefined : firstSignInSaid(mine);
    if (signedIn !== undefined && later(first?.said, signedIn) === signedIn)
      sayRegister(tx, FIRST_SIGN_IN, signedIn);
    putClock(tx, clock);
  });
}

/** "Chrome on Linux", as far as the browser tells. */
function deviceName(): string {
  const { userAgent } = navigator;
  const browser = BROWSERS.find(([mark]) => userAgent.includes(mark))?.[1] ?? "Browser";
  const system = SYSTEMS.find(([mark]) => userAgent.includes(mark))?.[1];
  return system === undefined ? browser : `${browser} on ${system}`;
}

const BROWSERS = [
  ["Firefox/", "Firefox"],
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const SYSTEMS = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["CrOS", "ChromeOS"],
  ["Windows", "Windows"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
] as const;
