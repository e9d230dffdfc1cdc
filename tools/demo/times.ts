/** When the demo's people write: as long ago as the script says, but not while they sleep. */

const WAKING_HOUR = 7;
const BED_HOUR = 23;
const HOUR_MS = 3_600_000;

/**
 * The time, epoch ms, of something that happened `agoMs` before `now`. A day of 24 hours is squeezed into its waking
 * ones, so what came first stays first. The last hour before now is as it was.
 */
export function writtenAt(agoMs: number, now: number): number {
  const at = now - agoMs;
  const from = startOfDay(at);
  const isToday = from === startOfDay(now);
  const end = isToday ? now - HOUR_MS : startOfDay(from + 36 * HOUR_MS);
  const wake = from + WAKING_HOUR * HOUR_MS;
  const bed = Math.min(from + BED_HOUR * HOUR_MS, end);
  // Who starts the demo before eight in the morning has people who write at night.
  if (at >= end || bed <= wake) return at;
  return Math.round(wake + ((at - from) / (end - from)) * (bed - wake));
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
