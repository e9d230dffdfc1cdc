/**
 * Carries what is said here to the account, and what the account's other devices say to here. One at a time, by
 * whoever holds the lock:
 *
 *     level (list, fetch what is new, join)  ->  publish (journal, or fold where it is much)  ->  nothing, until somebody
 *     says something here (nudge) or there (take)
 *
 * What is said is saved once it was seen in the server's copy, and pending until then. Nothing goes from the server
 * that is not known here: only items of which everything stands in a newer one.
 */
import { backoffMs, refusalMs } from "../../base/backoff.ts";
import { isAnyGone, isOfPlace, type StateCarrier } from "../../xmpp/account-state/carrier.ts";
import type { CarriedItem } from "../../xmpp/account-state/item.ts";
import type { NodeRefusal } from "../../xmpp/pep.ts";
import { ConnectionError } from "../../xmpp/connection-error.ts";
import { StanzaError } from "../../xmpp/stanza-error.ts";
import type { AccountContext } from "../context.ts";
import { lookNowAndThen } from "../looks.ts";
import { introduce, setClock } from "./device.ts";
import { takeFirstSignIn } from "./first-sign-in.ts";
import { ItemsDropped, NoRoom } from "./fold.ts";
import { setForgetMark } from "./forget.ts";
import { noteHealth, noteHeard } from "./health.ts";
import { readItems } from "./items.ts";
import { closeGaps, doubtAll, levelWithServer, listWithServer, takeItems } from "./level.ts";
import { type Echoes, publishPending } from "./publish.ts";
import { tidy } from "./tidy.ts";

export type AccountStateEvent = {
  items: readonly CarriedItem[];
  retracted: readonly string[];
  /** The node was deleted or emptied. */
  isGone: boolean;
};

export interface AccountState {
  /** Somebody said something here. */
  nudge(): void;
  /** What was said goes at once. */
  hurry(): void;
  take(event: AccountStateEvent): void;
  /** Somebody looks again: what nobody told of is asked for. */
  look(): void;
  /** Reads everything again and says again what is missing there. */
  repair(): void;
}

export type AccountStateOptions = {
  /** The carrier, its privacy checked. */
  open: () => Promise<StateCarrier | NodeRefusal>;
  /** The server's time, epoch ms; undefined where it does not tell. */
  serverNow: () => number | undefined;
  signal: AbortSignal;
  /** What is said in one breath goes out as one; how long that is, ms. */
  settleMs?: number;
  /** The database failed. */
  onError: (error: unknown) => void;
};

/** ms */
const SETTLE_MS = 1000;
/** Two devices that notice the same gap do not both mend it at once. ms */
const PATIENCE_MS = 1000;
const SPREAD_MS = 4000;
/** After a refusal. ms */
const AGAIN_MS = 15_000;
/** How long a device that has heard nothing yet waits for the list of what there is, then for all of it. ms */
const LISTED_MS = 10_000;
const HEARD_MS = 30_000;
/** A node that somebody opened or deleted is seen to at once, but not as often as a server may say so. ms */
const MEND_MS = 60_000;

