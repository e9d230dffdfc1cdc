/**
 * A time in the future as people type it: "fri 9", "in 3 days", "tomorrow 8pm", "12 May", "2027-01-05 14:30". Read in
 * the reader's own zone; whatever part of it is not understood, none of it is.
 */

/** A day without a time of day means this hour. */
const MORNING = 8;
const HOURS: Readonly<Record<string, number>> = {
  morning: MORNING,
  noon: 12,
  midday: 12,
  lunchtime: 12,
  afternoon: 14,
  evening: 18,
  night: 20,
  midnight: 24,
};
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
/** Nobody sleeps longer. Years */
const MAX_YEARS = 50;

type Day = { year: number; month: number; day: number };
/** What was read so far, and what is left of the words. */
type Reading = {
  words: readonly string[];
  day?: Day;
  minutes?: number;
  /** Where no hour is said. */
  usual?: number;
  at?: number;
};

/** Epoch ms, always later than `now`; undefined where it is no time, or one that has passed. */
export function parseWhen(text: string, now: number): number | undefined {
  let reading: Reading = { words: wordsOf(text) };
  if (reading.words.length === 0 || reading.words.length > 8) return undefined;
  while (reading.words.length > 0) {
    const next: Reading | undefined = span(reading, now) ?? day(reading, now) ?? timeOfDay(reading);
    if (next === undefined) return undefined;
    reading = next;
  }
  const at = momentOf(reading, now);
  const isSane = at !== undefined && at > now && at < onDay(now, { years: MAX_YEARS });
  return isSane ? at : undefined;
}

/** "Fri, 9:00!" and "8 p.m." in small letters, without what stands between. */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .normalize("NFKC")
    .replaceAll(/\b([ap])\.?\s?m\b\.?/g, "$1m")
    .replaceAll(/(\d)\s+([ap]m)\b/g, "$1$2")
    .replaceAll(/(\d)t(\d)/g, "$1 $2")
    .replaceAll(/\bday after tomorrow\b/g, "2 days")
    .replaceAll(/\bhalf an hour\b/g, "30 minutes")
    .replaceAll(/[,;!]|\b(at|on|the|until|till|of|um)\b/g, " ")
    .split(/\s+/)
    .filter((word) => word !== "" && word !== ".");
}

/** "in 3 days", "2h", "a week". */
function span({ words, ...read }: Reading, now: number): Reading | undefined {
  if (read.day !== undefined || read.at !== undefined || read.minutes !== undefined)
    return undefined;
  const rest = words[0] === "in" ? words.slice(1) : words;
  const [, together, unitOf] = /^(\d{1,4})([a-z]+)$/.exec(rest[0] ?? "") ?? [];
  const many = together === undefined ? numberOf(rest[0]) : Number(together);
  const unit = unitIn(unitOf ?? rest[1]);
  if (many === undefined || many === 0 || unit === undefined) return undefined;
  const left = rest.slice(together === undefined ? 2 : 1);
  if (unit === "minute") return { words: left, at: now + many * 60_000 };
  if (unit === "hour") return { words: left, at: now + many * 3_600_000 };
  return { words: left, day: dayOf(onDay(now, { [`${unit}s`]: many })) };
}

function numberOf(word: string | undefined): number | undefined {
  if (word === "a" || word === "an") return 1;
  const named = NUMBERS.indexOf(word ?? "");
  if (named > 0) return named;
  return /^\d{1,4}$/.test(word ?? "") ? Number(word) : undefined;
}

function unitIn(
  word: string | undefined,
): "minute" | "hour" | "day" | "week" | "month" | "year" | undefined {
  if (/^(m|min|mins|minutes?)$/.test(word ?? "")) return "minute";
  if (/^(h|hrs?|hours?)$/.test(word ?? "")) return "hour";
  if (/^(d|days?)$/.test(word ?? "")) return "day";
  if (/^(w|wks?|weeks?)$/.test(word ?? "")) return "week";
  if (/^(mo|months?)$/.test(word ?? "")) return "month";
  return /^(y|yrs?|years?)$/.test(word ?? "") ? "year" : undefined;
}

