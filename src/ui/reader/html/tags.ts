/**
 * Reads the tags of HTML as a browser's tokeniser finds them (HTML standard, 13.2.5), and nothing else of it: comments,
 * quoted attribute values and raw text are stepped over. One walk, no backtracking: linear in the text.
 */
export type Tag = { name: string; isEnd: boolean; attributes: number; from: number; to: number };

/** Text inside is no markup up to the end tag of the same name. */
export const RAW: ReadonlySet<string> = new Set([
  "style",
  "title",
  "script",
  "textarea",
  "xmp",
  "iframe",
  "noembed",
  "noframes",
]);

/** Calls `onTag` for every tag, in order, until it says false. */
export function walkTags(html: string, onTag: (tag: Tag) => boolean): void {
  let at = html.indexOf("<");
  while (at >= 0 && at < html.length) {
    const next = html.charCodeAt(at + 1);
    if (next === SLASH && isLetter(html.charCodeAt(at + 2)))
      at = readTag(html, at + 2, true, onTag);
    else if (isLetter(next)) at = readTag(html, at + 1, false, onTag);
    else if (next === BANG) at = afterDeclaration(html, at + 2);
    else if (next === QUESTION || next === SLASH) at = afterFirst(html, ">", at + 2);
    else at += 1;
    if (at >= 0) at = html.indexOf("<", at);
  }
}

const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const GREATER = 0x3e;
const EQUALS = 0x3d;
const DOUBLE = 0x22;
const SINGLE = 0x27;

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d;
}

/** -1 where it does not end: the rest is no tag then. */
function afterFirst(html: string, end: string, from: number): number {
  const found = html.indexOf(end, from);
  return found < 0 ? -1 : found + end.length;
}

/** Behind "<!": a comment ends in any of four ways, everything else with the first ">". */
function afterDeclaration(html: string, from: number): number {
  if (!html.startsWith("--", from)) return afterFirst(html, ">", from);
  const start = from + 2;
  if (html.startsWith(">", start)) return start + 1;
  if (html.startsWith("->", start)) return start + 2;
  const end = /--!?>/g;
  end.lastIndex = start;
  return end.exec(html) === null ? -1 : end.lastIndex;
}

/** The tag whose name begins at `from`; the place behind it, or behind the raw text it opens. -1: the end, or enough. */
function readTag(html: string, from: number, isEnd: boolean, onTag: (tag: Tag) => boolean): number {
  let at = from;
  while (at < html.length && !isNameEnd(html.charCodeAt(at))) at++;
  const name = html.slice(from, Math.min(at, from + MAX_NAME)).toLowerCase();
  const { end, attributes } = readAttributes(html, at);
  if (end < 0) return -1;
  if (!onTag({ name, isEnd, attributes, from: from - (isEnd ? 2 : 1), to: end })) return -1;
  return !isEnd && RAW.has(name) ? startOfEndTag(html, name, end) : end;
}

/** Longer than any name that matters. */
const MAX_NAME = 40;

function isNameEnd(code: number): boolean {
  return isBlank(code) || code === SLASH || code === GREATER;
}

function readAttributes(html: string, from: number): { end: number; attributes: number } {
  let at = from;
  let attributes = 0;
  for (;;) {
    while (at < html.length && (isBlank(html.charCodeAt(at)) || html.charCodeAt(at) === SLASH))
      at++;
    if (at >= html.length) return { end: -1, attributes };
    if (html.charCodeAt(at) === GREATER) return { end: at + 1, attributes };
    attributes++;
    // The first character may be "=": it is part of the name there.
    at++;
    while (at < html.length && !isNameEnd(html.charCodeAt(at)) && html.charCodeAt(at) !== EQUALS)
      at++;
    let value = at;
    while (value < html.length && isBlank(html.charCodeAt(value))) value++;
    if (html.charCodeAt(value) === EQUALS) at = afterValue(html, value + 1);
    if (at < 0) return { end: -1, attributes };
  }
}

function afterValue(html: string, from: number): number {
  let at = from;
  while (at < html.length && isBlank(html.charCodeAt(at))) at++;
  const quote = html.charCodeAt(at);
  if (quote === DOUBLE || quote === SINGLE)
    return afterFirst(html, quote === DOUBLE ? '"' : "'", at + 1);
  while (at < html.length && !isBlank(html.charCodeAt(at)) && html.charCodeAt(at) !== GREATER) at++;
  return at;
}

const END_OF_RAW = new Map(
  [...RAW].map((name) => [name, new RegExp(`</${name}[\\t\\n\\f\\r />]`, "gi")]),
);

function startOfEndTag(html: string, name: string, from: number): number {
  const end = END_OF_RAW.get(name);
  if (end === undefined) return from;
  end.lastIndex = from;
  return end.exec(html)?.index ?? -1;
}
