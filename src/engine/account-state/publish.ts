/** Says to the account what is said here: a little at once in this device's journal, much by folding it. */
import { bySize, journalId, MAX_JOURNAL, MAX_PAYLOAD } from "../../mail/account-state/buckets.ts";
import { type Batch, encodeBatch } from "../../mail/account-state/batch.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { StateCarrier } from "../../xmpp/account-state/carrier.ts";
import type { AccountContext } from "../context.ts";
import { knownDevice, setClock, settleClock } from "./device.ts";
import { foldBatch, hasRoom, ItemsDropped, NoRoom } from "./fold.ts";
import { settleForgotten } from "./forget.ts";
import { noteHealth } from "./health.ts";
import { changeItems, dropItems, readItems } from "./items.ts";
import { joinBatch } from "./join.ts";
import { readJournal } from "./own-journal.ts";
import {
  countOf,
  NO_SUBJECTS,
  readPending,
  readSubjects,
  shares,
  type Subjects,
  subjectsOf,
} from "./rows.ts";

/** Who waits to see an item come back, by its id. */
export type Echoes = Map<string, (payload: string) => void>;

/** `serverNow`: the server's time, epoch ms; undefined where it does not tell. */
type Publishing = { echoes: Echoes; serverNow: () => number | undefined; signal: AbortSignal };

/** A server tells the publisher too; one that does not is asked. ms */
const ECHO_MS = 3000;
/** Said while it was being said: taken along, but not for ever. */
const MAX_TURNS = 20;

export async function publishPending(
  context: AccountContext,
  carrier: StateCarrier,
  { echoes, serverNow, signal }: Publishing,
): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS && !signal.aborted; turn++) {
    const { store } = context;
    const health = await store.read(["meta"], (tx) => readMeta(tx, "stateHealth"));
    const isForgotten = await settleForgotten(context);
    const pending = await readPending(context);
    if (countOf(pending) === 0) {
      // Whatever mail comes in asks here: nothing is written where nothing was said.
      const isSaved = health?.savedAt !== undefined && health.detail === undefined;
      return turn === 0 && isSaved && !isForgotten
        ? undefined
        : noteHealth(context, { savedAt: context.now() });
    }
    // It may have been set since the stream began.
    await setClock(context, serverNow());
    const journal = await readJournal(context);
    const { fit: batch, large } = bySize(await readSubjects(context, together(journal, pending)));
    const all = subjectsOf(batch);
    // What no item can hold goes on waiting, and the person is told.
    if (!shares(pending, all)) return noteHealth(context, {});
    const payload = encodeBatch(batch);
    const toJournal = (): Promise<void> =>
      writeJournal(context, carrier, { all, batch, payload }, echoes);
    // What the journal says of what no item can hold may stand nowhere else.
    const stays = shares(journal, subjectsOf(large));
    const mayHold = !stays && payload.length <= MAX_PAYLOAD && (await hasPlace(context, carrier));
    try {
      if (mayHold && countOf(all) <= MAX_JOURNAL) await toJournal();
      else if (stays) await foldBatch(context, carrier, batch, signal);
      else await foldAll(context, carrier, batch, signal);
    } catch (error) {
      // Better in a journal that is long than on this device only.
      if (!(error instanceof NoRoom && mayHold)) throw error;
      await toJournal();
    }
  }
}

/**
 * Whether the journal is there, or may take a place: two are left to folds, which make room. One that a newer version of
 * this client wrote stays.
 */
async function hasPlace(context: AccountContext, carrier: StateCarrier): Promise<boolean> {
  const known = await readItems(context);
  const id = journalId(await knownDevice(context));
  if (known[id] !== undefined) return known[id].isNewer !== 1;
  return hasRoom(carrier, Object.keys(known).length + 1, 2);
}

async function writeJournal(
  context: AccountContext,
  carrier: StateCarrier,
  { all, batch, payload }: { all: Subjects; batch: Batch; payload: string },
  echoes: Echoes,
): Promise<void> {
  const id = journalId(await knownDevice(context));
  await keepJournal(context, all);
  await settleClock(context);
  const seen = await publishAndSee(carrier, { id, payload }, echoes);
  if (seen !== payload) throw new ItemsDropped(`the server does not keep ${id}`);
  await joinBatch(context, batch);
  await changeItems(context, (known) => ({ ...known, [id]: { size: payload.length } }));
}

/** What the server has of it afterwards. */
async function publishAndSee(
  carrier: StateCarrier,
  item: { id: string; payload: string },
  echoes: Echoes,
): Promise<string | undefined> {
  const echoed = new Promise<string | undefined>((resolve) => {
    echoes.set(item.id, (payload) => {
      if (payload === item.payload) resolve(payload);
    });
    setTimeout(() => resolve(undefined), carrier.kind === "pep" ? ECHO_MS : 0);
  });
  try {
    await carrier.publish(item);
    return (await echoed) ?? (await carrier.fetch([item.id]))[0]?.payload;
  } finally {
    echoes.delete(item.id);
  }
}

async function foldAll(
  context: AccountContext,
  carrier: StateCarrier,
  batch: Batch,
  signal: AbortSignal,
): Promise<void> {
  await foldBatch(context, carrier, batch, signal);
  if (signal.aborted) return;
  await keepJournal(context, NO_SUBJECTS);
  const id = journalId(await knownDevice(context));
  if ((await readItems(context))[id]?.isNewer === 1) return;
  await carrier.retract([id]);
  await dropItems(context, [id]);
}

async function keepJournal({ store }: AccountContext, journal: Subjects): Promise<void> {
  await store.write(["meta"], async (tx) => putMeta(tx, "stateJournal", journal));
}

function together(a: Subjects, b: Subjects): Subjects {
  return {
    messages: [...new Set([...a.messages, ...b.messages])],
    registers: [...new Set([...a.registers, ...b.registers])],
  };
}
