import fc from "fast-check";
import { expect, test } from "vitest";
import { chunksOf } from "../../src/ui/reader/text/chunks.ts";
import { plainBlocks, styledBlocks } from "../../src/ui/reader/text/styling.ts";
import type { Block, Inline } from "../../src/ui/reader/text/tokens.ts";

/** Blocks as a line of brackets: what is what, at a glance. */
const shown = (blocks: readonly Block[]): string => blocks.map(block).join(" / ");
function block(b: Block): string {
  if (b.kind === "paragraph") return b.children.map(inline).join("");
  if (b.kind === "quote") return `quote{${shown(b.blocks)}}`;
  return b.kind === "code" ? `pre{${b.text}}` : b.kind;
}
function inline(i: Inline): string {
  if (i.kind === "text") return i.text;
  if ("children" in i) return `${i.kind}[${i.children.map(inline).join("")}]`;
  return `${i.kind}[${i.text}]`;
}
const styled = (text: string): string => shown(styledBlocks(text));

// The examples of XEP-0393, in its order.
test.each([
  [
    "There are three blocks in this body, one per line,\nbut there is no *formatting\nas spans* may not escape blocks.",
    "There are three blocks in this body, one per line,\nbut there is no *formatting\nas spans* may not escape blocks.",
  ],
  [
    '```ignored\n(println "Hello, world!")\n```\n\nThis should show up as monospace, preformatted text ⤴',
    'pre{(println "Hello, world!")} / This should show up as monospace, preformatted text ⤴',
  ],
  [
    '> ```\n> (println "Hello, world!")\n\nThe entire blockquote is a preformatted text block, but this line\nis plaintext!',
    'quote{pre{(println "Hello, world!")}} / The entire blockquote is a preformatted text block, but this line\nis plaintext!',
  ],
  [
    "> That that is, is.\n\nSaid the old hermit of Prague.",
    "quote{That that is, is.} / Said the old hermit of Prague.",
  ],
  [
    ">> That that is, is.\n> Said the old hermit of Prague.\n\nWho?",
    "quote{quote{That that is, is.} / Said the old hermit of Prague.} / Who?",
  ],
  ["plain span", "plain span"],
  ["*strong span*", "strong[strong span]"],
  ["plain _emphasis_ plain", "plain em[emphasis] plain"],
  ["`pre` plain *strong*", "code[pre] plain strong[strong]"],
  ["*strong*plain*", "strong[strong]plain*"],
  ["* plain *strong*", "* plain strong[strong]"],
  ["not strong*", "not strong*"],
  ["*not strong", "*not strong"],
  ["*not \n strong*", "*not \n strong*"],
  ["*not *strong", "*not *strong"],
  ["**", "**"],
  ["***", "***"],
  ["****", "****"],
  ["Two spans, both *alike in dignity*", "Two spans, both strong[alike in dignity]"],
  [
    "The full title is _Twelfth Night, or What You Will_ but\n_most_ people shorten it.",
    "The full title is em[Twelfth Night, or What You Will] but\nem[most] people shorten it.",
  ],
  ["Everyone ~dis~likes cake.", "Everyone strike[dis]likes cake."],
  ["This is `*monospace*`", "This is code[*monospace*]"],
  ["This is *`monospace and bold`*", "This is strong[code[monospace and bold]]"],
])("%s", (text, expected) => {
  expect(styled(text)).toBe(expected);
});

test.each([
  ["*_~`all`~_*", "strong[em[strike[code[all]]]]"],
  ["a*b*c snake_case_name", "a*b*c snake_case_name"],
  ["**bold** as elsewhere", "**bold** as elsewhere"],
  ["*\u3000wide space*", "*\u3000wide space*"],
  ["```\nnever closed\n> in it", "pre{never closed\n> in it}"],
  ["``` \n```x\n```", "pre{```x}"],
  [
    "see https://example.org/a_b_c and _https://example.org/_",
    "see link[https://example.org/a_b_c] and em[link[https://example.org/]]",
  ],
  ["one\ntwo\n\n\nthree", "one\ntwo / three"],
  ["1. no\n# surprises\n[x](y)", "1. no\n# surprises\n[x](y)"],
])("%s", (text, expected) => {
  expect(styled(text)).toBe(expected);
});

test("quotes deeper than anybody nests show their signs", () => {
  expect(styled(">".repeat(20))).toBe(`${"quote{".repeat(8)}${">".repeat(12)}${"}".repeat(8)}`);
});

test("a line of more spans than anybody writes is shown as it is", () => {
  const line = "*a* ".repeat(2000);
  expect(styled(line)).toBe(line);
});

test("a plain text is shown as it is", () => {
  expect(shown(plainBlocks("> _ <\n*a*\n```"))).toBe("> _ <\n*a*\n```");
});

test("whatever is written, it is read, and no letter is lost", () => {
  const signs = fc.constantFrom(
    "*",
    "_",
    "~",
    "`",
    "```",
    ">",
    "> ",
    "\n",
    " ",
    "ж",
    "жж",
    "\n```\n",
  );
  const letters = (text: string): number => text.split("ж").length;
  fc.assert(
    fc.property(fc.array(signs), (pieces) => {
      const text = pieces.join("");
      expect(letters(JSON.stringify(styledBlocks(text)))).toBe(letters(text));
    }),
  );
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void styledBlocks(text)));
});

test("a long text is cut where that is not seen, and nothing is lost", () => {
  const text = fc.array(
    fc.oneof(fc.constantFrom("\n\n", "\n", " ", "😀", "会"), fc.stringMatching(/^[a-z]{1,9}$/)),
    { minLength: 3000, maxLength: 6000, size: "max" },
  );
  fc.assert(
    fc.property(text, (pieces) => {
      const whole = pieces.join("");
      const chunks = chunksOf(whole);
      expect(chunks.map((c) => c.text).join("")).toBe(whole);
      for (const { text: part } of chunks) expect(part.isWellFormed()).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test("a fenced block that is cut stays one in each part", () => {
  const chunks = chunksOf(`\`\`\`\n${"code *a*\n".repeat(2000)}\`\`\`\n${"after\n".repeat(2000)}`);
  const kinds = chunks.map((c) => styledBlocks(c.text).map((b) => b.kind));
  expect(kinds[0]).toEqual(["code"]);
  expect(kinds[1]).toEqual(["code"]);
  expect(kinds.at(-1)).toEqual(expect.arrayContaining(["paragraph"]));
});

test("piles of marks on one letter end", () => {
  const [chunk] = chunksOf(`Z${"\u0301".repeat(5000)}algo`);
  expect(chunk?.text).toBe(`Z${"\u0301".repeat(32)}algo`);
});
