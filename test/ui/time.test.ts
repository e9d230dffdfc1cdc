import { expect, test } from "vitest";
import { shortTime } from "../../src/ui/time.ts";

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
