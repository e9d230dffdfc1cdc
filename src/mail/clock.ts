/**
 * Hybrid logical clock: says of two changes which was later, also where the clocks of two devices differ. A stamp is
 * text that sorts in that order: epoch ms, a counter for changes of one millisecond, and the device that made it.
 * Kulkarni and others, "Logical Physical Clocks", 2014.
 */
export type Stamp = string & { readonly brand: "Stamp" };

const MS_DIGITS = 9;
const COUNT_DIGITS = 3;
const MAX_COUNT = 36 ** COUNT_DIGITS - 1;
/** So that there is always a later stamp: the year 5097. */
const MAX_MS = 35 * 36 ** (MS_DIGITS - 1) - 1;
const DEVICE = /^[\w.-]{0,32}$/;
const STAMP = /^[0-9a-y][0-9a-z]{11}[\w.-]{0,32}$/;

/** A stamp after `last`, and of `now` (epoch ms) where the clock says that is later. */
export function nextStamp(last: Stamp | undefined, now: number, device: string): Stamp {
  const ms = Math.max(0, Math.floor(now));
  if (last === undefined || msOf(last) < ms) return stamp(ms, 0, device);
  const counted = countOf(last) + 1;
  return counted > MAX_COUNT
    ? stamp(msOf(last) + 1, 0, device)
    : stamp(msOf(last), counted, device);
}

/**
 * The stamp of a word that replaces one of `replaced`: `own`, or where that is of a clock far ahead, one that follows
 * it. Nobody's own clock follows: what is said of other things keeps its time.
 */
export function stampOver(own: Stamp, replaced: Stamp | undefined): Stamp {
  return replaced === undefined || replaced < own ? own : nextStamp(replaced, 0, deviceOf(own));
}

/**
 * What a rule says of a moment: before anything a person said in it, and the same on every device. `at`: epoch ms.
 */
export function ruleStamp(at: number): Stamp {
  return stamp(Math.max(0, Math.floor(at)), 0, "");
}

/** Of the device that made it; empty for a rule's. */
export function deviceOf(text: Stamp): string {
  return text.slice(MS_DIGITS + COUNT_DIGITS);
}

/**
 * Stamps of one device whose clock was wrong, as the right one (`by` ms from it) would have made them: none later than
 * `latest` (epoch ms) unless `after` is, all later than that, and in the order they were made.
 */
export function restamped(
  stamps: readonly Stamp[],
  { by, latest, after }: { by: number; latest: number; after: Stamp | undefined },
): Map<Stamp, Stamp> {
  const next = new Map<Stamp, Stamp>();
  let last = after;
  for (const each of [...new Set(stamps)].sort()) {
    last = nextStamp(last, Math.min(msOf(each) + by, latest), deviceOf(each));
    next.set(each, last);
  }
  return next;
}

/**
 * The stamp of these parts, or undefined where there is none: ms and count are natural and fit, the device is up to 32
 * of letters, digits, ".", "_", "-", or nothing where a rule speaks.
 */
export function stampOf(ms: number, count: number, device: string): Stamp | undefined {
  const isFine = isWithin(ms, MAX_MS) && isWithin(count, MAX_COUNT) && DEVICE.test(device);
  return isFine ? stamp(ms, count, device) : undefined;
}

function isWithin(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}

/** Whether what came from elsewhere is a stamp: nothing else may be compared with one. */
export function isStamp(text: unknown): text is Stamp {
  return typeof text === "string" && STAMP.test(text);
}

/** Epoch ms. */
export function msOf(text: Stamp): number {
  return Number.parseInt(text.slice(0, MS_DIGITS), 36);
}

/** Which of the changes of its millisecond. */
export function countOf(text: Stamp): number {
  return Number.parseInt(text.slice(MS_DIGITS, MS_DIGITS + COUNT_DIGITS), 36);
}

function stamp(ms: number, count: number, device: string): Stamp {
  const digits = (value: number, length: number): string =>
    value.toString(36).padStart(length, "0");
  return `${digits(ms, MS_DIGITS)}${digits(count, COUNT_DIGITS)}${device}` as Stamp;
}
