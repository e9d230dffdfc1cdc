/**
 * Whether the holder of the lock still lives, as seen by a tab that waits for it: asks now and then, and counts what
 * stays without answer. A tick that comes late says that this tab, or the whole machine, was asleep or busy, so it
 * counts for nothing: only a holder that is silent while we run on time is taken for dead.
 */

/** Askings without an answer before the holder counts as dead. */
const MISSES = 3;
/** Many tabs may come to the same verdict; the first of them speaks before the others act. ms */
const SPREAD_MS = 200;

export interface LockWatch {
  /** Asks every `beatMs` from now on. */
  start(beatMs: number): void;
  stop(): void;
  /** Another tab asked: its answer will do for this one too. */
  othersAsked(): void;
  /** The holder spoke. */
  heard(): void;
}

export function createLockWatch(options: { ask: () => void; onSilent: () => void }): LockWatch {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let verdict: ReturnType<typeof setTimeout> | undefined;
  let askedAt: number | undefined;
  let tickedAt = 0;
  let misses = 0;
  let beatMs = 0;

  function tick(): void {
    const now = performance.now();
    const onTime = now - tickedAt < beatMs * 1.75;
    tickedAt = now;
    timer = setTimeout(tick, beatMs);
    if (!onTime) misses = 0;
    else if (askedAt !== undefined && now - askedAt >= beatMs / 2) misses++;
    if (misses >= MISSES) {
      verdict ??= setTimeout(options.onSilent, Math.random() * SPREAD_MS);
    } else if (askedAt === undefined || now - askedAt > beatMs * 0.8) {
      askedAt = now;
      options.ask();
    }
  }

  function heard(): void {
    misses = 0;
    askedAt = undefined;
    clearTimeout(verdict);
    verdict = undefined;
  }

  return {
    start(ms) {
      clearTimeout(timer);
      heard();
      beatMs = ms;
      tickedAt = performance.now();
      tick();
    },
    stop() {
      clearTimeout(timer);
      heard();
    },
    othersAsked() {
      askedAt = performance.now();
    },
    heard,
  };
}
