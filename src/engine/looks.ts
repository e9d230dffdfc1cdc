/** Looks at what a server may take away without a word. */

/** At least so long between two looks where nobody comes back, up to twice as long: devices do not ask all at once. ms */
const LOOK_MS = 5 * 60_000;

/** Looks now and then until the signal, and whenever the function it gives is called; never twice at once. */
export function lookNowAndThen(look: () => Promise<void>, signal: AbortSignal): () => void {
  let isLooking = false;
  const again = (): void => {
    if (isLooking) return;
    isLooking = true;
    void look().then(() => {
      isLooking = false;
    });
  };
  const timer = setInterval(again, LOOK_MS * (1 + Math.random()));
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return again;
}
