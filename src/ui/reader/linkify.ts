/**
 * Finds addresses in plain text by walking it once: a scheme from a short list or "www.", then everything that can
 * stand in a URL; and bare addresses, name@domain. No string of HTML is ever made; the caller builds nodes. Linear in
 * the text.
 */
import { safeHref } from "./safe-href.ts";

export type TextPart =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string };

const SCHEMES = ["https://", "http://", "mailto:", "xmpp:", "tel:"] as const;
/** A link longer than this is shown as text. */
const MAX_LINK = 2000;
/** RFC 5321 section 4.5.3.1. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
/** What cannot stand in a URL, or stands around it. */
const ENDS = /[\s<>"'`{}|\\^\p{Cc}\p{Cf}]/u;
const WORD = /[\p{L}\p{N}_]/u;
const LOCAL = /[\p{L}\p{N}._%+-]/u;
const DOMAIN = /[\p{L}\p{M}\p{N}.-]/u;
const WHOLE_DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?\.)+\p{L}[\p{L}\p{M}\p{N}-]+$/u;

/** Where a link may be, and how far is certainly none. */
type Found = { start: number; end: number; href?: string | undefined };

export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (let at = 0; at < text.length; at++) {
    const found = foundAt(text, at, done);
    if (found === undefined) continue;
    at = found.end - 1;
    if (found.href === undefined) continue;
    if (found.start > done) parts.push({ kind: "text", text: text.slice(done, found.start) });
    parts.push({ kind: "link", text: text.slice(found.start, found.end), href: found.href });
    done = found.end;
  }
  if (done < text.length) parts.push({ kind: "text", text: text.slice(done) });
  return parts;
}

function foundAt(text: string, at: number, done: number): Found | undefined {
  switch (text.charAt(at)) {
    case ":":
      return urlAround(text, at, done);
    case "@":
      return addressAround(text, at, done);
    case "w":
    case "W":
      return webAt(text, at);
    default:
      return undefined;
  }
}

/** A URL whose scheme ends with this colon. */
function urlAround(text: string, colon: number, done: number): Found | undefined {
  for (const scheme of SCHEMES) {
    const start = colon - scheme.indexOf(":");
    if (start < done || startsWith(text, start, scheme) === false) continue;
    return isInWord(text, start) ? undefined : urlFrom(text, start, scheme.length, "");
  }
  return undefined;
}

function webAt(text: string, at: number): Found | undefined {
  if (!startsWith(text, at, "www.") || isInWord(text, at)) return undefined;
  return urlFrom(text, at, "www.".length, "https://");
}

function urlFrom(text: string, start: number, least: number, prefix: string): Found {
  let stop = start;
  while (stop < text.length && !ENDS.test(text.charAt(stop))) stop++;
  if (stop - start > MAX_LINK) return { start, end: stop };
  const end = withoutTrailing(text, start, stop);
  // Nothing in between is looked at again: whatever stands there belongs to this one.
  if (end - start <= least) return { start, end: Math.max(end, start + least) };
  return { start, end, href: safeHref(prefix + text.slice(start, end)) };
}

/** A bare address around this "@". */
function addressAround(text: string, sign: number, done: number): Found | undefined {
  let start = sign;
  while (start > done && sign - start <= MAX_LOCAL && LOCAL.test(text.charAt(start - 1))) start--;
  // A full stop before it ends a sentence.
  while (text.charAt(start) === ".") start++;
  let end = sign + 1;
  while (end < text.length && end - sign <= MAX_DOMAIN && DOMAIN.test(text.charAt(end))) end++;
  while (end > sign && /[.-]/.test(text.charAt(end - 1))) end--;
  const isBounded =
    sign - start <= MAX_LOCAL && !/[@/]/.test(text.charAt(start - 1)) && text.charAt(end) !== "@";
  if (start === sign || !isBounded || !WHOLE_DOMAIN.test(text.slice(sign + 1, end)))
    return undefined;
  return { start, end, href: safeHref(`mailto:${text.slice(start, end)}`) };
}

function startsWith(text: string, at: number, what: string): boolean {
  return at >= 0 && text.slice(at, at + what.length).toLowerCase() === what;
}

function isInWord(text: string, at: number): boolean {
  return at > 0 && WORD.test(text.charAt(at - 1));
}

/** Punctuation at the end belongs to the sentence; a closing bracket only when it was opened inside. */
function withoutTrailing(text: string, start: number, end: number): number {
  let depth = 0;
  for (let i = start; i < end; i++) {
    const c = text.charAt(i);
    if (c === "(" || c === "[") depth++;
    else if (c === ")" || c === "]") depth--;
  }
  while (end > start) {
    const last = text.charAt(end - 1);
    if (/[.,;:!?…*_~]/.test(last)) end--;
    else if ((last === ")" || last === "]") && depth < 0) {
      depth++;
      end--;
    } else break;
  }
  return end;
}
