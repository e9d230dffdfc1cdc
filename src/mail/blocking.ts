/** Whom a person does not want to hear from: what their server holds, and what it is still to be told. */
import { domainOf, type Jid } from "./address.ts";

/** What the server's list holds: a person, one of their devices, or a whole domain (XEP-0191 section 3.6). */
export type BlockEntry = string;

/** Wanted, and not yet known to be so. */
export type BlockIntent = {
  entry: BlockEntry;
  blocks: boolean;
  /** To be told as spam, with these messages (ids in my archive). */
  report?: { archiveIds: string[] };
  /** The server said no: its condition. Tried again only when it is asked for again. */
  problem?: string;
};

/** blocking, unblocking: the server does not have it yet. */
export type BlockState = "blocked" | "blocking" | "unblocking" | "refused";

export type BlockStanding = { entry: BlockEntry; state: BlockState; problem?: string };

/** Kept when the server cannot block at all. */
export const NOT_OFFERED = "not-offered";

/** Every entry, with what is still to happen to it. */
export function blockStandings(
  entries: readonly BlockEntry[],
  intents: readonly BlockIntent[],
  isOffered: boolean,
): BlockStanding[] {
  const all = new Map<BlockEntry, BlockStanding>(
    entries.map((entry) => [entry, { entry, state: "blocked" }]),
  );
  for (const { entry, blocks, problem } of intents) {
    const refusal = problem ?? (isOffered ? undefined : NOT_OFFERED);
    if (refusal !== undefined) all.set(entry, { entry, state: "refused", problem: refusal });
    else if (blocks !== all.has(entry))
      all.set(entry, { entry, state: blocks ? "blocking" : "unblocking" });
  }
  return [...all.values()];
}

/** What holds for a person: their own entry, or the one of their domain. */
export function standingOf(
  jid: Jid,
  standings: readonly BlockStanding[],
): BlockStanding | undefined {
  return (
    standings.find(({ entry }) => entry === jid) ??
    standings.find(({ entry }) => entry === domainOf(jid))
  );
}

/** The newest wish for an entry counts. */
export function withIntent(intents: readonly BlockIntent[], intent: BlockIntent): BlockIntent[] {
  return [...intents.filter(({ entry }) => entry !== intent.entry), intent];
}

/** `changed` undefined: everything is unblocked (XEP-0191 section 3.5). */
export function withBlocked(
  entries: readonly BlockEntry[],
  blocks: boolean,
  changed: readonly BlockEntry[] | undefined,
): BlockEntry[] {
  if (changed === undefined) return [];
  const rest = entries.filter((entry) => !changed.includes(entry));
  return blocks ? [...rest, ...changed] : rest;
}
