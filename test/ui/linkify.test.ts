import fc from "fast-check";
import { expect, test } from "vitest";
import { linkify } from "../../src/ui/reader/linkify.ts";

const links = (text: string): string[] =>
  linkify(text).flatMap((p) => (p.kind === "link" ? [p.href] : []));
const joined = (text: string): string =>
  linkify(text)
    .map((p) => p.text)
    .join("");

test.each([
  ["see https://example.org/a?b=c#d.", ["https://example.org/a?b=c#d"]],
  [
    "(https://example.org/wiki/A_(b)) and (https://example.org)",
    ["https://example.org/wiki/A_(b)", "https://example.org/"],
  ],
  [
    "HTTPS://EXAMPLE.ORG, then mailto:a@b.c; xmpp:a@b.c?message",
    ["https://example.org/", "mailto:a@b.c", "xmpp:a@b.c?message"],
  ],
  ["<https://example.org/x>", ["https://example.org/x"]],
  ["javascript:alert(1) data:text/html,x file:///etc vbscript:x", []],
  ["https:// http: mailto: nothttps://x.y", []],
  ["ftp://x.y/https://example.org", ["https://example.org/"]],
  ["call tel:+49301234 or see www.example.org.", ["tel:+49301234", "https://www.example.org/"]],
  ["awww. www. wwww.example.org", []],
  [
    "bob@example.org. (ann.b+c@mail.example.org), git@x.org:a",
    ["mailto:bob@example.org", "mailto:ann.b+c@mail.example.org", "mailto:git@x.org"],
  ],
  ["@here a@b user@localhost a@@b.org a@b@c.org x/a@b.org 1@1.1", []],
  ["https://a@example.org/ xmpp:a@b.org", ["https://a@example.org/", "xmpp:a@b.org"]],
])("%s", (text, expected) => {
  expect(links(text)).toEqual(expected);
  expect(joined(text)).toBe(text);
});

test.each([
  `a@a.co?]<img/src="x"/onerror=alert(1)>`,
  `[<script>alert(1)</script>] https://example.org`,
  `https://example.org/"onmouseover="alert(1)`,
  `https://example.org/'><svg onload=alert(1)>`,
])("markup stays text: %s", (text) => {
  expect(joined(text)).toBe(text);
  for (const href of links(text)) expect(href).not.toMatch(/["'<>]/);
});

test("text is never changed, links are of five kinds, whatever comes", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "https://",
      "mailto:",
      "a.b",
      "(",
      ")",
      ".",
      " ",
      "<",
      '"',
      "://",
      "@",
      "tel:",
      "www.",
    ),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      expect(joined(text)).toBe(text);
      for (const href of links(text)) expect(href).toMatch(/^(https?|mailto|xmpp|tel):/);
    }),
  );
});

test.each(["https://", "https:", "a@", "a@b.", "www.", "tel:1"])(
  "a quarter of a megabyte of %s is walked once",
  (unit) => {
    const text = unit.repeat(250_000 / unit.length) + "(".repeat(100_000);
    expect(joined(text)).toBe(text);
  },
);
