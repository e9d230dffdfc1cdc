/**
 * Which tab talks to the server: the one that holds a Web Lock. The lock of a tab that closes or crashes is passed on by
 * the browser; that of a tab that is frozen or hangs is taken by force.
 *
 *      waiting --its turn--> holding --frozen, or hidden and a visible tab asks--> lets go, waits again
 *         |                     ^ |
 *         '--holder is silent---' '--robbed--> stops at once, waits again
 *
 * Everything the holder does is idempotent, so the moment of overlap is harmless; what may not be done twice (a copy
 * on its way to somebody) asks `isSurelyMine` first.
 */
import type { Bus } from "./bus.ts";
import { createLockWatch } from "./lock-watch.ts";

/** A frozen holder is out of its place in under 2 s: four beats, and the spread of lock-watch.ts. ms */
const BEAT_MS = 400;
/** Nobody looks at a hidden tab: it watches too, at leisure, and no faster than browsers let its timers run. */
const HIDDEN_BEAT_MS = 1000;
/** Letting go takes a moment (commits, acknowledgements); longer than this is as good as hanging. ms */
const LETTING_GO_MS = 2500;
/** An answer that took longer may be from before a freeze. Shorter than any tab needs to take the lock. ms */
const SURE_MS = 300;
/** After an error of the engine itself. ms */
const AFTER_ERROR_MS = 2000;

/**
 * Another tab has the lock now, or will have it before we are asked again: whatever is under way is no longer this
 * tab's business, and there is no time for a last word.
 */
export class LockTaken extends Error {
  override readonly name = "LockTaken";
}

export type Stance = "visible" | "hidden" | "frozen";

export type Tenure = {
  /** Ends when the lock is to be given up, or, with the reason LockTaken, is gone already. */
  signal: AbortSignal;
  /** This worker, as the lock knows it. */
  holder: string;
  /** False where another tab may have the lock by now: after a freeze nobody has told us yet. */
  isSurelyMine: () => Promise<boolean>;
};

export interface Holder {
  setStance(stance: Stance): void;
  /** Takes the lock from whoever has it. */
  take(): void;
  /** What this tab's turn was built on is gone: it stops, and stands in the queue again. */
  restart(): void;
  /** Lets go for good. */
  stop(): Promise<void>;
}

/** Name of the lock that says which tab talks to the account's server. */
export function engineLock(jid: string): string {
  return `envoi-engine:${jid}`;
}

/** The worker that has the lock, as Web Locks names it. */
export async function holderOf(name: string): Promise<string | undefined> {
  const { held } = await navigator.locks.query();
  return held?.find((lock) => lock.name === name)?.clientId;
}

/** Runs `hold` whenever this tab has the lock. */
export function createHolder(
  name: string,
  bus: Bus,
  hold: (tenure: Tenure) => Promise<void>,
  initial: Stance,
): Holder {
  let stance = initial;
  let stopped = false;
  let byForce = false;
  let holding: AbortController | undefined;
  let lettingGoAt: number | undefined;
  let waiting = new AbortController();
  let thaw: () => void = () => undefined;
  let drop: () => void = () => undefined;

  const watch = createLockWatch({
    ask: () => bus.call(stance === "visible" ? "wanted" : "anyone"),
    onSilent: take,
  });
  const stopCalls = bus.onCall((call) => {
    if (call === "held") watch.heard();
    if (call !== "wanted" && call !== "anyone") return;
    if (holding === undefined) return watch.othersAsked();
    if (call === "wanted" && stance === "hidden") letGo(new Error("a visible tab asked"));
    if (lettingGoAt === undefined || performance.now() - lettingGoAt < LETTING_GO_MS)
      bus.call("held");
  });

  function letGo(why: Error): void {
    lettingGoAt ??= performance.now();
    holding?.abort(why);
  }

  function take(): void {
    if (stopped || holding !== undefined) return;
    byForce = true;
    waiting.abort();
  }

  async function run(): Promise<void> {
    while (!stopped) {
      if (stance === "frozen") {
        await new Promise<void>((resolve) => (thaw = resolve));
        continue;
      }
      waiting = new AbortController();
      watch.start(stance === "visible" ? BEAT_MS : HIDDEN_BEAT_MS);
      const options: LockOptions = byForce ? { steal: true } : { signal: waiting.signal };
      byForce = false;
      await request(options);
    }
  }

  /** One turn: in the queue, then with the lock. */
  async function request(options: LockOptions): Promise<void> {
    const mine = new AbortController();
    let ended: Promise<void> = Promise.resolve();
    try {
      await navigator.locks.request(name, options, async () => {
        watch.stop();
        if (stopped || stance === "frozen") return;
        holding = mine;
        bus.call("held");
        ended = keep(mine.signal);
        // Frozen in the next moment, we could not give it back later.
        await Promise.race([ended, new Promise<void>((resolve) => (drop = resolve))]);
      });
    } catch (error) {
      // Stolen, or we stopped waiting: both end here as AbortError.
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    } finally {
      mine.abort(new LockTaken("another tab took the lock"));
      // Never two at once in one worker, but one that does not end must not keep us from waiting.
      await Promise.race([ended, pause(LETTING_GO_MS)]);
      if (holding === mine) holding = undefined;
      lettingGoAt = undefined;
    }
  }

  async function keep(signal: AbortSignal): Promise<void> {
    try {
      const holder = (await holderOf(name)) ?? "";
      await hold({ signal, holder, isSurelyMine: () => isSurely(name, holder, signal) });
    } catch (error) {
      console.error("engine:", error instanceof Error ? error.message : error);
      await pause(AFTER_ERROR_MS);
    }
  }

  const finished = run();
  return {
    setStance(now) {
      if (now === stance) return;
      stance = now;
      if (now === "frozen") {
        letGo(new LockTaken("this tab is about to be frozen"));
        drop();
        waiting.abort();
        watch.stop();
      } else {
        thaw();
        if (holding === undefined) watch.start(now === "visible" ? BEAT_MS : HIDDEN_BEAT_MS);
      }
    },
    take,
    restart: () => letGo(new Error("the database was lost")),
    async stop() {
      stopped = true;
      stopCalls();
      watch.stop();
      waiting.abort();
      thaw();
      letGo(new Error("signed out"));
      await finished;
      watch.stop();
    },
  };
}

async function isSurely(name: string, holder: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const askedAt = performance.now();
    if ((await holderOf(name)) !== holder) return false;
    if (performance.now() - askedAt < SURE_MS) return !signal.aborted;
  }
  return false;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
