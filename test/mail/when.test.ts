import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseWhen, presetsAt } from "../../src/mail/when.ts";

/** Wednesday, 25 November 2026, 14:20, wherever the test runs. */
const now = new Date(2026, 10, 25, 14, 20).getTime();
const local = (at: number | undefined): string | undefined => {
  if (at === undefined) return undefined;
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
};

describe("understood", () => {
  test.each([
    ["fri 9", "2026-11-27 09:00"],
    ["Friday, 9:30", "2026-11-27 09:30"],
    ["fri 9pm", "2026-11-27 21:00"],
    ["9 fri", "2026-11-27 09:00"],
    ["wed", "2026-12-02 08:00"],
    ["next fri", "2026-12-04 08:00"],
    ["next mon", "2026-11-30 08:00"],
    ["tues at noon", "2026-12-01 12:00"],
    ["in 3 days", "2026-11-28 08:00"],
    ["in three days at 17", "2026-11-28 17:00"],
    ["in 2 hours", "2026-11-25 16:20"],
    ["2h", "2026-11-25 16:20"],
    ["45 min", "2026-11-25 15:05"],
    ["in a week", "2026-12-02 08:00"],
    ["in 2 weeks", "2026-12-09 08:00"],
    ["3 months", "2027-02-25 08:00"],
    ["today 17", "2026-11-25 17:00"],
    ["tonight", "2026-11-25 20:00"],
    ["tonight 9pm", "2026-11-25 21:00"],
    ["tomorrow", "2026-11-26 08:00"],
    ["tomorrow 8pm", "2026-11-26 20:00"],
    ["tomorrow 8 p.m.", "2026-11-26 20:00"],
    ["tomorrow evening", "2026-11-26 18:00"],
    ["tomorrow in the morning", "2026-11-26 08:00"],
    ["this weekend", "2026-11-28 08:00"],
    ["next week", "2026-11-30 08:00"],
    ["next month", "2026-12-01 08:00"],
    ["12 May", "2027-05-12 08:00"],
    ["May 12th, 2028 at 10:15", "2028-05-12 10:15"],
    ["12. Dec 9", "2026-12-12 09:00"],
    ["5.1.", "2027-01-05 08:00"],
    ["5/1/2027 9am", "2027-01-05 09:00"],
    ["2027-01-05 14:30", "2027-01-05 14:30"],
    ["2027-01-05T14:30", "2027-01-05 14:30"],
    ["12/24", "2026-12-24 08:00"],
    ["the day after tomorrow", "2026-11-27 08:00"],
    ["day after tomorrow 9pm", "2026-11-27 21:00"],
    ["in half an hour", "2026-11-25 14:50"],
    ["29 feb 2028", "2028-02-29 08:00"],
    ["16:00", "2026-11-25 16:00"],
    ["9", "2026-11-26 09:00"],
    ["9:30", "2026-11-26 09:30"],
    ["midnight", "2026-11-26 00:00"],
    ["12am", "2026-11-26 00:00"],
    ["noon", "2026-11-26 12:00"],
  ])("%s", (text, expected) => {
    expect(local(parseWhen(text, now))).toBe(expected);
  });
});

test.each([
  "",
  "soon",
  "fri 25",
  "fri 9 9",
  "31 feb",
  "2026-11-25 14:00",
  "2020-01-05",
  "today 9",
  "13pm",
  "9:75",
  "in 0 days",
  "fri sat",
  "9999 years",
  "tomorrow maybe",
  "; drop table",
])("not understood, or over: %s", (text) => {
  expect(parseWhen(text, now)).toBeUndefined();
});

test("whatever is typed, it is a later time or none", () => {
  const word = fc.constantFrom(
    ..."fri mon next in 3 days 9 9pm 12 may 2027-01-05 tomorrow at : a week . 5/1 noon 24 0".split(
      " ",
    ),
  );
  const text = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.array(word).map((w) => w.join(" ")),
  );
  fc.assert(
    fc.property(text, (typed) => {
      const at = parseWhen(typed, now);
      expect(at === undefined || (Number.isInteger(at) && at > now)).toBe(true);
    }),
  );
});

test("the presets lie ahead at any time of any day", () => {
  expect(presetsAt(now).map(({ id, at }) => `${id} ${local(at)}`)).toEqual([
    "later 2026-11-25 18:00",
    "tomorrow 2026-11-26 08:00",
    "weekend 2026-11-28 08:00",
    "next-week 2026-11-30 08:00",
  ]);
  fc.assert(
    fc.property(
      fc.date({ min: new Date(2026, 0), max: new Date(2030, 0), noInvalidDate: true }),
      (date) => {
        const at = date.getTime();
        expect(presetsAt(at).every((preset) => preset.at > at)).toBe(true);
      },
    ),
  );
});
