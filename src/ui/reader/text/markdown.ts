/**
 * Our subset of Markdown (XEP-0481 says when a text is one): emphasis, code, quotes, lists, headings, rules, simple
 * tables, links. No HTML, no reference links, no indented code, no entities: what is not in the subset is text.
 *
 * `marked` reads it, and its time grows with the square of what it meets ("_a_" over and over: seconds at 50 kB; 10 kB of
 * ">" overflow the stack). So the text is measured first, and a part that has more signs than anybody writes is not
 * given to it.
 */
import { Lexer, type MarkedToken, type Token, Tokenizer, type Tokens } from "marked";
import { safeHref } from "../safe-href.ts";
import { linked } from "./linked.ts";
import { append } from "./lines.ts";
import type { Block, Inline } from "./tokens.ts";

/** Characters. A longer message is read by the rules of message styling, which are linear. */
const MAX_LENGTH = 20_000;
const MAX_LINES = 1500;
/** Quotes and lists within each other. */
const MAX_DEPTH = 8;
/** Of one paragraph, heading or cell: characters, signs that may begin or end something. Above, it is shown as it is. */
const MAX_SPAN = 4000;
const MAX_SIGNS = 100;
/** Of the whole message. */
const MAX_ALL_SIGNS = 1500;
const SIGN = /[*_~`[\]!<\\]/g;
/** What opens a block at the beginning of a line. */
const OPENERS = /^[ \t]*(?:(?:>|[*+-]|\d{1,9}[.)])[ \t]*)*/;
const OPENER = />|[*+-]|\d{1,9}[.)]/g;
const MAX_INDENT = 40;

/** What is in the subset; the rest of marked's rules find nothing. */
class Subset extends Tokenizer {
  override html(): undefined {}
  override tag(): undefined {}
  override def(): undefined {}
  override reflink(): undefined {}
  /** A line of dashes under a text is the beginning of a signature, not a heading. */
  override lheading(): undefined {}
  override code(): undefined {}
  /** Addresses are found by our own rules, the same in every format. */
  override url(): undefined {}
  /** Numeric entities would be read here. */
  override inlineText(src: string): Tokens.Text | undefined {
    const token = super.inlineText(src);
    return token === undefined ? undefined : { ...token, text: token.raw };
  }
}

/** The blocks of a Markdown text; undefined where it is not one that a person wrote. Never throws. */
export function markdownBlocks(text: string): Block[] | undefined {
  if (!isMeasured(text)) return undefined;
  try {
    const lexer = new Lexer({ gfm: true, breaks: true, tokenizer: new Subset() });
    const tokens = lexer.blockTokens(text, lexer.tokens);
    // What `lexer.lex` would do, each part measured.
    for (const { src, tokens: spans } of lexer.inlineQueue) {
      if (src.length <= MAX_SPAN && count(src, SIGN) <= MAX_SIGNS) lexer.inlineTokens(src, spans);
      else spans.push({ type: "text", raw: src, text: src });
    }
    return blocksOf(tokens);
  } catch {
    // It was written by a stranger for a reader that is not ours.
    return undefined;
  }
}

/** One walk over the text: whether marked may have it. */
function isMeasured(text: string): boolean {
  if (text.length > MAX_LENGTH || count(text, SIGN) > MAX_ALL_SIGNS) return false;
  const lines = text.split("\n");
  if (lines.length > MAX_LINES) return false;
  return lines.every((line) => {
    const opening = OPENERS.exec(line.slice(0, 200))?.[0] ?? "";
    // Spaces alone open nothing deep.
    if (opening.trim() === "") return true;
    return opening.length < MAX_INDENT && count(opening, OPENER) <= MAX_DEPTH;
  });
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

function blocksOf(tokens: readonly Token[]): Block[] {
  return tokens.flatMap((token) => blockOf(token as MarkedToken));
}

function blockOf(token: MarkedToken): Block[] {
  switch (token.type) {
    case "space":
    case "checkbox":
      return [];
    case "hr":
      return [{ kind: "rule" }];
    case "code":
      return [
        { kind: "code", text: token.text, language: (token.lang ?? "").split(/\s/)[0] ?? "" },
      ];
    case "heading":
      return [{ kind: "heading", level: token.depth, children: inlinesOf(token.tokens) }];
    case "blockquote":
      return [{ kind: "quote", blocks: blocksOf(token.tokens) }];
    case "list":
      return [listOf(token)];
    case "table":
      return [
        {
          kind: "table",
          head: token.header.map((cell) => inlinesOf(cell.tokens)),
          rows: token.rows.map((row) => row.map((cell) => inlinesOf(cell.tokens))),
        },
      ];
    default: {
      const inner = "tokens" in token && token.tokens !== undefined ? token.tokens : [token];
      return [{ kind: "paragraph", children: inlinesOf(inner) }];
    }
  }
}

function listOf(list: Tokens.List): Block {
  return {
    kind: "list",
    ordered: list.ordered,
    start: typeof list.start === "number" ? list.start : 1,
    items: list.items.map((item) => ({
      blocks: blocksOf(item.tokens),
      ...(item.task ? { done: item.checked === true } : {}),
    })),
  };
}

function inlinesOf(tokens: readonly Token[]): Inline[] {
  const out: Inline[] = [];
  for (const token of tokens) append(out, inlineOf(token as MarkedToken));
  return withLinks(out);
}

/** Texts are joined first: an address may have been taken apart. */
function withLinks(inlines: readonly Inline[]): Inline[] {
  return inlines.flatMap((inline) => (inline.kind === "text" ? linked(inline.text) : [inline]));
}

function inlineOf(token: MarkedToken): Inline[] {
  switch (token.type) {
    case "strong":
    case "em":
      return [{ kind: token.type, children: inlinesOf(token.tokens) }];
    case "del":
      return [{ kind: "strike", children: inlinesOf(token.tokens) }];
    case "codespan":
      return [{ kind: "code", text: token.text }];
    case "br":
      return [{ kind: "text", text: "\n" }];
    case "escape":
      return [{ kind: "text", text: token.text }];
    case "link":
      return linkOf(token);
    case "image":
      return imageOf(token);
    case "checkbox":
      return [];
    default:
      return "tokens" in token && token.tokens !== undefined
        ? inlinesOf(token.tokens)
        : [{ kind: "text", text: "text" in token ? token.text : token.raw }];
  }
}

/** A link within a link is its text. */
function linkOf(token: Tokens.Link): Inline[] {
  const href = safeHref(token.href);
  if (href === undefined) return [{ kind: "text", text: token.raw }];
  return [{ kind: "link", href, children: unlinked(inlinesOf(token.tokens)) }];
}

function imageOf(token: Tokens.Image): Inline[] {
  const href = safeHref(token.href);
  return [
    href === undefined
      ? { kind: "text", text: token.raw }
      : { kind: "image", href, text: token.text },
  ];
}

function unlinked(inlines: readonly Inline[]): Inline[] {
  return inlines.flatMap((inline): Inline[] => {
    switch (inline.kind) {
      case "link":
        return unlinked(inline.children);
      case "image":
        return [{ kind: "text", text: inline.text }];
      case "strong":
      case "em":
      case "strike":
        return [{ ...inline, children: unlinked(inline.children) }];
      default:
        return [inline];
    }
  });
}
