/**
 * How long to wait before try number `attempt` (0 first), in ms: doubling, with full jitter, so that the people of a
 * server that comes back do not all come at once; capped at a minute, and never nothing.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(60_000, 2000 * 2 ** Math.min(attempt, 6));
  return Math.max(500, Math.round(random() * ceiling));
}

const REFUSED_MS = 60_000;
const REFUSED_MOST_MS = 3600_000;

/**
 * How long to wait before a server is asked for the time number `attempt` (0 first) again for what it does not have or
 * would show to others, in ms: a minute, twice as long each time, an hour at most, and up to a quarter more. It may get
 * it, or close it.
 */
export function refusalMs(attempt: number, random: () => number = Math.random): number {
  return Math.min(REFUSED_MOST_MS, REFUSED_MS * 2 ** attempt) * (1 + random() / 4);
}
