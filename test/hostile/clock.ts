/** Time as the server sees it: the computer's own, or one that a simulator moves. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Runs later; the returned function cancels. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    // A server that waits for a silent client must not keep a finished test alive.
    timer.unref?.();
    return () => clearTimeout(timer);
  },
};
