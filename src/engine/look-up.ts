/**
 * Asks the archive for what a permalink names and is not here: by its hints, a few pages at the most, before the rest of
 * the past has come. What is found becomes mail like any other; the ranges of the archive (archive.ts) know nothing of it.
 */
import { isMeant, type LookUp, type Stretch, stretchesOf } from "../mail/look-up.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { StorageError } from "../store/storage-error.ts";
import { ConnectionError } from "../xmpp/connection-error.ts";
import { type ArchivedItem, queryArchive } from "../xmpp/mam.ts";
import type { Session } from "../xmpp/session.ts";
import { StanzaError } from "../xmpp/stanza-error.ts";
import { archivedArrival } from "./arrivals.ts";
import type { AccountContext } from "./context.ts";
import { ingest } from "./ingest.ts";
import { WORKING_STORES } from "./working-set.ts";

/** What lies between two days is bounded by these; pages as large as servers give. */
const MAX_PAGES = 20;
const PAGE = 100;
/** Somebody waits. ms */
const SILENCE_MS = 20_000;

export interface LookUps {
  /** Somebody opened a permalink. */
  nudge(): void;
}

export type LookUpOptions = {
  signal: AbortSignal;
  /** The database failed, or the stream did. */
  onError: (error: unknown) => void;
};

export function createLookUps(
  context: AccountContext,
  session: Session,
  { signal, onError }: LookUpOptions,
): LookUps {
  let running: Promise<void> = Promise.resolve();
  return {
    nudge() {
      running = running.then(() => carryOut(context, session, signal)).catch(onError);
    },
  };
}

async function carryOut(
  context: AccountContext,
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const lookUps = await context.store.read(["meta"], (tx) => readMeta(tx, "lookUps"));
    // Whoever waits longest may have gone; the last one is looked at now.
    const next = lookUps?.findLast(({ answer }) => answer === undefined);
    if (next === undefined) return;
    await settle(context, next, await answerTo(context, session, next, signal));
  }
}

async function answerTo(
  context: AccountContext,
  session: Session,
  wanted: LookUp,
  signal: AbortSignal,
): Promise<NonNullable<LookUp["answer"]>> {
  try {
    for (const stretch of stretchesOf(wanted)) {
      if (await lookThrough(context, session, wanted, stretch, signal)) return "found";
    }
    return "not-found";
  } catch (error) {
    const isSilent = error instanceof ConnectionError && error.problem === "timeout";
    if (error instanceof StanzaError || isSilent) return "failed";
    throw error;
  }
}

/** True where something of it was there. A conversation is followed to the end of the stretch, a message is one. */
async function lookThrough(
  context: AccountContext,
  session: Session,
  wanted: LookUp,
  stretch: Stretch,
  signal: AbortSignal,
): Promise<boolean> {
  // Without a day the newest pages are looked at, back from the end.
  const isBackwards = stretch.start === undefined;
  let isFound = false;
  let anchor = isBackwards ? "" : undefined;
  for (let i = 0; i < MAX_PAGES; i++) {
    const place = isBackwards
      ? { before: anchor ?? "" }
      : anchor === undefined
        ? {}
        : { after: anchor };
    const page = await queryArchive(session, {
      ...stretch,
      ...place,
      max: PAGE,
      silenceMs: SILENCE_MS,
      signal,
    });
    isFound = (await takeIn(context, wanted, page.items)) || isFound;
    const end = isBackwards ? page.marks[0] : page.marks.at(-1);
    if (page.complete || end === undefined || end.archiveId === anchor) return isFound;
    if (isFound && wanted.thread === undefined) return true;
    anchor = end.archiveId;
  }
  return isFound;
}

/** Only what is meant: its neighbours come with the rest of the past. */
async function takeIn(
  { store, bus, me, now }: AccountContext,
  wanted: LookUp,
  items: readonly ArchivedItem[],
): Promise<boolean> {
  const since = await store.read(["meta"], (tx) => readMeta(tx, "firstSignInAt"));
  const arrivals = items
    .flatMap((item) => archivedArrival(item, me, since ?? now()) ?? [])
    .filter(({ message }) => isMeant(wanted, message));
  if (arrivals.length === 0) return false;
  try {
    await store.write(WORKING_STORES, async (tx) => {
      const { added } = await ingest(tx, me, arrivals);
      const fetched = await readMeta(tx, "fetched");
      // They will be met again, as what is known; how many have come is told now.
      putMeta(tx, "fetched", {
        messages: (fetched?.messages ?? 0) + added.length,
        mail: (fetched?.mail ?? 0) + added.filter((row) => row.kind === "mail").length,
      });
    });
  } catch (error) {
    if (error instanceof StorageError) throw error;
    // A message that makes us fail is met again by whoever fetches the rest, and kept apart there.
    console.error("look-up:", error instanceof Error ? error.message : error);
    return false;
  }
  bus.touch(["mail", "people", "status"]);
  return true;
}

async function settle(
  { store, bus }: AccountContext,
  { id }: LookUp,
  answer: NonNullable<LookUp["answer"]>,
): Promise<void> {
  await store.write(["meta"], async (tx) => {
    const lookUps = (await readMeta(tx, "lookUps")) ?? [];
    putMeta(
      tx,
      "lookUps",
      lookUps.map((lookUp) => (lookUp.id === id ? { ...lookUp, answer } : lookUp)),
    );
  });
  bus.touch(["lookups"]);
}
