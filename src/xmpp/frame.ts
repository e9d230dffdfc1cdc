/**
 * One WebSocket frame, one element (RFC 7395 section 3.3.3). A new parser for every frame: nothing a frame leaves open
 * can reach into the next one, and no exception can wedge what follows.
 */
import { Element, Parser } from "@xmpp/xml";

/** Nobody nests deeper by honest means; beyond it even walking the tree is a risk. */
const MAX_DEPTH = 128;
const MAX_LENGTH = 4 * 1024 * 1024;
/** Prefixes that need no declaration: "xml" always, "stream" by RFC 7395's framing. */
const KNOWN_PREFIXES = new Set(["xml", "xmlns", "stream"]);
/** Characters that XML 1.0 does not have, section 2.2. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
/**
 * The pieces a stanza may consist of, one after another: text, a reference, a tag, CDATA. No comment, processing
 * instruction or document type (RFC 6120 section 11.1). The parser below is more lenient than the server's, and where
 * two parsers differ a message can break out of itself (CVE-2022-22784).
 */
const PIECE =
  /[^<&]+|&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);|<\/[^\s<>/&"'=]+\s*>|<[^\s<>/&"'=]+((?:\s+[^\s<>/&"'=]+\s*=\s*(?:"[^<"]*"|'[^<']*'))*)\s*\/?>|<!\[CDATA\[[^]*?\]\]>/giy;
const ATTRIBUTE = /([^\s<>/&"'=]+)\s*=\s*(?:"[^"]*"|'[^']*')/g;

export type Frame =
  | { ok: true; element: Element }
  /** too-deep, too-long: complete but not for us, skip it. malformed: the stream cannot be trusted any more. */
  | { ok: false; reason: "malformed" | "too-deep" | "too-long"; name?: string };

class FrameParser extends Parser {
  root: Element | undefined;
  depth = 0;
  deepest = 0;
  closed = false;
  broken = false;
  private at: Element | undefined;

  override onStartElement(name: string, attrs: Record<string, string>): void {
    this.depth++;
    this.deepest = Math.max(this.deepest, this.depth);
    if (this.closed || !isName(name)) this.broken = true;
    if (this.broken || this.depth > MAX_DEPTH) return;
    const element = new Element(name, attrs);
    if (this.at === undefined) this.root = element;
    else this.at.append(element);
    this.at = element;
    if (!hasDeclaredPrefixes(element)) this.broken = true;
  }

  override onEndElement(name: string): void {
    if (this.depth <= MAX_DEPTH) {
      if (this.at?.name !== name) {
        this.broken = true;
        return;
      }
      this.at = this.at.parent ?? undefined;
    }
    this.depth--;
    if (this.depth === 0) this.closed = true;
  }

  override onText(text: string): void {
    if (FORBIDDEN.test(text)) this.broken = true;
    if (this.depth > MAX_DEPTH || this.broken) return;
    if (this.at !== undefined) this.at.t(text);
    else if (text.trim() !== "") this.broken = true;
  }
}

/** Parses a frame. Never throws. */
export function parseFrame(text: string): Frame {
  if (text.length > MAX_LENGTH) return { ok: false, reason: "too-long" };
  if (!isMadeOfPieces(text)) return { ok: false, reason: "malformed" };
  const parser = new FrameParser();
  try {
    parser.write(text);
  } catch {
    return { ok: false, reason: "malformed" };
  }
  const { root } = parser;
  const rest = text.slice(text.lastIndexOf(">") + 1);
  if (root === undefined || parser.broken || !parser.closed || rest.trim() !== "") {
    return { ok: false, reason: "malformed" };
  }
  if (parser.deepest > MAX_DEPTH) return { ok: false, reason: "too-deep", name: root.name };
  return { ok: true, element: root };
}

function isMadeOfPieces(text: string): boolean {
  if (FORBIDDEN.test(text) || !text.isWellFormed()) return false;
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < text.length) {
    const piece = PIECE.exec(text);
    if (piece === null || !hasDistinctAttributes(piece[1])) return false;
  }
  return true;
}

/** XML 1.0 section 3.1: no attribute twice. The parser takes the last, others the first. */
function hasDistinctAttributes(attributes: string | undefined): boolean {
  if (attributes === undefined || attributes === "") return true;
  const names = Array.from(attributes.matchAll(ATTRIBUTE), (match) => match[1]);
  return new Set(names).size === names.length;
}

function isName(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_.\-:]*$/u.test(name) && name.split(":").length <= 2;
}

function hasDeclaredPrefixes(element: Element): boolean {
  const prefixes = [element.name, ...Object.keys(element.attrs)]
    .filter((name) => name.includes(":"))
    .map((name) => name.slice(0, name.indexOf(":")));
  return prefixes.every((prefix) => KNOWN_PREFIXES.has(prefix) || isDeclared(element, prefix));
}

function isDeclared(element: Element, prefix: string): boolean {
  for (let at: Element | null = element; at !== null; at = at.parent) {
    if (at.attrs[`xmlns:${prefix}`] !== undefined) return true;
  }
  return false;
}
