import { expect, test } from "vitest";
import { hasHidden, shownLine } from "../../src/base/display.ts";
import { spelledOut } from "../../src/base/spelled-out.ts";
import { isolated, isolatedAddress } from "../../src/base/isolated.ts";

const LINES: [what: string, text: string, shown: string, isHidden: boolean][] = [
  ["a plain name", "Nadia Rossi", "Nadia Rossi", false],
  ["a right-to-left override", "invoice\u202Egnp.exe", "invoicegnp.exe", true],
  ["isolates and embeddings", "\u2066a\u2069\u202Ab\u202C\u200F", "ab", true],
  ["zero-width spaces", "Na\u200Bdia\u2060\uFEFF", "Nadia", true],
  ["nothing anybody sees", "\u200B\u2060\u3164", "", true],
  ["tags that spell something", "Bob\u{E0062}\u{E0061}\u{E006E}\u{E006B}", "Bob", true],
  ["line ends and controls", "a\r\nb\u2028c\u0085\u0000d\te", "a b c d e", false],
  ["an emoji made of three", "👨‍👩‍👧 family", "👨‍👩‍👧 family", false],
  [
    "a flag made of tags",
    "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
    "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
    false,
  ],
  ["Persian with its joiner", "می‌خواهم", "می‌خواهم", false],
  ["Hindi with its joiner", "क्‍ष", "क्‍ष", false],
  ["a joiner between Latin letters", "pay\u200Cpal", "paypal", true],
  ["marks piled up", `Z${"\u0301".repeat(40)}algo`, "Z\u0301\u0301\u0301algo", false],
  ["half a character", "a\uD83Db", "a\uFFFDb", false],
];

test.each(LINES)("%s", (_what, text, shown, isHidden) => {
  expect(shownLine(text)).toBe(shown);
  expect(hasHidden(text)).toBe(isHidden);
});

test("a long line is cut where a character ends", () => {
  expect(shownLine("a".repeat(50), 10)).toBe(`${"a".repeat(9)}…`);
  expect(shownLine("😀".repeat(50), 10)).toBe(`${"😀".repeat(4)}…`);
  expect(shownLine("\u202E".repeat(100_000), 10)).toBe("");
});

test("what must be shown as it is has its unseen characters spelled out; lines and tabs stay", () => {
  expect(spelledOut("a\u202Eb\u3164c\u0000\n\td\uD83D")).toBe(
    "a<U+202E>b<U+3164>c<U+0000>\n\td<U+D83D>",
  );
  expect(spelledOut("bob@bank.example")).toBe("bob@bank.example");
});

test("an address reads from left to right whatever its letters, so that its server stands last", () => {
  expect(isolatedAddress("בוב@evil.example")).toBe("\u2066בוב@evil.example\u2069");
  expect(isolated("בוב@evil.example")).toBe("\u2066בוב@evil.example\u2069");
  expect(isolated("בוב")).toBe("\u2068בוב\u2069");
  expect(isolatedAddress("bob\u3164@bank.example")).toBe("bob<U+3164>@bank.example");
});
