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

test("text is never changed, links are of four kinds, whatever comes", () => {
  const piece = fc.oneof(
    fc.constantFrom("https://", "mailto:", "a.b", "(", ")", ".", " ", "<", '"', "://"),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      expect(joined(text)).toBe(text);
      for (const href of links(text)) expect(href).toMatch(/^(https?|mailto|xmpp):/);
    }),
  );
});

test("a long hostile text is walked once", () => {
  const text = "https://".repeat(30_000) + "(".repeat(100_000);
  expect(joined(text)).toBe(text);
});
