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

/** Items of the account from which on anything is forgotten. */
const CROWDED_ITEMS = 180;
const UNSAID_MS = 365 * 86_400_000;

/** day: messages before it, days since the epoch. saidAt: of which nothing was said since, epoch ms. */
export type ForgetMark = { day: number; saidAt: number };

/**
 * The mark to set, or undefined where nothing need be or may be forgotten. `archiveFrom`: day of the oldest message of
 * the archive, undefined while that is not known. `now`: by the server's clock, epoch ms.
 */
export function forgetMark(
  items: number,
  archiveFrom: number | undefined,
  now: number,
): ForgetMark | undefined {
  if (items <= CROWDED_ITEMS || archiveFrom === undefined) return undefined;
  return { day: archiveFrom, saidAt: now - UNSAID_MS };
}

/** The mark that stands in the registers; undefined where there is none, or it is of another version. */
export function parseForgetMark(
  said: (register: string) => RegisterSaid | undefined,
): ForgetMark | undefined {
  const value = said(FORGET_BEFORE)?.[0];
  if (typeof value !== "object" || value === null) return undefined;
  const { day, saidAt } = value as { day?: unknown; saidAt?: unknown };
  if (typeof day !== "number" || typeof saidAt !== "number") return undefined;
  return { day, saidAt };
}

/** Whether an entry is left out of folds. */
export function isForgotten({ day, said }: MessageEntry, mark: ForgetMark | undefined): boolean {
  if (mark === undefined || day >= mark.day) return false;
  return saidIn(said).every(([, [, stamp]]) => msOf(stamp) < mark.saidAt);
}
