import fc from "fast-check";
import { expect, test } from "vitest";
import { markdownBlocks } from "../../src/ui/reader/text/markdown.ts";
import type { Block, Inline, Item } from "../../src/ui/reader/text/tokens.ts";

const shown = (blocks: readonly Block[] | undefined): string =>
  blocks === undefined ? "too much" : blocks.map(block).join(" / ");
const line = (inlines: readonly Inline[]): string => inlines.map(inline).join("");
function block(b: Block): string {
  switch (b.kind) {
    case "paragraph":
      return line(b.children);
    case "heading":
      return `h${b.level}{${line(b.children)}}`;
    case "quote":
      return `quote{${shown(b.blocks)}}`;
    case "code":
      return `pre{${b.language}|${b.text}}`;
    case "list":
      return `${b.ordered ? `ol${b.start}` : "ul"}{${b.items.map(item).join(" | ")}}`;
    case "table":
      return `table{${[b.head, ...b.rows].map((row) => row.map(line).join(", ")).join(" | ")}}`;
    default:
      return b.kind;
  }
}
const item = (i: Item): string =>
  `${i.done === undefined ? "" : i.done ? "☑ " : "☐ "}${shown(i.blocks)}`;
function inline(i: Inline): string {
  if (i.kind === "text") return i.text;
  if (i.kind === "link") return `link<${i.href}>[${line(i.children)}]`;
  if (i.kind === "image") return `image<${i.href}>[${i.text}]`;
  return `${i.kind}[${"children" in i ? line(i.children) : i.text}]`;
}
const read = (text: string): string => shown(markdownBlocks(text));

test.each([
  [
    "**bold**, *slanted*, _too_, ~~gone~~, `code`",
    "strong[bold], em[slanted], em[too], strike[gone], code[code]",
  ],
  ["one\ntwo\n\nthree", "one\ntwo / three"],
  ["# Title\n\ntext\n\n### Less", "h1{Title} / text / h3{Less}"],
  ["Bye\n-- \nBob", "Bye\n--\nBob"],
  ["text\n\n---\n\nmore", "text / rule / more"],
  ["- a\n- b\n  - c\n", "ul{a | b / ul{c}}"],
  ["3. a\n4. b", "ol3{a | b}"],
  ["- [x] done\n- [ ] not", "ul{☑ done | ☐ not}"],
  ["> quoted\n>> twice\n\nown", "quote{quoted / quote{twice}} / own"],
  ["```js\nif (a < b) *c*\n```", "pre{js|if (a < b) *c*}"],
  ["|a|b|\n|-|-|\n|1|*2*|", "table{a, b | 1, em[2]}"],
  ["[text](https://example.org/)", "link<https://example.org/>[text]"],
  [
    "[https://bank.example](https://evil.example/)",
    "link<https://evil.example/>[https://bank.example]",
  ],
  [
    "https://example.org/a_b_c and <https://example.org/>",
    "link<https://example.org/a_b_c>[https://example.org/a_b_c] and link<https://example.org/>[https://example.org/]",
  ],
  ["![alt](https://example.org/a.png)", "image<https://example.org/a.png>[alt]"],
  ["[![alt](https://a.example/)](https://b.example/)", "link<https://b.example/>[alt]"],
])("%s", (text, expected) => {
  expect(read(text)).toBe(expected);
});

test.each([
  "[click](javascript:alert(1))",
  "[click](data:text/html,x)",
  "[a](vbscript:x) [b](file:///etc/passwd) [c](relative) [d](//host/x)",
  "![x](javascript:alert(1))",
  "<javascript:alert(1)>",
])("what leads where no message may is text: %s", (text) => {
  expect(read(text)).toBe(text);
});

test.each([
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "a <b>bold</b> &lt;i&gt; &amp; &#106;",
  "<!-- comment -->",
  "<details open ontoggle=alert(1)>",
  "[label]: https://example.org",
  "[label][ref] [label]",
])("no HTML, no entities, no references: %s", (text) => {
  expect(read(text).replaceAll(/link<[^>]*>\[([^\]]*)\]/g, "$1")).toBe(text);
});

const LONG = 20_000;
const UNITS = [
  "_a_",
  "*a ",
  "**a",
  "[",
  "![",
  "[a](",
  "[](",
  ">",
  "> ",
  "`",
  "``a",
  "- ",
  "1. ",
  "- a\n  ",
  "|",
  "|-|-|\n",
  "<a ",
  "<!--",
  "&amp;",
  "https://a.b ",
  "<https://a>",
  "~a~",
  "\\",
  "#",
  "\n",
  " ",
  "\t",
  "a\n=\n",
  "[a]: b\n",
  "\u0000",
  "\ud800",
];

test.each(UNITS.map((unit) => [JSON.stringify(unit), unit]))(
  "twenty kilobytes of %s are read or refused",
  (_name, unit) => {
    const text = unit.repeat(Math.ceil(LONG / unit.length)).slice(0, LONG);
    const inLines = (text.match(/[^]{1,80}/g) ?? []).join("\n");
    const inParts = (text.match(/[^]{1,200}/g) ?? []).join("\n\n").slice(0, LONG);
    for (const hostile of [text, inLines, inParts, `${text}x`])
      expect(() => markdownBlocks(hostile)).not.toThrow();
    expect(markdownBlocks(`${text}x`)).toBeUndefined();
  },
);

test("a paragraph with more signs than anybody writes is shown as it is, the others are read", () => {
  const many = "_a_ ".repeat(100).trim();
  expect(read(`*one*\n\n${many}\n\n*two*`)).toBe(`em[one] / ${many} / em[two]`);
});

test("whatever it is, it is read or refused", () => {
  const piece = fc.oneof(
    fc.constantFrom(...UNITS, "\n", "\n\n", " ", ")"),
    fc.string({ unit: "binary" }),
  );
  fc.assert(fc.property(fc.array(piece), (pieces) => void markdownBlocks(pieces.join(""))));
});
