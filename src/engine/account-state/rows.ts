/** What of the state is still to be saved, and all of it by bucket, from the database. Stores: state, registers. */
import type { Batch, MessageEntry, RegisterEntry } from "../../mail/account-state/batch.ts";
import { monthsOf, REGISTERS } from "../../mail/account-state/buckets.ts";
import { isForgotten } from "../../mail/account-state/forget.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { today } from "./device.ts";
import { readForgetMark } from "./forget.ts";

/** Keys of messages and names of registers. */
export type Subjects = { messages: string[]; registers: string[] };

export const NO_SUBJECTS: Subjects = { messages: [], registers: [] };

export function subjectsOf({ messages, registers }: Batch): Subjects {
  return { messages: messages.map(({ key }) => key), registers: registers.map(({ name }) => name) };
}

export function countOf({ messages, registers }: Subjects): number {
  return messages.length + registers.length;
}

/** Whether one is in both. */
export function shares(a: Subjects, b: Subjects): boolean {
  return (
    a.messages.some((key) => b.messages.includes(key)) ||
    a.registers.some((name) => b.registers.includes(name))
  );
}

/** How much is still to be saved. */
export async function countPending(tx: ReadTx): Promise<number> {
  const [messages, registers] = await Promise.all([
    tx.objectStore("state").index("pending").count(),
    tx.objectStore("registers").index("pending").count(),
  ]);
  return messages + registers;
}

export function readPending({ store }: AccountContext): Promise<Subjects> {
  return store.read(["state", "registers"], async (tx) => {
    const [messages, registers] = await Promise.all([
      tx.objectStore("state").index("pending").getAllKeys(),
      tx.objectStore("registers").index("pending").getAllKeys(),
    ]);
    return { messages, registers };
  });
}

/** What is said of these, as it is now. */
export function readSubjects({ store }: AccountContext, wanted: Subjects): Promise<Batch> {
  return store.read(["state", "registers"], async (tx) => {
    const [messages, registers] = await Promise.all([
      Promise.all(
        wanted.messages.map(async (key): Promise<MessageEntry[]> => {
          const row = await tx.objectStore("state").get(key);
          return row === undefined ? [] : [{ key, day: row.day, said: row.said }];
        }),
      ),
      Promise.all(
        wanted.registers.map(async (name): Promise<RegisterEntry[]> => {
          const row = await tx.objectStore("registers").get(name);
          return row === undefined ? [] : [{ name, said: row.said }];
        }),
      ),
    ]);
    return { messages: messages.flat(), registers: registers.flat() };
  });
}

/** What is said of a bucket's messages and not forgotten, or of the account itself. */
export async function readBucket(context: AccountContext, bucket: string): Promise<Batch> {
  const now = await today(context);
  return context.store.read(["state", "registers"], async (tx) =>
    bucket === REGISTERS
      ? { messages: [], registers: await allRegisters(tx) }
      : { messages: await messagesOf(tx, monthsOf(bucket), now), registers: [] },
  );
}

async function messagesOf(
  tx: ReadTx,
  { from, to }: { from: number; to: number },
  now: number,
): Promise<MessageEntry[]> {
  const index = tx.objectStore("state").index("month");
  const range = IDBKeyRange.bound(from, to);
  const [keys, rows, mark] = await Promise.all([
    index.getAllKeys(range),
    index.getAll(range),
    readForgetMark(tx, now),
  ]);
  return keys.flatMap((key, at) => {
    const row = rows[at];
    const isKept = row !== undefined && !isForgotten(row, mark);
    return isKept ? [{ key, day: row.day, said: row.said }] : [];
  });
}

async function allRegisters(tx: ReadTx): Promise<RegisterEntry[]> {
  const store = tx.objectStore("registers");
  const [names, rows] = await Promise.all([store.getAllKeys(), store.getAll()]);
  return names.flatMap((name, at) => {
    const row = rows[at];
    return row === undefined ? [] : [{ name, said: row.said }];
  });
}

/** Months (YYYYMM) of whose messages anything is said. */
export function readMonths({ store }: AccountContext): Promise<number[]> {
  return store.read(["state"], async (tx) => {
    const months: number[] = [];
    const index = tx.objectStore("state").index("month");
    let cursor = await index.openKeyCursor(null, "nextunique");
    for (; cursor !== null; cursor = await cursor.continue()) months.push(Number(cursor.key));
    return months;
  });
}
