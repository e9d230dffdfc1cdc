import { expect, test } from "vitest";
import { dateOf, fullTime, shortTime, soonTime } from "../../src/ui/time.ts";
import { whenOf } from "../../src/ui/words/storage.ts";

const now = new Date(2026, 10, 23, 18, 0).getTime();
const ago = (hours: number): string => shortTime(now - hours * 3_600_000, now, "en-GB");

test("today the clock, yesterday by name, this week the day, this year the date, else the year", () => {
  expect(ago(1)).toBe("17:00");
  expect(ago(17)).toBe("01:00");
  expect(ago(20)).toBe("Yest.");
  expect(ago(3 * 24)).toBe("Fri");
  expect(ago(40 * 24)).toBe("14 Oct");
  expect(ago(400 * 24)).toBe("19 Oct 2025");
});

test("what is to come: the clock today, the day this week, the date later", () => {
  const soon = (month: number, day: number, year = 2026): string =>
    soonTime(new Date(year, month, day, 9, 5).getTime(), now, "en-GB");
  expect(soonTime(now + 3_600_000, now, "en-GB")).toBe("19:00");
  expect(soon(10, 27)).toBe("Fri 09:05");
  expect(soon(11, 12)).toBe("12 Dec 09:05");
  expect(soon(4, 12, 2027)).toBe("12 May 2027 09:05");
});

test("one clock in every language, in lists, in what is said whole and in what is to come", () => {
  const at = new Date(2026, 10, 27, 21, 5).getTime();
  for (const locale of ["en-US", "en-GB", "de-DE"]) {
    expect(shortTime(at, at, locale)).toBe("21:05");
    expect(soonTime(at, at, locale)).toBe("21:05");
    expect(fullTime(at, locale)).toContain("21:05");
    expect(fullTime(new Date(2026, 10, 27, 0, 5).getTime(), locale)).toContain("00:05");
  }
});

test("a time that no date can hold is the nearest one that can, and nothing is thrown", () => {
  for (const at of [1e300, -1e300, Number.MAX_VALUE, 8.64e15, -8.64e15, 8.64e15 + 1]) {
    for (const text of [shortTime(at, now), shortTime(now, at), soonTime(at, now), fullTime(at)])
      expect(text).toMatch(/\d/);
    expect(whenOf(at)).toMatch(/\d/);
    expect(dateOf(at).toISOString()).toMatch(/\d/);
  }
});