export function createAccountState(
  context: AccountContext,
  options: AccountStateOptions,
): AccountState {
  const { serverNow, signal } = options;
  const echoes: Echoes = new Map();
  const publishing = { echoes, serverNow, signal };
  let carrier: StateCarrier | undefined;
  let chain: Promise<void> = Promise.resolve();
  let failures = 0;
  let refusals = 0;
  let mendsAgainAt = 0;
  let isRepairing = false;
  /** When it is begun anew: once, however many things failed. */
  let retry: ReturnType<typeof setTimeout> | undefined;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let hearing: ReturnType<typeof setTimeout> | undefined;
  const timers = new Set<ReturnType<typeof setTimeout>>();

  function later(ms: number, what: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!signal.aborted) what();
    }, ms);
    timers.add(timer);
  }
  signal.addEventListener("abort", () => {
    clearTimeout(settling);
    clearTimeout(hearing);
    clearTimeout(retry);
    for (const timer of timers) clearTimeout(timer);
  });

  /** Nothing more is waited for before the mail is called up to date. */
  function heard(): void {
    clearTimeout(hearing);
    if (!signal.aborted) noteHeard(context).catch(options.onError);
  }

  function heardWithin(ms: number): void {
    clearTimeout(hearing);
    hearing = setTimeout(heard, ms);
  }

  /** One after the other; what fails is tried again, from the beginning. */
  function queue(work: (open: StateCarrier) => Promise<void>): Promise<void> {
    chain = chain.then(async () => {
      if (signal.aborted || carrier === undefined) return;
      try {
        await work(carrier);
        failures = 0;
      } catch (error) {
        await failed(error);
      }
    });
    return chain;
  }

  /** What may send words: the clock that made them is looked at first. */
  function queueSaying(work: (open: StateCarrier) => Promise<void>): void {
    void queue(async (open) => {
      await setClock(context, serverNow());
      await work(open);
    });
  }

  async function failed(error: unknown): Promise<void> {
    if (signal.aborted) return;
    heard();
    // Mostly the stream is over, and the next one begins anew; one answer may be missing while it goes on.
    if (error instanceof ConnectionError) return again();
    if (!(error instanceof StanzaError || error instanceof ItemsDropped))
      return options.onError(error);
    if (isOfPlace(error) && performance.now() >= mendsAgainAt) {
      mendsAgainAt = performance.now() + MEND_MS;
      return begin();
    }
    const isFull = error instanceof StanzaError && error.condition === "resource-constraint";
    if (!isFull || carrier?.kind !== "private-xml") {
      if (error instanceof NoRoom) again(refusalMs(refusals++));
      else again();
      return noteHealth(context, { detail: error.message }).catch(options.onError);
    }
    // What is too large for one stanza stays so until something is forgotten, or the server takes more.
    again(refusalMs(refusals++));
    await noteHealth(context, { refused: "full", detail: error.message }).catch(options.onError);
  }

  function again(ms = AGAIN_MS + backoffMs(failures++)): void {
    retry ??= setTimeout(begin, ms);
  }

  async function refuse(refusal: NodeRefusal): Promise<void> {
    if (refusal.refused === "failed") again();
    else again(refusalMs(refusals++));
    await noteHealth(context, { carrier: "none", ...refusal });
    heard();
  }

  function begin(): void {
    clearTimeout(retry);
    retry = undefined;
    chain = chain.then(async () => {
      if (signal.aborted) return;
      carrier = undefined;
      try {
        const opened = await options.open();
        if ("refused" in opened) return await refuse(opened);
        const { kind, maxItems } = opened;
        await noteHealth(context, {
          carrier: kind,
          ...(maxItems === undefined ? {} : { maxItems }),
        });
        await setClock(context, serverNow());
        const ids = await listWithServer(context, opened);
        if (opened.wasOpen && ids.length > 0)
          await noteHealth(context, { openUntil: context.now() });
        carrier = opened;
        heardWithin(HEARD_MS);
        const { isMissing, refused } = await levelWithServer(context, opened, ids, signal);
        await takeFirstSignIn(context);
        heard();
        await introduce(context);
        const now = serverNow();
        if (now !== undefined) await setForgetMark(context, opened, now);
        // Also where what waits is not taken: they make room.
        if (isMissing) mendLater();
        tidyLater();
        await publishPending(context, opened, publishing);
        if (!isMissing && refused === undefined) refusals = 0;
        failures = 0;
        if (refused === undefined) return;
        again(refusalMs(refusals++));
        await noteHealth(context, { detail: refused.message });
      } catch (error) {
        await failed(error);
      }
    });
  }

  function mendLater(): void {
    later(PATIENCE_MS + Math.random() * SPREAD_MS, () => queueSaying(mend));
  }

  async function doubt(): Promise<void> {
    if (signal.aborted) return;
    isRepairing = true;
    await doubtAll(context);
  }

  async function mend(open: StateCarrier): Promise<void> {
    await closeGaps(context, open, signal);
    refusals = 0;
    if (!isRepairing || signal.aborted) return;
    isRepairing = false;
    await noteHealth(context, { repairedAt: context.now() });
  }

  function tidyLater(): void {
    later(PATIENCE_MS + Math.random() * SPREAD_MS, () =>
      queueSaying(async (open) => {
        await tidy(context, open, serverNow(), signal);
        await publishPending(context, open, publishing);
      }),
    );
  }

  function lookInto(): Promise<void> {
    return queue(async (open) => {
      // There, nobody tells of anything.
      const isUntold = open.kind === "private-xml";
      if (isUntold || (await isAnyGone(open, Object.keys(await readItems(context))))) begin();
    });
  }

  function sayNow(): void {
    clearTimeout(settling);
    settling = undefined;
    void queue((open) => publishPending(context, open, publishing));
  }

  heardWithin(LISTED_MS);
  begin();
  return {
    look: lookNowAndThen(lookInto, signal),
    nudge() {
      // From the first word on: while an archive comes in there is always another.
      settling ??= setTimeout(sayNow, options.settleMs ?? SETTLE_MS);
    },
    hurry: sayNow,
    take({ items, retracted, isGone }) {
      for (const { id, payload } of items) echoes.get(id)?.(payload);
      if (isGone) return begin();
      void queue(async (open) => {
        const found = await takeItems(context, open, { items, retracted });
        if (found.isMissing) mendLater();
        if (found.isUnsaid) await publishPending(context, open, publishing);
        if (open.kind === "pep" && items.length > 0) await noteHealth(context, {});
      });
    },
    repair() {
      // Whether or not the place can be had now.
      chain = chain.then(doubt).catch(options.onError);
      begin();
      queueSaying(mend);
    },
  };
}
