/** Times that others tell, within the years that people, calendars and months of four and two digits know. */

const DAY_MS = 86_400_000;
/** The end of the year 9999, epoch ms. */
export const LAST_MS = Date.UTC(10_000, 0) - 1;
/** Whole days since the epoch. */
export const LAST_DAY = Math.floor(LAST_MS / DAY_MS);

/** Whether it is a time there is, epoch ms: from 1970 to the end of the year 9999. */
export function isMoment(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < LAST_MS + 1;
}

/** Whether it is a day there is, since the epoch. */
export function isDay(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LAST_DAY;
}
