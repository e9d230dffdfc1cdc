/**
 * This device's journal, which nobody else writes, but which the server may lose or damage, another client take away, and
 * a database restored from a copy know too little of.
 */
import type { Batch } from "../../mail/account-state/batch.ts";
import { journalId } from "../../mail/account-state/buckets.ts";
import { unsaid } from "../../mail/account-state/unsaid.ts";
import { deviceOf, type Stamp } from "../../mail/clock.ts";
import { type MessageState, saidIn } from "../../mail/state.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { WriteTx } from "../../store/schema.ts";
import type { StateCarrier } from "../../xmpp/account-state/carrier.ts";
import type { AccountContext } from "../context.ts";
import { knownDevice } from "./device.ts";
import { joinItems } from "./items.ts";
import { countOf, NO_SUBJECTS, readSubjects, type Subjects, subjectsOf } from "./rows.ts";

/** What is in it, or may be: kept before it is published. */
export async function readJournal({ store }: Pick<AccountContext, "store">): Promise<Subjects> {
  return (await store.read(["meta"], (tx) => readMeta(tx, "stateJournal"))) ?? NO_SUBJECTS;
}

/**
 * As the server has it, it is saved, and stands in the next one too, whoever's words these are; what is not there any
 * more is to be said again. Returns whether there is such. `isThere`: whether it is worth asking.
 */
export async function rejoinJournal(
  context: AccountContext,
  carrier: StateCarrier,
  isThere: boolean,
): Promise<boolean> {
  const id = journalId(await knownDevice(context));
  const items = isThere ? await carrier.fetch([id]) : [];
  const there = (await joinItems(context, items)).get(id);
  const lost = await lostOf(context, await readJournal(context), there);
  await context.store.write(["meta", "state", "registers"], async (tx) => {
    await sayAgain(tx, lost);
    putMeta(tx, "stateJournal", there === undefined ? NO_SUBJECTS : subjectsOf(there));
  });
  return countOf(lost) > 0;
}

/** Whether it is as this device left it. `there`: undefined where it was taken away. */
export async function isAsLeft(
  context: AccountContext,
  there: Batch | undefined,
): Promise<boolean> {
  const left = await readJournal(context);
  const found = there === undefined ? NO_SUBJECTS : subjectsOf(there);
  return isSame(left, found) && countOf(await lostOf(context, left, there)) === 0;
}

/** What others said of the same messages stands in their items: only own words can be missing in what is there. */
async function lostOf(
  context: AccountContext,
  left: Subjects,
  there: Batch | undefined,
): Promise<Subjects> {
  if (there === undefined) return left;
  const device = await knownDevice(context);
  return subjectsOf(unsaid(wordsOf(await readSubjects(context, left), device), [there]));
}

/** Also those of a rule, which any device says. */
function wordsOf({ messages, registers }: Batch, device: string): Batch {
  const isOwn = (stamp: Stamp): boolean => [device, ""].includes(deviceOf(stamp));
  return {
    messages: messages.map((entry) => {
      const own = saidIn(entry.said).filter(([, [, stamp]]) => isOwn(stamp));
      return { ...entry, said: Object.fromEntries(own) as MessageState };
    }),
    registers: registers.filter(({ said }) => isOwn(said[1])),
  };
}

async function sayAgain(tx: WriteTx, { messages, registers }: Subjects): Promise<void> {
  for (const key of messages) {
    const row = await tx.objectStore("state").get(key);
    if (row !== undefined) void tx.objectStore("state").put({ ...row, pending: 1 }, key);
  }
  for (const name of registers) {
    const row = await tx.objectStore("registers").get(name);
    if (row !== undefined) void tx.objectStore("registers").put({ ...row, pending: 1 }, name);
  }
}

function isSame(a: Subjects, b: Subjects): boolean {
  const of = ({ messages, registers }: Subjects): string =>
    JSON.stringify([messages.toSorted(), registers.toSorted()]);
  return of(a) === of(b);
}
