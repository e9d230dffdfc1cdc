/**
 * XEP-0393, Message Styling, by its rules: "Parsers implementing message styling will first parse blocks and then parse
 * child blocks or spans". Quotes, preformatted blocks, and spans that end with their line. Linear, never throws.
 * https://xmpp.org/extensions/xep-0393.html
 */
import { append, paragraphsOf } from "./lines.ts";
import { linked } from "./linked.ts";
import type { Block, Inline } from "./tokens.ts";

/** Quotes within quotes; what is quoted deeper shows its signs. */
const MAX_DEPTH = 8;
/** A line with more of them was not written by hand, and is shown as it is. */
const MAX_SPANS = 400;
const FENCE = "```";

const SPANS = { "*": "strong", _: "em", "~": "strike", "`": "code" } as const;
type Directive = keyof typeof SPANS;

/** The blocks of a styled text. A long one is cut into chunks first: each is read when it is drawn. */
export function styledBlocks(text: string): Block[] {
  return blocksOf(text.split("\n"), 0);
}

/** A text that is shown as it is: paragraphs and links. */
export function plainBlocks(text: string): Block[] {
  return paragraphsOf(text.split("\n"), linked);
}

function blocksOf(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  let plain: string[] = [];
  const flush = (): void => {
    blocks.push(...paragraphsOf(plain, spansOf));
    plain = [];
  };
  while (at < lines.length) {
    const line = lines[at] ?? "";
    let end = at + 1;
    if (line.startsWith(FENCE)) {
      flush();
      // "ended by a line containing only three grave accents or the end of the parent block"
      while (end < lines.length && lines[end] !== FENCE) end++;
      const language = line.slice(FENCE.length).trim();
      blocks.push({ kind: "code", language, text: lines.slice(at + 1, end).join("\n") });
      end++;
    } else if (line.startsWith(">") && depth < MAX_DEPTH) {
      flush();
      while (end < lines.length && lines[end]?.startsWith(">") === true) end++;
      // "Lines inside the block quote MUST have the first leading whitespace character trimmed"
      const inside = lines.slice(at, end).map((quoted) => quoted.slice(1).replace(/^\s/, ""));
      blocks.push({ kind: "quote", blocks: blocksOf(inside, depth + 1) });
    } else plain.push(line);
    at = end;
  }
  flush();
  return blocks;
}

/** The spans of one line: "always the children of blocks", and every line is a block. */
export function spansOf(line: string): Inline[] {
  const room = { left: MAX_SPANS };
  const spans = spansIn(line, room);
  return room.left < 0 ? linked(line) : spans;
}

function spansIn(text: string, room: { left: number }): Inline[] {
  const out: Inline[] = [];
  /** Directives that nothing further on closes. */
  const unclosed = new Set<Directive>();
  let done = 0;
  let at = 0;
  while (at < text.length && room.left >= 0) {
    const found = spanAt(text, at, unclosed);
    if (found === undefined) {
      at++;
      continue;
    }
    room.left--;
    append(out, linked(text.slice(done, at)));
    const inside = text.slice(at + 1, found.end);
    const kind = SPANS[found.mark];
    out.push(
      kind === "code"
        ? { kind, text: inside, mark: found.mark }
        : { kind, children: spansIn(inside, room), mark: found.mark },
    );
    done = at = found.end + 1;
  }
  append(out, linked(text.slice(done)));
  return out;
}

/** The span that begins here, and where it ends. */
function spanAt(
  text: string,
  at: number,
  unclosed: Set<Directive>,
): { mark: Directive; end: number } | undefined {
  const mark = text.charAt(at);
  if (!isDirective(mark) || unclosed.has(mark)) return undefined;
  // "located at the beginning of the parent block, after a whitespace character, or after a different opening
  // styling directive": the text of a span begins after one, and `text` is such a text.
  if (at > 0 && !isSpace(text.charAt(at - 1))) return undefined;
  // "MUST NOT be followed by a whitespace character"
  if (isSpace(text.charAt(at + 1))) return undefined;
  // "MUST contain some text between the two directives, otherwise neither directive is valid"
  if (text.charAt(at + 1) === mark) return undefined;
  for (let end = text.indexOf(mark, at + 2); end > 0; end = text.indexOf(mark, end + 1))
    if (!isSpace(text.charAt(end - 1))) return { mark, end };
  unclosed.add(mark);
  return undefined;
}

function isDirective(c: string): c is Directive {
  return c in SPANS && c !== "";
}

/** "any Unicode scalar value which has the property White_Space or is in category Z"; the end of the text, too. */
function isSpace(c: string): boolean {
  if (c > " " && c < "\u0080") return false;
  return c === "" || /[\s\u0085]/.test(c);
}
