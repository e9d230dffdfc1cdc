/**
 * Hybrid logical clock: says of two changes which was later, also where the clocks of two devices differ. A stamp is
 * text that sorts in that order: epoch ms, a counter for changes of one millisecond, and the device that made it.
 * Kulkarni and others, "Logical Physical Clocks", 2014.
 */
export type Stamp = string & { readonly brand: "Stamp" };

const MS_DIGITS = 9;
const COUNT_DIGITS = 3;
const MAX_COUNT = 36 ** COUNT_DIGITS - 1;
/** In the year 5009: no clock shows it, and what is said there says "never", or is a mistake. */
const MAX_MS = 34 * 36 ** (MS_DIGITS - 1) - 1;
/** A clock that is nearer is right. ms */
export const NEAR_MS = 60_000;
const DEVICE = /^[\w.-]{0,32}$/;
const STAMP = /^[0-9a-x][0-9a-z]{11}[\w.-]{0,32}$/;

/** A stamp after `last`, and of `now` (epoch ms) where the clock says that is later. */
export function nextStamp(last: Stamp | undefined, now: number, device: string): Stamp {
  const ms = Math.min(Math.max(0, Math.floor(now)), MAX_MS);
  if (last === undefined || msOf(last) < ms) return stamp(ms, 0, device);
  const counted = countOf(last) + 1;
  if (counted <= MAX_COUNT) return stamp(msOf(last), counted, device);
  // Behind the last moment there are no stamps, and others would take nothing in that has one.
  return msOf(last) < MAX_MS ? stamp(msOf(last) + 1, 0, device) : stamp(MAX_MS, MAX_COUNT, device);
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
 * How a word came by its stamp, as long as nobody else may know of it. `own`: what its device's clock gave, in the order in
 * which things were said; `at`: what that clock showed, epoch ms; `over`: the word that it must be later than.
 */
export type Made = { stamp: Stamp; own: Stamp; at: number; over?: Stamp };

/** The same where another word for its place came that is earlier: it stays earlier. */
export function heardOf(made: Made, other: Stamp): Made {
  const isNew = other < made.stamp && (made.over === undefined || other > made.over);
  return isNew ? { ...made, over: other } : made;
}

/**
 * Words of one device made anew once its clock is put right, in the order in which they were said. `by`: ms from the clock
 * that was; `last`: what it gave before the first of them; `now`: the right time, epoch ms. None of them is of a later
 * moment, and none falls behind the one it replaced. By their `own` as it was.
 */
export function madeAnew(
  words: readonly Made[],
  { by, last, now }: { by: number; last: Stamp | undefined; now: number },
): Map<Stamp, Made> {
  // A clock that was years ahead before as well says nothing of when these were said.
  let own = last !== undefined && msOf(last) <= now ? last : undefined;
  const earliest = own === undefined ? 0 : msOf(own);
  const anew = new Map<Stamp, Made>();
  for (const word of words.toSorted((a, b) => (a.own < b.own ? -1 : 1))) {
    const at = rightTime(word.at, { by, earliest, now });
    const wasRight = at === word.at && msOf(word.own) === at;
    own = wasRight ? word.own : nextStamp(own, at, deviceOf(word.own));
    anew.set(word.own, wasRight ? word : { ...word, stamp: stampOver(own, word.over), own, at });
  }
  return anew;
}

/** The clock may have been set between two words: what it showed then can be right where what it shows now is wrong. */
function rightTime(
  at: number,
  { by, earliest, now }: { by: number; earliest: number; now: number },
): number {
  const fits = [at + by, at].find((time) => time >= earliest && time <= now + NEAR_MS);
  return fits ?? Math.max(earliest, Math.min(at + by, now));
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
