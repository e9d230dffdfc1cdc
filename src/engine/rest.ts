/** The wait between two tries: cut short by what makes another try worth while, but never into a storm. */
import type { Wake, Wakes } from "./wakes.ts";

/** From the start of one try to the start of the next, at least. ms */
const GAP_MS: Partial<Record<Wake, number>> = {
  person: 1000,
  credential: 0,
  online: 3000,
  visible: 3000,
  slept: 3000,
};

/**
 * Resolves when the next try is due, with what cut the wait short. `waitMs` undefined: only the person ends it.
 * `patient`: so, too, while a wait runs; trying earlier would do harm.
 */
export function rest(options: {
  waitMs: number | undefined;
  patient: boolean;
  /** When the last try began, `performance.now()`. */
  triedAt: number;
  wakes: Wakes;
  signal: AbortSignal;
  /** The next try is nearer than was said. */
  onSooner: (waitMs: number) => void;
}): Promise<Wake | undefined> {
  const { waitMs, signal } = options;
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let dueAt = Number.POSITIVE_INFINITY;
    let woken: Wake | undefined;
    const end = (): void => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener("abort", end);
      resolve(woken);
    };
    const plan = (ms: number): void => {
      dueAt = performance.now() + ms;
      clearTimeout(timer);
      timer = setTimeout(end, ms);
    };
    const stop = options.wakes.on((why) => {
      const gap = GAP_MS[why];
      if (gap === undefined || (options.patient && why !== "person" && why !== "credential"))
        return;
      const ms = Math.max(0, options.triedAt + gap - performance.now());
      if (performance.now() + ms >= dueAt) return;
      woken = why;
      plan(ms);
      options.onSooner(ms);
    });
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    else if (waitMs !== undefined) plan(waitMs);
  });
}