function day(reading: Reading, now: number): Reading | undefined {
  if (reading.day !== undefined || reading.at !== undefined) return undefined;
  const { words } = reading;
  const [first = "", second = ""] = words;
  const found = (found: Day, used: number): Reading => ({
    ...reading,
    day: found,
    words: words.slice(used),
  });
  if (first === "today" || first === "tonight") {
    const evening = first === "tonight" ? { usual: 20 * 60 } : {};
    return { ...found(dayOf(now), 1), ...evening };
  }
  if (/^(tomorrow|tmrw?|tom)$/.test(first)) return found(dayOf(onDay(now, { days: 1 })), 1);
  if (first === "next" && unitIn(second) !== undefined) return nextUnit(reading, now);
  if (/^(this|next)$/.test(first) && second === "weekend") return found(weekday(6, now), 2);
  if (first === "weekend") return found(weekday(6, now), 1);
  const named = weekdayIn(/^(this|next|coming)$/.test(first) ? second : first);
  if (named !== undefined) {
    // On a Wednesday "next fri" is the one of next week, "fri" that of this.
    const soon = weekday(named, now);
    const skips = first === "next" && isThisWeek(soon, now);
    const meant = skips ? dayOf(onDay(startOf(soon), { days: 7 })) : soon;
    return found(meant, named === weekdayIn(first) ? 1 : 2);
  }
  return dateWith(reading, now);
}

/** "next week" is its Monday, "next month" and "next year" their first day. */
function nextUnit(reading: Reading, now: number): Reading | undefined {
  const words = reading.words.slice(2);
  const { year, month } = dayOf(now);
  switch (unitIn(reading.words[1])) {
    case "day":
      return { ...reading, words, day: dayOf(onDay(now, { days: 1 })) };
    case "week":
      return { ...reading, words, day: weekday(1, now) };
    case "month":
      return { ...reading, words, day: dayOf(new Date(year, month + 1, 1).getTime()) };
    case "year":
      return { ...reading, words, day: { year: year + 1, month: 0, day: 1 } };
    default:
      return undefined;
  }
}

/** "2027-01-05", "5.1.2027", "5/1", "12/24", "12 May", "May 12th 2027". */
function dateWith(reading: Reading, now: number): Reading | undefined {
  const { words } = reading;
  const [first = "", second = "", third = ""] = words;
  const made = (used: number, day: number, month: number, year?: string): Reading | undefined => {
    const date = dateOf(day, month, year === undefined ? undefined : fullYear(year), now);
    return date === undefined ? undefined : { ...reading, words: words.slice(used), day: date };
  };
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(first);
  if (iso !== null) return made(1, Number(iso[3]), Number(iso[2]) - 1, iso[1]);
  const dotted = /^(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2})?)?$/.exec(first);
  if (dotted !== null) {
    const [day, month] = [Number(dotted[1]), Number(dotted[2])];
    // There is no 24th month: "12/24" is how Americans write it.
    const isMonthFirst = month > 12 && first.includes("/");
    return made(1, isMonthFirst ? month : day, (isMonthFirst ? day : month) - 1, dotted[3]);
  }
  const isMonthFirst = monthIn(first) !== undefined;
  const month = monthIn(isMonthFirst ? first : second);
  const number = /^(\d{1,2})(?:st|nd|rd|th|\.)?$/.exec(isMonthFirst ? second : first)?.[1];
  if (month === undefined || number === undefined) return undefined;
  const hasYear = /^\d{4}$/.test(third);
  return made(hasYear ? 3 : 2, Number(number), month, hasYear ? third : undefined);
}

const fullYear = (text: string): number => (text.length === 2 ? 2000 : 0) + Number(text);

/** Without a year the next one there is; a day no month has is none. */
function dateOf(
  day: number,
  month: number,
  year: number | undefined,
  now: number,
): Day | undefined {
  const today = dayOf(now);
  const isPast = month < today.month || (month === today.month && day < today.day);
  const meant = year ?? today.year + (isPast ? 1 : 0);
  const date = new Date(meant, month, day);
  if (date.getMonth() !== month || date.getDate() !== day) return undefined;
  return { year: meant, month, day };
}

