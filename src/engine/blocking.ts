/** Tells the server whom a person wants blocked, until it says that it is so; keeps its list level with the database. */
import { type BlockIntent, withBlocked } from "../mail/blocking.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { type BlockChange, fetchBlocked, sendBlock } from "../xmpp/blocking.ts";
import type { Session } from "../xmpp/session.ts";
import { StanzaError } from "../xmpp/stanza-error.ts";
import type { AccountContext } from "./context.ts";

export interface Blocking {
  /** Somebody wants something; does what is left to do. */
  nudge(): void;
}

export type BlockingOptions = {
  /** A new stream: the server's list is read, and pushes are asked for by that. */
  isNew: boolean;
  /** XEP-0377. */
  reports: boolean;
  signal: AbortSignal;
  /** The database failed, or the stream did. */
  onError: (error: unknown) => void;
};

export function createBlocking(
  context: AccountContext,
  session: Session,
  options: BlockingOptions,
): Blocking {
  let running: Promise<void> = options.isNew ? loadList(context, session) : Promise.resolve();
  running = running.catch(options.onError);
  return {
    nudge() {
      running = running.then(() => carryOut(context, session, options)).catch(options.onError);
    },
  };
}

async function loadList({ store, bus }: AccountContext, session: Session): Promise<void> {
  try {
    const entries = await fetchBlocked(session);
    await store.write(["meta"], async (tx) => putMeta(tx, "blocked", entries));
    bus.touch(["blocking"]);
  } catch (error) {
    // A server that will not tell its list keeps it all the same.
    if (!(error instanceof StanzaError)) throw error;
  }
}

/** One after the other: the last wish is the last the server hears. */
async function carryOut(
  context: AccountContext,
  session: Session,
  { reports, signal }: BlockingOptions,
): Promise<void> {
  const tried = new Set<string>();
  while (!signal.aborted) {
    const intents = await context.store.read(["meta"], (tx) => readMeta(tx, "blockIntents"));
    const next = intents?.find((i) => i.problem === undefined && !tried.has(JSON.stringify(i)));
    if (next === undefined) return;
    tried.add(JSON.stringify(next));
    try {
      await sendBlock(session, next, reports);
      await settle(context, next, undefined);
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      // "wait" is asked again by the next stream (RFC 6120 section 8.3.2).
      if (error.type !== "wait") await settle(context, next, error.condition);
    }
  }
}

/** The server's answer, good or bad; a wish that changed meanwhile is left as it is. */
async function settle(
  { store, bus }: AccountContext,
  intent: BlockIntent,
  problem: string | undefined,
): Promise<void> {
  await store.write(["meta"], async (tx) => {
    const [intents = [], entries = []] = await Promise.all([
      readMeta(tx, "blockIntents"),
      readMeta(tx, "blocked"),
    ]);
    const isThis = (other: BlockIntent): boolean =>
      JSON.stringify(other) === JSON.stringify(intent);
    const left = intents.flatMap((other) =>
      !isThis(other) ? [other] : problem === undefined ? [] : [{ ...other, problem }],
    );
    putMeta(tx, "blockIntents", left);
    if (problem === undefined)
      putMeta(tx, "blocked", withBlocked(entries, intent.blocks, [intent.entry]));
  });
  bus.touch(["blocking"]);
}

/** Another device, or this one, changed the server's list. */
export async function takeBlockChange(
  { store, bus }: AccountContext,
  { blocks, entries: changed }: BlockChange,
): Promise<void> {
  await store.write(["meta"], async (tx) => {
    const entries = (await readMeta(tx, "blocked")) ?? [];
    putMeta(tx, "blocked", withBlocked(entries, blocks, changed));
  });
  bus.touch(["blocking"]);
}
