/**
 * Which tab talks to the server: the one that holds a Web Lock. A hidden holder lets go when a visible tab waits; a
 * visible tab that hears nothing for 5 s steals; a robbed holder stops at once. Everything the holder does is
 * idempotent, so the moment of overlap is harmless.
 */
import type { Bus } from "./bus.ts";

const STEAL_AFTER_MS = 5000;

export interface Holder {
  setVisible(visible: boolean): void;
  /** Lets go for good. */
  stop(): Promise<void>;
}

/** Runs `hold` whenever this tab has the lock; its signal ends when the lock is to be given up or was stolen. */
export function createHolder(
  name: string,
  bus: Bus,
  hold: (signal: AbortSignal) => Promise<void>,
  visibleAtFirst: boolean,
): Holder {
  let visible = visibleAtFirst;
  let stopped = false;
  let holding: AbortController | undefined;
  let waiting: AbortController | undefined;
  let stealTimer: ReturnType<typeof setTimeout> | undefined;
  let finished: Promise<void> = Promise.resolve();

  const stopCalls = bus.onCall((call) => {
    if (call === "wanted" && holding !== undefined) {
      if (visible) bus.call("held");
      else yieldLock();
    }
    if (call === "held") clearTimeout(stealTimer);
  });

  function yieldLock(): void {
    holding?.abort(new Error("given up to another tab"));
  }

  async function run(): Promise<void> {
    while (!stopped) {
      waiting = new AbortController();
      askFor();
      await request({ signal: waiting.signal });
    }
  }

  async function request(options: LockOptions): Promise<void> {
    const mine = new AbortController();
    try {
      await navigator.locks.request(name, options, async () => {
        clearTimeout(stealTimer);
        if (stopped) return;
        holding = mine;
        await hold(mine.signal);
      });
    } catch (error) {
      // Stolen, or we stopped waiting: both end here as AbortError.
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    } finally {
      mine.abort(new Error("no longer the holder"));
      if (holding === mine) holding = undefined;
    }
  }

  /** A visible tab says that it waits, and takes what nobody answers for. */
  function askFor(): void {
    clearTimeout(stealTimer);
    if (!visible || holding !== undefined) return;
    bus.call("wanted");
    stealTimer = setTimeout(() => {
      if (stopped || holding !== undefined || !visible) return;
      waiting?.abort();
      void request({ steal: true });
    }, STEAL_AFTER_MS);
  }

  finished = run();
  return {
    setVisible(now) {
      visible = now;
      if (visible) askFor();
    },
    async stop() {
      stopped = true;
      clearTimeout(stealTimer);
      stopCalls();
      waiting?.abort();
      holding?.abort(new Error("signed out"));
      await finished;
    },
  };
}
