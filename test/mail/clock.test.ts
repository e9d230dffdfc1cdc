import fc from "fast-check";
import { expect, test } from "vitest";
import {
  countOf,
  deviceOf,
  isStamp,
  type Made,
  madeAnew,
  msOf,
  nextStamp,
  type Stamp,
  stampOf,
  stampOver,
} from "../../src/mail/clock.ts";
import { stamps } from "./account-state/arbitraries.ts";

const NOW = Date.UTC(2026, 10, 29);
const TEN_YEARS = 10 * 365 * 86_400_000;
const wrong = fc.constantFrom(-TEN_YEARS, 0, TEN_YEARS);

test("a stamp is its parts, and what is built of them is a stamp", () => {
  fc.assert(
    fc.property(stamps, (stamp) => {
      expect(isStamp(stamp)).toBe(true);
      expect(stampOf(msOf(stamp), countOf(stamp), deviceOf(stamp))).toBe(stamp);
      expect(isStamp(nextStamp(stamp, 0, "b"))).toBe(true);
    }),
    { numRuns: 100 },
  );
  for (const [ms, count, device] of [
    [-1, 0, "a"],
    [0.5, 0, "a"],
    [36 ** 9, 0, "a"],
    [0, 36 ** 3, "a"],
    [0, 0, "a b"],
    [Number.NaN, 0, "a"],
  ] as const)
    expect(stampOf(ms, count, device)).toBeUndefined();
});

test("what follows a stamp is a stamp on every device, and 'never' is none", () => {
  for (const text of ["yzzzzzzzzzzz", "zzzzzzzzzzzz"]) expect(isStamp(`${text}dev`)).toBe(false);
  for (const text of ["0mx07m12xzzza", "xzzzzzzzyzzza", "xzzzzzzzzzzya", "xzzzzzzzzzzza"])
    expect(isStamp(nextStamp(text as Stamp, 0, "b"))).toBe(true);
  expect(isStamp(nextStamp(undefined, Number.MAX_SAFE_INTEGER, "b"))).toBe(true);
});

test("whatever two clocks say, who changes a thing last has the last word, and no clock catches the other's fault", () => {
  fc.assert(
    fc.property(
      wrong,
      wrong,
      fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
      (offA, offB, turns) => {
        const clocks = [
          { device: "a", off: offA },
          { device: "b", off: offB },
        ];
        const lasts: (Stamp | undefined)[] = [];
        let register: Stamp | undefined;
        let now = NOW;
        for (const isB of turns) {
          const at = isB ? 1 : 0;
          const { device, off } = clocks[at] ?? { device: "", off: 0 };
          const own = nextStamp(lasts[at], (now += 1000) + off, device);
          lasts[at] = own;
          const said = stampOver(own, register);
          expect(register === undefined || said > register).toBe(true);
          register = said;
          expect(msOf(own)).toBe(now + off);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("what a wrong clock said comes into the right time in the order in which it was said", () => {
  fc.assert(
    fc.property(
      wrong,
      fc.array(fc.nat({ max: 100_000 }), { minLength: 1, maxLength: 40 }),
      (off, steps) => {
        const said: Made[] = [];
        let now = NOW - 40 * 100_000;
        for (const step of steps) {
          const at = (now += step) + off;
          const own = nextStamp(said.at(-1)?.own, at, "a");
          said.push({ stamp: own, own, at });
        }
        const right = madeAnew(said, { by: -off, last: undefined, now: NOW });
        const all = said.map(({ own }) => right.get(own)?.stamp as Stamp);
        expect(all).toEqual([...all].sort());
        expect(new Set(all).size).toBe(said.length);
        for (const stamp of all) expect(msOf(stamp)).toBeLessThanOrEqual(NOW);
        expect(msOf(all.at(-1) as Stamp)).toBe(now);
      },
    ),
    { numRuns: 100 },
  );
});
