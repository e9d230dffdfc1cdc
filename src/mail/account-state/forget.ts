/**
 * What may be forgotten, when there is more than the account holds: words of messages from before the archive began,
 * of which nothing was said for a year. Nobody can fetch such a message any more; a device that has it keeps its words.
 * One device says so in a register, and every device leaves those words out when it folds; a later mark wins.
 */
import { msOf } from "../clock.ts";
import { saidIn } from "../state.ts";
import type { MessageEntry, RegisterSaid } from "./batch.ts";

/** The register. */
export const FORGET_BEFORE = "mark/forget-before";

/** More items than this are too many; where the server keeps few, more than this share of them. */
const CROWDED_ITEMS = 180;
const CROWDED_SHARE = 0.7;
const DAY_MS = 86_400_000;
const UNSAID_MS = 365 * DAY_MS;
/** A server's clock and a device's agree on a message's day to this much. Days */
const NEAR = 1;
/** A mark is moved by less no more: each time buckets are written anew. Days */
const SELDOM = 30;

/** day: messages before it, days since the epoch. saidAt: of which nothing was said since, epoch ms. */
export type ForgetMark = { day: number; saidAt: number };

/** `maxItems`: how many the server keeps, where it says so. */
export function isCrowded(items: number, maxItems = Number.POSITIVE_INFINITY): boolean {
  return items > Math.min(CROWDED_ITEMS, Math.ceil(CROWDED_SHARE * maxItems));
}

/**
 * The mark to set, or undefined where the one that stands is good enough, or nothing may be forgotten. `archiveFrom`: day
 * of the oldest message of the archive, undefined while that is not known. `now`: by the server's clock, epoch ms.
 */
export function forgetMark(
  archiveFrom: number | undefined,
  now: number,
  standing?: ForgetMark,
): ForgetMark | undefined {
  if (archiveFrom === undefined) return undefined;
  const mark = { day: archiveFrom - NEAR, saidAt: now - UNSAID_MS };
  if (standing === undefined) return mark;
  const isNear =
    Math.abs(mark.day - standing.day) < SELDOM &&
    Math.abs(mark.saidAt - standing.saidAt) < SELDOM * DAY_MS;
  return isNear ? undefined : mark;
}

/**
 * The mark that stands in the registers; undefined where there is none, it is of another version, or would have words of
 * the last year forgotten, which nobody may say. `today`: days since the epoch.
 */
export function parseForgetMark(
  said: (register: string) => RegisterSaid | undefined,
  today: number,
): ForgetMark | undefined {
  const value = said(FORGET_BEFORE)?.[0];
  if (typeof value !== "object" || value === null) return undefined;
  const { day, saidAt } = value as { day?: unknown; saidAt?: unknown };
  if (typeof day !== "number" || typeof saidAt !== "number") return undefined;
  if (saidAt > (today + 1 + NEAR) * DAY_MS - UNSAID_MS) return undefined;
  return { day, saidAt };
}

/** Whether an entry is left out of folds, and counts as said. */
export function isForgotten(
  { day, said }: Pick<MessageEntry, "day" | "said">,
  mark: ForgetMark | undefined,
): boolean {
  if (mark === undefined || day >= mark.day) return false;
  return saidIn(said).every(([, [, stamp]]) => msOf(stamp) < mark.saidAt);
}
