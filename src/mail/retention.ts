/** How long a server keeps mail, as far as it shows: told by nothing but which messages are still there. */

export type ArchiveStart = {
  state: "empty" | "starts";
  /** Time of the oldest message the archive has, epoch ms; absent while it is empty. */
  at?: number;
  checkedAt: number;
  /** What has been learnt from messages that were there once and are no longer. */
  keeps?: { atLeastMs: number; atMostMs: number };
};

/**
 * What another look at the archive's start teaches. `goneAt`: time of the newest message known to have been in the
 * archive that lies before its start now; undefined where there is none, and then nothing has expired yet. Pure.
 */
export function learnStart(
  before: ArchiveStart | undefined,
  look: { at: number | undefined; goneAt: number | undefined; now: number },
): ArchiveStart {
  const { at, goneAt, now } = look;
  const base: ArchiveStart = {
    state: at === undefined ? "empty" : "starts",
    ...(at === undefined ? {} : { at }),
    checkedAt: now,
  };
  if (goneAt === undefined)
    return before?.keeps === undefined ? base : { ...base, keeps: before.keeps };
  // The oldest that is left has lived so long; the newest that is gone did not live longer than this.
  const atLeastMs = at === undefined ? 0 : Math.max(0, now - at);
  const atMostMs = Math.max(atLeastMs, now - goneAt);
  const known = before?.keeps;
  if (known === undefined) return { ...base, keeps: { atLeastMs, atMostMs } };
  const narrowed = {
    atLeastMs: Math.max(known.atLeastMs, atLeastMs),
    atMostMs: Math.min(known.atMostMs, atMostMs),
  };
  // The bounds cross when the server's rule was changed: the newer look counts.
  return {
    ...base,
    keeps: narrowed.atLeastMs > narrowed.atMostMs ? { atLeastMs, atMostMs } : narrowed,
  };
}

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
/** What people set: a round figure between the bounds is likelier than any other. */
const USUAL = [
  HOUR,
  DAY,
  2 * DAY,
  3 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  31 * DAY,
  60 * DAY,
  90 * DAY,
  180 * DAY,
  365 * DAY,
  730 * DAY,
];
/** Servers clear their archives once a day or so: a message may outlive its time by as much. */
const SLACK_MS = 1.5 * DAY;

/** About how long a server keeps mail, in ms; `isAbout` false: less than this, and nothing nearer is known. */
export function likelyRetention({ atLeastMs, atMostMs }: NonNullable<ArchiveStart["keeps"]>): {
  ms: number;
  isAbout: boolean;
} {
  if (atMostMs > 2 * atLeastMs) return { ms: atMostMs, isAbout: false };
  const slack = Math.min(SLACK_MS, atLeastMs / 4);
  const usual = USUAL.find((ms) => ms <= atMostMs && ms >= atLeastMs - slack);
  return { ms: usual ?? atLeastMs, isAbout: true };
}