/** "9", "9:30", "9.30", "14:30", "8pm", "17h", "noon". */
function timeOfDay(reading: Reading): Reading | undefined {
  const [first = "", ...words] = reading.words;
  if (reading.minutes !== undefined || reading.at !== undefined) return undefined;
  const named = first === "in" ? HOURS[words[0] ?? ""] : HOURS[first];
  if (named !== undefined)
    return { ...reading, minutes: named * 60, words: first === "in" ? words.slice(1) : words };
  const [, hour, minute = "0", half] = /^(\d{1,2})(?:[:.h](\d{2}))?(am|pm|h)?$/.exec(first) ?? [];
  if (hour === undefined || Number(minute) > 59) return undefined;
  const hours = hourOf(Number(hour), half);
  return hours === undefined
    ? undefined
    : { ...reading, minutes: hours * 60 + Number(minute), words };
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === "am" || half === "pm")
    return hour < 1 || hour > 12 ? undefined : (hour % 12) + (half === "pm" ? 12 : 0);
  return hour > 24 ? undefined : hour;
}

function momentOf(
  { day, minutes, usual = MORNING * 60, at }: Reading,
  now: number,
): number | undefined {
  if (at !== undefined) return at;
  const moment = clock(day ?? dayOf(now), minutes ?? usual);
  if (moment > now) return moment;
  // An hour alone that has passed is tomorrow's.
  return day === undefined ? clock(dayOf(onDay(now, { days: 1 })), minutes ?? usual) : undefined;
}

function clock({ year, month, day }: Day, minutes: number): number {
  return new Date(year, month, day, 0, minutes).getTime();
}

function weekdayIn(word: string): number | undefined {
  const at = WEEKDAYS.findIndex((name) => word.length >= 2 && name.startsWith(word));
  const isShort = /^(tues|thur|thurs|weds)$/.test(word);
  if (at >= 0 && (word.length >= 3 || /^(su|mo|tu|we|th|fr|sa)$/.test(word))) return at;
  return isShort ? WEEKDAYS.findIndex((name) => name.startsWith(word.slice(0, 3))) : undefined;
}

function monthIn(word: string): number | undefined {
  const name = word.replace(/\.$/, "");
  const at = name.length < 3 ? -1 : MONTHS.findIndex((month) => month.startsWith(name));
  if (name === "sept") return 8;
  return at < 0 ? undefined : at;
}

/** The next day of that name, never today. */
function weekday(named: number, now: number): Day {
  const ahead = (named - new Date(now).getDay() + 7) % 7;
  return dayOf(onDay(now, { days: ahead === 0 ? 7 : ahead }));
}

/** Before next Monday. */
function isThisWeek(day: Day, now: number): boolean {
  const untilMonday = (8 - new Date(now).getDay()) % 7 || 7;
  return startOf(day) < startOf(dayOf(onDay(now, { days: untilMonday })));
}

function dayOf(at: number): Day {
  const date = new Date(at);
  return { year: date.getFullYear(), month: date.getMonth(), day: date.getDate() };
}

const startOf = ({ year, month, day }: Day): number => new Date(year, month, day).getTime();

/** The same time of day so much later; of a month that is too short, its last day. */
function onDay(
  now: number,
  by: { days?: number; weeks?: number; months?: number; years?: number },
): number {
  const date = new Date(now);
  const day = date.getDate();
  const months = (by.months ?? 0) + (by.years ?? 0) * 12;
  date.setDate(1);
  date.setMonth(date.getMonth() + months);
  const last = new Date(date.getFullYear(), date.getMonth() + 1, 0).getDate();
  date.setDate(Math.min(day, last) + (by.days ?? 0) + (by.weeks ?? 0) * 7);
  return date.getTime();
}

export type Preset = { id: "later" | "tomorrow" | "weekend" | "next-week"; at: number };

/** The usual times to be reminded at. */
export function presetsAt(now: number): Preset[] {
  const tomorrow = dayOf(onDay(now, { days: 1 }));
  return [
    { id: "later", at: laterToday(now) },
    { id: "tomorrow", at: clock(tomorrow, MORNING * 60) },
    { id: "weekend", at: clock(weekday(6, now), MORNING * 60) },
    { id: "next-week", at: clock(weekday(1, now), MORNING * 60) },
  ];
}

/** Three hours on at the full hour; in the evening sooner, and at its end whatever of the day is left. */
function laterToday(now: number): number {
  for (const hours of [3, 2, 1]) {
    const at = new Date(now + hours * 3_600_000);
    at.setMinutes(at.getMinutes() > 0 ? 60 : 0, 0, 0);
    if (at.getDate() === new Date(now).getDate()) return at.getTime();
  }
  const midnight = clock(dayOf(now), 23 * 60 + 59);
  return midnight - now > 30 * 60_000 ? midnight : now + 30 * 60_000;
}
