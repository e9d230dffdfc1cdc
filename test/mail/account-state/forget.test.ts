import fc from "fast-check";
import { expect, test } from "vitest";
import {
  FORGET_BEFORE,
  forgetMark,
  isCrowded,
  isForgotten,
  parseForgetMark,
} from "../../../src/mail/account-state/forget.ts";
import { type Stamp, stampOf } from "../../../src/mail/clock.ts";
import type {
  MessageEntry,
  RegisterSaid,
  RegisterValue,
} from "../../../src/mail/account-state/batch.ts";
import { messageEntries, values } from "./arbitraries.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 29);
const TODAY = NOW / DAY_MS;

function entry(day: number, ...saidDays: number[]): MessageEntry {
  const stamps = saidDays.map((at) => stampOf(at * DAY_MS, 0, "a") as Stamp);
  const [read, star = read] = stamps;
  return {
    key: "0123456789abcdef",
    day,
    said: { read: [true, read as Stamp], star: [true, star as Stamp] },
  };
}

test("there is too much above 180 items, or above seven tenths of what the server keeps", () => {
  expect(isCrowded(180, 256)).toBe(false);
  expect(isCrowded(181, 256)).toBe(true);
  expect(isCrowded(181)).toBe(true);
  expect(isCrowded(46, 64)).toBe(true);
  expect(isCrowded(45, 64)).toBe(false);
});

test("nothing is forgotten while nobody knows where the archive begins", () => {
  expect(forgetMark(undefined, NOW)).toBeUndefined();
  expect(isForgotten(entry(1, 1), undefined)).toBe(false);
});

test("a mark is moved by a month or more, also back", () => {
  const first = forgetMark(TODAY - 700, NOW);
  expect(forgetMark(TODAY - 671, NOW + 29 * DAY_MS, first)).toBeUndefined();
  expect(forgetMark(TODAY - 700, NOW + 30 * DAY_MS, first)).toBeDefined();
  expect(forgetMark(TODAY - 670, NOW, first)).toBeDefined();
  expect(forgetMark(TODAY - 700, NOW - 3650 * DAY_MS, first)).toBeDefined();
});

test("only what is older than the archive and was not spoken of for a year", () => {
  const mark = forgetMark(TODAY - 700, NOW);
  expect(isForgotten(entry(TODAY - 702, TODAY - 366), mark)).toBe(true);
  expect(isForgotten(entry(TODAY - 701, TODAY - 366), mark)).toBe(false);
  expect(isForgotten(entry(TODAY - 702, TODAY - 365), mark)).toBe(false);
  expect(isForgotten(entry(TODAY - 702, TODAY - 600, TODAY - 3), mark)).toBe(false);
});

const markedBy =
  (value: RegisterValue) =>
  (register: string): RegisterSaid | undefined =>
    register === FORGET_BEFORE ? [value, stampOf(NOW, 0, "a") as Stamp] : undefined;

test("a word said anew is never forgotten by a mark from before, and a mark survives its register", () => {
  fc.assert(
    fc.property(messageEntries, fc.integer({ min: 0, max: 40_000 }), (one, from) => {
      const mark = forgetMark(from, NOW);
      expect(
        parseForgetMark(markedBy(JSON.parse(JSON.stringify(mark)) as RegisterValue), TODAY),
      ).toEqual(mark);
      const again = {
        ...one,
        said: { ...one.said, mute: [true, stampOf(NOW, 0, "a") as Stamp] as const },
      };
      expect(isForgotten(again, mark)).toBe(false);
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(values, (value) => {
      const mark = parseForgetMark(markedBy(value), TODAY);
      expect(mark === undefined || typeof mark.day === "number").toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a mark that would have words of the last year forgotten is none", () => {
  const said = (saidAt: number): RegisterSaid => [
    { day: 1e8, saidAt },
    stampOf(NOW, 0, "a") as Stamp,
  ];
  const mark = (saidAt: number) => parseForgetMark(() => said(saidAt), TODAY);
  expect(mark(NOW - 365 * DAY_MS)).toBeDefined();
  for (const far of [NOW - 362 * DAY_MS, NOW, 8e15, 1e300]) expect(mark(far)).toBeUndefined();
});
