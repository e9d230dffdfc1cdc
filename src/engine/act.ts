/**
 * Carries out what a person does with conversations: rows, their state and the step for Undo in one transaction a
 * portion, so that thousands at once keep nobody waiting.
 */
import type { TriageProgress, UndoableAct } from "../api/contract.ts";
import type { Message } from "../mail/message.ts";
import { isJunk } from "../mail/place.ts";
import { changesOf, type TriageAct, type FieldChange } from "../mail/triage.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { putBody } from "../store/parts.ts";
import { partsRange } from "../store/keys.ts";
import { putRow } from "../store/put.ts";
import type { UndoRow } from "../store/rows.ts";
import type { WriteTx } from "../store/schema.ts";
import type { Topic } from "./bus.ts";
import type { AccountContext } from "./context.ts";
import { isKnown } from "./people.ts";
import { noteReadHere } from "./read-here.ts";
import { type Clock, putClock, readClock, States } from "./states.ts";
import { WORKING_STORES, WorkingSet } from "./working-set.ts";

/** Conversations in one transaction: whoever asks for something meanwhile waits that long, some tens of ms. */
const PORTION = 50;
/**
 * While much is done the lists are read again this often: each reading is a hundred rows, and after every portion it
 * would be half of the work. ms
 */
const LOOK_MS = 1000;
/** Steps that Undo keeps. */
const MAX_STEPS = 50;

export const ACT_STORES = [...WORKING_STORES, "undo", "registers"] as const;

const progress = new WeakMap<AccountContext, NonNullable<TriageProgress>>();

/** An act on many that this tab is busy with. */
export function progressOf(context: AccountContext): TriageProgress {
  return progress.get(context) ?? null;
}

/** Says how far something with many is; undefined: it is over. */
export function tellProgress(context: AccountContext, now: TriageProgress | undefined): void {
  if (now === undefined || now === null) progress.delete(context);
  else progress.set(context, now);
  context.bus.touch(["triage"]);
}

/**
 * Does it with the conversations of these ids. `step`: how Undo calls it, undefined where it is not to be taken back;
 * `id` where it belongs to a step that was begun. Resolves when all is written: how many changed, and the step.
 */
export async function actOn(
  context: AccountContext,
  act: TriageAct,
  ids: readonly number[],
  step: { name: UndoableAct; id?: string } | undefined,
): Promise<{ count: number; step?: string }> {
  const isLong = ids.length > PORTION;
  const looks = createLooks(context, ["mail"]);
  let count = 0;
  let id = step?.id;
  try {
    for (let done = 0; done < ids.length; done += PORTION) {
      const portion = ids.slice(done, done + PORTION);
      const part = await context.store.write(ACT_STORES, (tx) =>
        actOnPortion(context, tx, act, portion, step && { name: step.name, id, isLong }),
      );
      count += part.count;
      id = part.step ?? id;
      if (part.count > 0) looks.changed();
      if (step !== undefined && isLong)
        tellProgress(context, { act: step.name, done: done + portion.length, total: ids.length });
    }
  } finally {
    if (isLong) tellProgress(context, undefined);
    looks.end();
  }
  if (step !== undefined) context.bus.touch(["triage"], { urgent: true });
  return { count, ...(count > 0 && id !== undefined ? { step: id } : {}) };
}

/** Announces the first change at once, those that follow seldom, and the last of them at the end. */
export function createLooks(
  { bus, now }: AccountContext,
  topics: readonly Topic[],
): { changed: () => void; end: () => void } {
  let lookedAt = -Infinity;
  let isOpen = false;
  const look = (): void => {
    lookedAt = now();
    isOpen = false;
    bus.touch(topics, { urgent: true });
  };
  return {
    changed() {
      isOpen = true;
      if (Math.abs(now() - lookedAt) >= LOOK_MS) look();
    },
    end() {
      if (isOpen) look();
    },
  };
}

