import { expect, test } from "vitest";
import { isMarkdown } from "../../src/mail/markdown-marks.ts";

test.each([
  "We leave at **seven**.",
  "It is *important*, _really_.",
  "Not ~~eight~~ but nine",
  "Run `make` first",
  "```\nconst a = 1;\n```",
  "# Plan\nWe go.",
  "Bring:\n- ropes\n- gloves",
  "1. Ropes\n2. Gloves",
  "See [the rota](https://harbour.example/rota).",
  "| Boat | Berth |\n|------|-------|\n| Ada  | 12b   |",
  "Above\n\n---\n\nbelow",
])("uses our Markdown: %j", (text) => {
  expect(isMarkdown(text)).toBe(true);
});

test.each([
  "",
  "We leave at seven.",
  "5 * 3 * 2 = 30, and a_snake_case_name",
  "~/mail and ~/chat, C:\\*",
  "Yours\n-- \nAnn",
  "<b>not ours</b> & neither is &amp;",
  "https://x.example/a_b_c?d=*",
  "> You said this\n\nI answer that.",
  "1,000 people - more or less - were #1",
])("uses none: %j", (text) => {
  expect(isMarkdown(text)).toBe(false);
});

test("an answer right below a quoted line stays an answer: Markdown would take it into the quote", () => {
  expect(isMarkdown("> Seven?\n**Eight.**")).toBe(false);
  expect(isMarkdown("> Seven?\n\n**Eight.**")).toBe(true);
  expect(isMarkdown("> Seven?\n> Or eight?\n\n- nine")).toBe(true);
});
