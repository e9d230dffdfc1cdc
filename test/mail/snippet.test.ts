import fc from "fast-check";
import { expect, test } from "vitest";
import { snippetOf, splitQuote } from "../../src/mail/snippet.ts";

test("a marked quote is taken out, offsets in code points", () => {
  const own = "Yes 👍 see you";
  const quote = "> Friday?";
  const body = `${own}\n\n${quote}`;
  const end = Array.from(body).length;
  const range = { for: "urn:xmpp:reply:0", start: end - Array.from(quote).length, end };
  expect(splitQuote(body, [range])).toEqual({ body: own, quote });
});

test("a quote before the answer leaves the answer", () => {
  const body = "> Friday?\nYes";
  expect(splitQuote(body, [{ for: "urn:xmpp:reply:0", start: 0, end: 10 }])).toEqual({
    body: "Yes",
    quote: "> Friday?",
  });
});

test("an unmarked quote at the end goes with the line that introduces it", () => {
  const text = "Fine.\n\nOn Monday, Bob wrote:\n> Is it?\n>\n> Really?";
  expect(splitQuote(text, [])).toEqual({
    body: "Fine.",
    quote: "On Monday, Bob wrote:\n> Is it?\n>\n> Really?",
  });
});

test("answers between quotes stay where they are", () => {
  const text = "> one\nfirst\n> two\nsecond";
  expect(splitQuote(text, [])).toEqual({ body: text, quote: "" });
});

test("a body that is only a quote is shown, not folded away", () => {
  expect(splitQuote("> all of it", []).body).toBe("> all of it");
});

test("whatever the body and the ranges, nothing is lost and nothing throws", () => {
  const range = fc.record({ start: fc.integer(), end: fc.integer() });
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), range, (body, { start, end }) => {
      const { body: own, quote } = splitQuote(body, [{ for: "urn:xmpp:reply:0", start, end }]);
      const squeeze = (text: string): string =>
        Array.from(text.replaceAll(/\s+/g, "")).sort().join("");
      expect(squeeze(own + quote)).toBe(squeeze(body));
    }),
  );
});

test("a snippet is one line without quotes and never half a character", () => {
  expect(snippetOf("Hello\n> quoted\n\nworld", [])).toBe("Hello world");
  const long = snippetOf("😀".repeat(200), []);
  expect(long.isWellFormed()).toBe(true);
  expect(long.length).toBeLessThanOrEqual(160);
});

test.each([
  ["markdown", "# Title\n\n**bold** _em_ ~~gone~~ `code` ***all***", "Title bold em gone code all"],
  [
    "markdown",
    "see [the text](https://example.org/a?b) and ![pic](https://e.org/p.png)",
    "see the text and pic",
  ],
  [
    "markdown",
    "- one\n* two\n- [x] three\n1. four\n---\n```js\nlet a;\n```",
    "one two three four let a;",
  ],
  ["markdown", "|a|b|\n|-|-|\n|1|2|", "a b 1 2"],
  ["markdown", "[click](javascript:alert(1))", "[click](javascript:alert(1))"],
  [undefined, "*bold* _em_ ~gone~ `code` *_`all`_*", "bold em gone code all"],
  [
    undefined,
    "2 * 3 * 4, a*b*c, snake_case_name, 5 > 4",
    "2 * 3 * 4, a*b*c, snake_case_name, 5 > 4",
  ],
  [undefined, "1. as written\n[x](https://example.org)", "1. as written [x](https://example.org)"],
  [undefined, "```\npre\n```", "pre"],
  ["plain", "> _ < *as* it is", "> _ < *as* it is"],
] as const)(
  "a snippet has the words of a text, not its signs (%s): %j",
  (format, body, expected) => {
    expect(snippetOf(body, [], format === undefined ? {} : { format })).toBe(expected);
  },
);

test("“/me” in a snippet is who says it", () => {
  expect(snippetOf("/me waves *hard*", [], { name: "Nadia" })).toBe("* Nadia waves hard");
  expect(snippetOf("/meh", [], { name: "Nadia" })).toBe("/meh");
});

test.each([
  "*",
  "*a ",
  "_a_",
  "[",
  "[a](",
  "[a](https:",
  "`",
  "```\n",
  "|",
  "- ",
  "#",
  "> ",
  "~~a",
  " ",
  "a*",
])("a snippet of a quarter of a megabyte of %j is made of its beginning", (unit) => {
  const body = unit.repeat(250_000 / unit.length);
  for (const format of ["markdown", undefined] as const)
    expect(snippetOf(body, [], format === undefined ? {} : { format }).length).toBeLessThanOrEqual(
      160,
    );
});
