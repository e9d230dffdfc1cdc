import fc from "fast-check";
import { expect, test } from "vitest";
import { fuzzyMatch } from "../../src/ui/palette/fuzzy.ts";
import { ranked } from "../../src/ui/palette/ranked.ts";
import type { PaletteEntry } from "../../src/ui/palette/sources.ts";

const entry = (label: string, more: Partial<PaletteEntry> = {}): PaletteEntry => ({
  id: label,
  kind: "action",
  label,
  run: () => undefined,
  ...more,
});

const NAMES = [
  "Archive",
  "Mark as read",
  "Mark as unread",
  "Mark unread from here",
  "Reply",
  "Reply all",
  "Report spam",
  "Go to Inbox",
  "Go to Archive",
  "Write to Zoë Müller",
];

test.each([
  ["arch", "Archive"],
  ["mar", "Mark as read"],
  ["unread", "Mark as unread"],
  ["ra", "Reply all"],
  ["inbox", "Go to Inbox"],
  ["go arch", "Go to Archive"],
  ["arch go", "Go to Archive"],
  ["zoe", "Write to Zoë Müller"],
  ["muller", "Write to Zoë Müller"],
  ["SPAM", "Report spam"],
])("%s means %s first", (typed, label) => {
  expect(
    ranked(
      typed,
      NAMES.map((name) => entry(name)),
    )[0]?.entry.label,
  ).toBe(label);
});

test("letters out of order, or that are not there, are no match", () => {
  expect(fuzzyMatch("xyz", "Archive")).toBeUndefined();
  expect(fuzzyMatch("hcra", "Archive")).toBeUndefined();
});

test("the letters that were meant are told by their places", () => {
  expect(fuzzyMatch("ra", "Reply all")?.at).toEqual([0, 6]);
});

test("what goes by another name is found, after what is called so", () => {
  const list = [entry("Report spam", { also: "junk" }), entry("Junk drawer")];
  expect(ranked("junk", list).map(({ entry: { label } }) => label)).toEqual([
    "Junk drawer",
    "Report spam",
  ]);
});

test("without a text everything in its order, but nobody in particular to write to", () => {
  const list = [entry("A"), entry("B", { kind: "person" }), entry("C")];
  expect(ranked("  ", list).map(({ entry: { label } }) => label)).toEqual(["A", "C"]);
});

test("whatever is typed, nothing is thrown, and what matches holds its letters in order", () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: "grapheme" }), (typed, name) => {
      const match = fuzzyMatch(typed, name);
      if (match === undefined) return;
      expect([...match.at].sort((a, b) => a - b)).toEqual(match.at);
      for (const at of match.at) expect(at).toBeLessThan(name.length);
    }),
  );
});
