import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ArchiveRange,
  gapsOf,
  nextGap,
  withGapEnd,
  withPage,
} from "../../src/mail/archive-range.ts";

const item = (n: number) => ({ archiveId: `a${n}`, at: n * 1000 });
const page = (from: number, to: number, complete = false) => ({
  items: Array.from({ length: to - from + 1 }, (_, i) => item(from + i)),
  complete,
});
const range = (from: number, to: number, bottom = false): ArchiveRange => ({
  oldestId: `a${from}`,
  oldestAt: from * 1000,
  newestId: `a${to}`,
  newestAt: to * 1000,
  bottom,
});

test("the first page makes a range with everything below it missing", () => {
  const ranges = withPage([], undefined, page(51, 100));
  expect(ranges).toEqual([range(51, 100)]);
  expect(gapsOf(ranges)).toEqual([{ id: "a51", to: 51_000 }]);
});

test("pages going back grow the range until the archive ends", () => {
  let ranges = withPage([], undefined, page(51, 100));
  ranges = withPage(ranges, "a51", page(1, 50, true));
  expect(ranges).toEqual([range(1, 100, true)]);
  expect(gapsOf(ranges)).toEqual([]);
});

test("an empty page that is complete closes the bottom", () => {
  expect(withPage([range(5, 9)], "a5", { items: [], complete: true })).toEqual([range(5, 9, true)]);
});

test("a second range merges when a page runs into it", () => {
  const apart = withPage([range(1, 50, true)], undefined, page(91, 100));
  expect(gapsOf(apart)).toEqual([{ id: "a91", from: 50_000, to: 91_000 }]);
  expect(withPage(apart, "a91", page(41, 90))).toEqual([range(1, 100, true)]);
});

test("a page that passes where a range was, its end expired, merges by time", () => {
  const holes = { items: [item(39), item(40), item(60)], complete: false };
  const merged = withPage([range(1, 50, true), range(70, 100)], "a70", holes);
  expect(merged).toEqual([range(1, 100, true)]);
});

test("a single message whose time is wrong proves nothing", () => {
  const odd = { items: [{ archiveId: "odd", at: 10_000 }, item(69)], complete: false };
  const ranges = withPage([range(1, 50, true), range(70, 100)], "a70", odd);
  expect(ranges).toHaveLength(2);
  expect(gapsOf(ranges)).toMatchObject([{ id: "odd" }]);
});

test("where the archive begins above what is known, the gap is known to stay", () => {
  const ranges = withPage([range(1, 50), range(70, 100)], "a70", page(60, 69, true));
  expect(gapsOf(ranges)).toEqual([
    { id: "a60", from: 50_000, to: 60_000, end: "gone" },
    { id: "a1", to: 1000 },
  ]);
  // What lies below the oldest range may be asked for, and is gone, too.
  expect(nextGap(ranges)).toMatchObject({ id: "a1" });
  expect(nextGap(withPage(ranges, "a1", { items: [], complete: true }))).toBeUndefined();
});

test("a gap that failed is left alone until somebody wants it again", () => {
  const known = [range(1, 50, true), range(70, 100)];
  const failed = withGapEnd(known, "a70", "failed");
  expect(nextGap(failed)).toBeUndefined();
  expect(gapsOf(failed)).toMatchObject([{ id: "a70", end: "failed" }]);
  expect(withGapEnd(failed, "a70", undefined)).toEqual(known);
  // A page that comes all the same opens it again further down.
  expect(nextGap(withPage(failed, "a70", page(60, 69)))).toMatchObject({ id: "a60" });
});

test("back-fill in any page size, started twice in between, ends in one range without a gap", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 120 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 119 }),
      (total, size, cut) => {
        const half = Math.min(cut, total);
        let ranges: ArchiveRange[] = [];
        const before = (anchor: number, limit: number) =>
          page(Math.max(1, anchor - limit), anchor - 1, anchor - limit <= 1);
        // First session: newest page of an archive of `half` messages, then away.
        ranges = withPage(ranges, undefined, before(half + 1, size));
        // Second session: the archive has grown and the first id is unknown, so it starts anew at the top.
        ranges = withPage(ranges, undefined, before(total + 1, size));
        for (let steps = 0; steps < 500; steps++) {
          const newest = ranges.at(-1);
          if (newest === undefined || (ranges.length === 1 && newest.bottom)) break;
          const anchor = Number(newest.oldestId.slice(1));
          ranges = withPage(ranges, newest.oldestId, before(anchor, size));
        }
        expect(ranges).toEqual([range(1, total, true)]);
      },
    ),
  );
});
