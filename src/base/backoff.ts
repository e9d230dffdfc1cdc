/**
 * How long to wait before try number `attempt` (0 first), in ms: doubling, with full jitter, so that the people of a
 * server that comes back do not all come at once; capped at a minute, and never nothing.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(60_000, 2000 * 2 ** Math.min(attempt, 6));
  return Math.max(500, Math.round(random() * ceiling));
}