async function actOnPortion(
  context: AccountContext,
  tx: WriteTx,
  act: TriageAct,
  ids: readonly number[],
  step: Step | undefined,
): Promise<{ count: number; step?: string }> {
  const { me, now } = context;
  const set = await WorkingSet.open(tx, me);
  await set.loadWhole(ids);
  const all = await Promise.all(
    ids.map(async (id) => changesOf(act, await set.messagesOf(id), me)),
  );
  const changes = all.flat();
  const count = all.filter((one) => one.length > 0).length;
  if (count === 0) return { count };
  const clock = await readClock(tx, now());
  const said = await say(set, tx, clock, changes);
  await noteSpammers(tx, changes);
  const read = changes.filter(({ field, value }) => field === "read" && value === true);
  await noteReadHere(
    tx,
    me,
    read.map(({ row }) => row),
  );
  await set.flush();
  for (const { row, field, value } of changes)
    if (field === "folder" && value === "gone") forget(tx, row);
  putClock(tx, clock);
  if (step === undefined) return { count };
  return { count, step: await keepStep(tx, step, { at: now(), count, changes: said, labels: [] }) };
}

async function say(
  set: WorkingSet,
  tx: WriteTx,
  clock: Clock,
  changes: readonly FieldChange[],
): Promise<UndoRow["changes"]> {
  const states = new States(tx);
  await states.load(changes.map(({ row }) => row));
  const said: UndoRow["changes"] = [];
  for (const { row, field, value } of changes) {
    const current = (await set.message(row.key)) ?? row;
    const made = states.make(clock, current, field);
    const before = states.saidAt(current, field);
    const change = [row.key, field, rawValue(current, field), made.stamp] as const;
    said.push(before === undefined ? [...change] : [...change, before]);
    states.say(set, current, field, value, made);
  }
  states.flush();
  return said;
}

/** As it stands in the row: null where nothing was said. */
function rawValue(row: Message, field: FieldChange["field"]): UndoRow["changes"][number][2] {
  if (field === "folder") return row.folder ?? null;
  if (field === "snooze") return row.snooze?.until ?? null;
  if (field === "read") return row.unread !== 1;
  if (field === "star" || field === "mute") return row[field] === 1;
  return row.tags?.includes(field.slice("tag:".length)) === true;
}

/** What follows from strangers whose mail was reported goes where that lies; "Not spam" ends it. */
export async function noteSpammers(tx: WriteTx, changes: readonly FieldChange[]): Promise<void> {
  const moves = changes.filter(({ row, field }) => field === "folder" && row.direction === "in");
  const reported = moves.filter(({ value }) => value === "spam");
  const cleared = moves.filter(
    ({ row, value }) => row.folder === "spam" && value !== "gone" && !isJunk(value),
  );
  if (reported.length + cleared.length === 0) return;
  const known = new Set<string>(await readMeta(tx, "spammers"));
  for (const { row } of cleared) known.delete(row.from);
  for (const jid of new Set(reported.map(({ row }) => row.from))) {
    const person = await tx.objectStore("people").get(jid);
    if (!isKnown(person)) known.add(jid);
  }
  putMeta(tx, "spammers", [...known].slice(-MAX_SPAMMERS));
}

const MAX_SPAMMERS = 2000;

/** What it said is gone from here; the row stays, so that another copy does not come back. */
export function forget(tx: WriteTx, { key, attachments }: Message): void {
  putBody(tx, { key, body: "", fallbacks: [], sources: attachments.map(() => []) });
  void tx.objectStore("parts").delete(partsRange(key));
  void tx.objectStore("originals").delete(key);
}

/** `isLong`: it will have many parts. */
type Step = { name: UndoableAct; id: string | undefined; isLong?: boolean };

/** Adds to a step, or begins one: steps sort by when they were begun. Returns its id. */
export async function keepStep(
  tx: WriteTx,
  step: Step,
  part: Omit<UndoRow, "act" | "total">,
): Promise<string> {
  const store = tx.objectStore("undo");
  const id = step.id ?? part.changes[0]?.[3] ?? "";
  const parts = await store.count(IDBKeyRange.bound([id], [id, []]));
  const act = step.name;
  if (step.isLong === true) {
    const head = parts === 0 ? undefined : await store.get([id, 0]);
    const total = (head?.total ?? 0) + part.count;
    putRow(tx, "undo", { at: part.at, act, count: 0, total, changes: [], labels: [] }, [id, 0]);
  }
  putRow(tx, "undo", { ...part, act }, [id, step.isLong === true ? Math.max(1, parts) : parts]);
  if (parts === 0) {
    const keys = await store.getAllKeys();
    const steps = [...new Set(keys.map(([name]) => name))].filter((name) => name !== id);
    const oldest = steps[steps.length - MAX_STEPS];
    if (oldest !== undefined) void store.delete(IDBKeyRange.upperBound([oldest, []]));
  }
  return id;
}
