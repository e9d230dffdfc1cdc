/** The line of text a list shows beside the subject, and where the quoted part of a body begins. */
import { withoutHalf } from "../base/whole-characters.ts";
import type { FallbackRange } from "./received.ts";
import { unmarked } from "./unmarked.ts";

const SNIPPET_LENGTH = 160;
/** A body is scanned this far for a snippet: lists never need more. */
const SCAN_LENGTH = 4000;

/** `name`: who says "/me" (XEP-0245). A text without a format is styled (XEP-0393). */
export type SnippetOf = { format?: "markdown" | "plain"; name?: string };

/** First words of a body without quotes, signs and blank lines; one line. Linear in a capped prefix. */
export function snippetOf(
  body: string,
  fallbacks: readonly FallbackRange[],
  { format, name }: SnippetOf = {},
): string {
  const { body: own, quote } = splitQuote(body, fallbacks);
  const source = (own.trim() === "" ? quote : own).slice(0, SCAN_LENGTH);
  const said =
    name !== undefined && source.startsWith("/me ") ? `* ${name} ${source.slice(4)}` : source;
  const text = format === "plain" ? said : unmarked(said, format === "markdown");
  const words = text.replaceAll(/\s+/g, " ").trim();
  if (words.length <= SNIPPET_LENGTH) return words;
  return withoutHalf(words.slice(0, SNIPPET_LENGTH));
}

/** The words of HTML for a snippet and for search, never for show: tags out, common entities in. Linear, capped. */
export function roughText(html: string): string {
  const words: string[] = [];
  for (let at = 0, seen = 0; at < html.length && seen < SCAN_LENGTH;) {
    const open = html.indexOf("<", at);
    const text = html.slice(at, open < 0 ? undefined : open);
    words.push(text);
    seen += text.length;
    const close = open < 0 ? -1 : html.indexOf(">", open);
    if (close < 0) break;
    at = close + 1;
  }
  return words
    .join(" ")
    .slice(0, SCAN_LENGTH)
    .replaceAll(/&(nbsp|lt|gt|quot|amp|#39);/g, (_all, name: string) => ENTITIES[name] ?? " ");
}

const ENTITIES: Record<string, string> = {
  nbsp: " ",
  lt: "<",
  gt: ">",
  quot: '"',
  amp: "&",
  "#39": "'",
};

export type SplitBody = { body: string; quote: string };

/**
 * Parts a body into what was written and what was only quoted: the range the sender marked as reply fallback
 * (XEP-0461, XEP-0428; offsets in code points), else a block of ">" lines at the very end with the line above it
 * that introduces them. Quotes that the writer answered in between stay where they are. Never throws.
 */
export function splitQuote(body: string, fallbacks: readonly FallbackRange[]): SplitBody {
  const marked = fallbacks.find((f) => f.for === "urn:xmpp:reply:0");
  if (marked !== undefined) {
    const points = Array.from(body);
    const start = clamp(marked.start ?? 0, points.length);
    const end = clamp(marked.end ?? points.length, points.length);
    if (end > start) {
      const before = points.slice(0, start).join("");
      const quote = points.slice(start, end).join("");
      const after = points.slice(end).join("");
      return { body: joinParts(before, after), quote: quote.trim() };
    }
  }
  return splitTrailingQuote(body);
}

function splitTrailingQuote(body: string): SplitBody {
  const lines = body.split("\n");
  let end = lines.length;
  while (end > 0 && lines[end - 1]?.trim() === "") end--;
  let start = end;
  while (
    start > 0 &&
    (lines[start - 1]?.startsWith(">") === true || isBlankBetweenQuotes(lines, start - 1))
  )
    start--;
  if (start === end || start === 0) return { body, quote: "" };
  let above = start - 1;
  while (above > 0 && lines[above]?.trim() === "") above--;
  const introduces = /:\s*$/.test(lines[above] ?? "") && start - above <= 2;
  const cut = introduces ? above : start;
  const own = lines.slice(0, cut).join("\n").trimEnd();
  if (own === "") return { body, quote: "" };
  return { body: own, quote: lines.slice(cut, end).join("\n") };
}

function isBlankBetweenQuotes(lines: readonly string[], index: number): boolean {
  return lines[index]?.trim() === "" && index > 0 && lines[index - 1]?.startsWith(">") === true;
}

function joinParts(before: string, after: string): string {
  const head = before.trimEnd();
  const tail = after.trim();
  if (head === "") return tail;
  return tail === "" ? head : `${head}\n\n${tail}`;
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(0, Math.trunc(value)), max);
}
