/** Notices that this computer, or this tab, was asleep: a tick that comes much later than it should. */

const TICK_MS = 5000;
const LATE_MS = 10_000;

/**
 * Calls back after each sleep, until the returned function is called. Both clocks are looked at: the one that only
 * counts up stands still while some systems sleep, the other may be set by hand, which costs a needless call at most.
 */
export function watchSleep(onWake: () => void): () => void {
  let [steadyAt, wallAt] = [performance.now(), Date.now()];
  const timer = setInterval(() => {
    const [steady, wall] = [performance.now(), Date.now()];
    const gapMs = Math.max(steady - steadyAt, wall - wallAt);
    [steadyAt, wallAt] = [steady, wall];
    if (gapMs > TICK_MS + LATE_MS) onWake();
  }, TICK_MS);
  return () => clearInterval(timer);
}
