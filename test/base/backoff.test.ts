import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "../../src/base/backoff.ts";

test("a wait is never nothing, never over a minute, and anywhere below its ceiling", () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
      const ms = backoffMs(attempt, () => chance);
      expect(ms).toBeGreaterThanOrEqual(500);
      expect(ms).toBeLessThanOrEqual(Math.min(60_000, 2000 * 2 ** Math.min(attempt, 6)));
    }),
  );
  const ceilings = [0, 1, 2, 3, 4, 5, 6, 50].map((attempt) => backoffMs(attempt, () => 1));
  expect(ceilings).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});
