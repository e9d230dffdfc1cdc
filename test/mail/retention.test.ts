import { expect, test } from "vitest";
import { learnStart, likelyRetention } from "../../src/mail/retention.ts";

const DAY = 24 * 3600 * 1000;
const now = 400 * DAY;

test("an archive that still has everything teaches nothing", () => {
  const start = learnStart(undefined, { at: now - 300 * DAY, goneAt: undefined, now });
  expect(start).toEqual({ state: "starts", at: now - 300 * DAY, checkedAt: now });
});

test("what is gone and what is left bound the time between them; looks narrow it", () => {
  const first = learnStart(undefined, { at: now - 2 * DAY, goneAt: now - 9 * DAY, now });
  expect(first.keeps).toEqual({ atLeastMs: 2 * DAY, atMostMs: 9 * DAY });
  const second = learnStart(first, { at: now - 6 * DAY, goneAt: now - 12 * DAY, now });
  expect(second.keeps).toEqual({ atLeastMs: 6 * DAY, atMostMs: 9 * DAY });
  expect(likelyRetention(second.keeps ?? { atLeastMs: 0, atMostMs: 0 })).toEqual({
    ms: 7 * DAY,
    isAbout: true,
  });
});

test("a quiet account and an emptied archive are bounded from above only", () => {
  const start = learnStart(undefined, { at: undefined, goneAt: now - 8 * DAY, now });
  expect(start).toMatchObject({ state: "empty", keeps: { atLeastMs: 0, atMostMs: 8 * DAY } });
  expect(likelyRetention({ atLeastMs: 0, atMostMs: 8 * DAY })).toEqual({
    ms: 8 * DAY,
    isAbout: false,
  });
});

test("a rule that was changed is learnt anew", () => {
  const week = learnStart(undefined, { at: now - 7 * DAY, goneAt: now - 8 * DAY, now });
  const month = learnStart(week, { at: now - 30 * DAY, goneAt: now - 31 * DAY, now });
  expect(month.keeps).toEqual({ atLeastMs: 30 * DAY, atMostMs: 31 * DAY });
});

test("a server that clears once a day keeps some mail a day longer", () => {
  expect(likelyRetention({ atLeastMs: 7.6 * DAY, atMostMs: 8.2 * DAY })).toMatchObject({
    ms: 7 * DAY,
  });
  expect(likelyRetention({ atLeastMs: 12 * 60_000, atMostMs: 20 * 60_000 })).toMatchObject({
    ms: 12 * 60_000,
  });
});
