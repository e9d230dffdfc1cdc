/** Times as a list and a message show them, in the reader's own zone and language. */

const DAY_MS = 24 * 3600 * 1000;
/** One clock everywhere, whatever the language's habit: columns of times stay as wide as they are. */
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** What a Date holds, ms to both sides of the epoch. */
const MOST_MS = 8.64e15;

/** What somebody's program dated may be any number: one that no Date can hold is the nearest that it can. */
export function dateOf(at: number): Date {
  return new Date(Math.max(-MOST_MS, Math.min(MOST_MS, at)));
}

/** "14:05" today, "Yest.", "Mon" this week, "Oct 30" this year, "30/10/2024" before. */
export function shortTime(at: number, now: number, locale?: string): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
  const format = (options: Intl.DateTimeFormatOptions): string =>
    formatter(options, locale).format(dateOf(at));
  if (days <= 0) return format(CLOCK);
  if (days === 1) return "Yest.";
  if (days < 7) return format({ weekday: "short" });
  if (dateOf(at).getFullYear() === dateOf(now).getFullYear())
    return format({ month: "short", day: "numeric" });
  return format({ year: "numeric", month: "short", day: "numeric" });
}

/** A time to come: "18:00" today, "Fri 09:00" within a week, "12 May 09:00", with the year where it is another. */
export function soonTime(at: number, now: number, locale?: string): string {
  const date = dateOf(at);
  const time = formatter(CLOCK, locale).format(dateOf(at));
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY_MS);
  if (days === 0) return time;
  const isNear = days > 0 && days < 7;
  const year = date.getFullYear() === dateOf(now).getFullYear() ? {} : { year: "numeric" as const };
  const options: Intl.DateTimeFormatOptions = isNear
    ? { weekday: "short" }
    : { day: "numeric", month: "short", ...year };
  return `${formatter(options, locale).format(dateOf(at))} ${time}`;
}

/** "Monday, 23 November 2026 at 14:05". */
export function fullTime(at: number, locale?: string): string {
  return formatter({ dateStyle: "full", timeStyle: "short", hourCycle: "h23" }, locale).format(
    dateOf(at),
  );
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(options: Intl.DateTimeFormatOptions, locale?: string): Intl.DateTimeFormat {
  const key = `${locale ?? ""} ${JSON.stringify(options)}`;
  let known = formatters.get(key);
  if (known === undefined) {
    known = new Intl.DateTimeFormat(locale, options);
    formatters.set(key, known);
  }
  return known;
}

function startOfDay(at: number): number {
  return dateOf(at).setHours(0, 0, 0, 0);
}
