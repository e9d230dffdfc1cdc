/** This device among the person's, and what it has to say of itself to the others. */
import { isMoment } from "../../base/moment.ts";
import type { MessageEntry } from "../../mail/account-state/batch.ts";
import {
  deviceRegister,
  FIRST_SIGN_IN,
  firstSignInSaid,
  labelOfRegister,
} from "../../mail/account-state/registers.ts";
import { type Made, madeAnew, msOf, NEAR_MS, nextStamp, type Stamp } from "../../mail/clock.ts";
import { type Field, type FieldValue, later, whenOf } from "../../mail/state.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import { putRow } from "../../store/put.ts";
import type { StateRow } from "../../store/rows.ts";
import type { WriteTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { isUnsettled, putClock, readClock } from "../states.ts";
import { WORKING_STORES } from "../working-set.ts";
import { showMessages } from "./join.ts";
import { sayRegister, showLabel } from "./registers.ts";

const STORES = [...WORKING_STORES, "registers"] as const;
/** Said of itself no more often. ms */
const SELDOM_MS = 24 * 3600 * 1000;

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
 * Before anything is said to others: the clock put right, and with it what it said wrongly and nobody else can know.
 * `serverNow`: epoch ms, where the server tells.
 */
export async function setClock(
  context: AccountContext,
  serverNow: number | undefined,
): Promise<void> {
  if (serverNow === undefined) return;
  const { store, now, bus } = context;
  // Before the database is waited for: that is no error of the clock.
  const offset = serverNow - now();
  const isShown = await store.write(STORES, async (tx) => {
    const before = (await readMeta(tx, "clockOffset")) ?? 0;
    const isRight = Math.abs(offset - before) < NEAR_MS;
    if (!isRight) putMeta(tx, "clockOffset", Math.abs(offset) < NEAR_MS ? 0 : offset);
    const moved = await makeAnew(tx, isRight ? 0 : offset - before, now() + offset);
    return moved.length > 0 && showMessages(context, tx, moved);
  });
  if (isShown) bus.touch(["mail", "triage"]);
}

/** From now on others may know of whatever was said here: its stamps stay as they are. */
export async function settleClock({ store }: AccountContext): Promise<void> {
  await store.write(["meta"], async (tx) => {
    const [last, settled] = await Promise.all([
      readMeta(tx, "clock"),
      readMeta(tx, "clockSettled"),
    ]);
    if (last !== undefined && last !== settled) putMeta(tx, "clockSettled", last);
  });
}

/**
 * The words said since the clock was right the last time, or anything was sent. Undo's steps name the stamps they gave: a
 * step whose words are made anew cannot be taken back any more. Returns the messages whose snooze is of another time now.
 */
async function makeAnew(tx: WriteTx, by: number, serverNow: number): Promise<MessageEntry[]> {
  const [device = "", last, settled] = await Promise.all([
    readMeta(tx, "device"),
    readMeta(tx, "clock"),
    readMeta(tx, "clockSettled"),
  ]);
  if (last === undefined || last === settled) return [];
  const states = tx.objectStore("state").index("pending");
  const registers = tx.objectStore("registers").index("pending");
  const [keys, rows, names, said] = await Promise.all([
    states.getAllKeys(),
    states.getAll(),
    registers.getAllKeys(),
    registers.getAll(),
  ]);
  const words = [
    ...rows.flatMap((row) => madeIn(row).map(([, made]) => made)),
    ...said.flatMap(({ made }) => made ?? []),
  ];
  const anew = madeAnew(
    words.filter((made) => isUnsettled(made, settled, last)),
    { by, last: settled, now: serverNow },
  );
  // Past the moment, so that no stamp is given twice.
  const first =
    msOf(last) > serverNow + NEAR_MS ? nextStamp(undefined, serverNow + 1, device) : last;
  const clock = [...anew.values()].map(({ own }) => own).reduce((a, b) => (a > b ? a : b), first);
  putMeta(tx, "clock", clock);
  putMeta(tx, "clockSettled", clock);
  const moved: MessageEntry[] = [];
  for (const [index, row] of rows.entries()) {
    const changed = withAnew(row, anew);
    if (changed !== row) putRow(tx, "state", changed, keys[index]);
    if (changed.said.snooze?.[0] !== row.said.snooze?.[0])
      moved.push({ key: keys[index] ?? "", day: row.day, said: changed.said });
  }
  for (const [index, row] of said.entries()) {
    const made = row.made && anew.get(row.made.own);
    if (made === undefined || made === row.made) continue;
    putRow(tx, "registers", { ...row, said: [row.said[0], made.stamp], made }, names[index]);
  }
  for (const id of new Set(names.flatMap((name) => labelOfRegister(name) ?? [])))
    await showLabel(tx, id);
  return moved;
}

/** How the words of a message were made that stand and are of this device. */
function madeIn({ said, made = {} }: StateRow): [Field, Made][] {
  const all = Object.entries(made) as [Field, Made][];
  return all.filter(([field, { stamp }]) => said[field]?.[1] === stamp);
}

function withAnew(row: StateRow, anew: ReadonlyMap<Stamp, Made>): StateRow {
  let next = row;
  for (const [field, made] of madeIn(row)) {
    const other = anew.get(made.own) ?? made;
    if (other === made) continue;
    next = {
      ...next,
      said: { ...next.said, [field]: [valueAnew(row, field, other.at - made.at), other.stamp] },
      made: { ...next.made, [field]: other },
    };
  }
  return next;
}

/** A time was chosen by the clock that was wrong, but for what Undo put back. `by`: ms by which the word moves. */
function valueAnew({ said, restored }: StateRow, field: Field, by: number): FieldValue {
  const [value = null, stamp] = said[field] ?? [];
  const isChosen = field === "snooze" && restored?.snooze?.[0] !== stamp;
  return isChosen && isMoment(value) ? value + by : value;
}

/** What this device is, and when the account was first signed in to: once a day, or where nobody said it yet. */
export async function introduce(context: AccountContext): Promise<void> {
  const { store, now } = context;
  await store.write(["meta", "registers"], async (tx) => {
    const clock = await readClock(tx, now());
    const device = (await readMeta(tx, "device")) ?? "";
    const name = deviceRegister(device);
    const [known, first, mine, isUnsure, offset = 0] = await Promise.all([
      tx.objectStore("registers").get(name),
      tx.objectStore("registers").get(FIRST_SIGN_IN),
      readMeta(tx, "firstSignInAt"),
      readMeta(tx, "signInUnsure"),
      readMeta(tx, "clockOffset"),
    ]);
    const time = now() + offset;
    const said = known?.said[0] as { at?: number } | undefined;
    if (Math.abs(time - (said?.at ?? 0)) > SELDOM_MS)
      await sayRegister(tx, clock, name, { at: time, name: deviceName() });
    // The earliest stands for good.
    const isSure = mine !== undefined && isUnsure !== true;
    const signedIn = isSure ? firstSignInSaid(mine) : undefined;
    if (signedIn !== undefined && later(first?.said, signedIn) === signedIn)
      putRow(tx, "registers", { said: signedIn, pending: 1 }, FIRST_SIGN_IN);
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
