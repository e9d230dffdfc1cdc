/**
 * One WebSocket frame, one element (RFC 7395 section 3.3.3), read in one pass by a parser of our own. It keeps nothing
 * from frame to frame, so nothing a frame leaves open can reach into the next one, and it takes exactly what
 * XMPP may send: text, references, tags, CDATA; no comment, processing instruction or document type (RFC 6120 section
 * 11.1). Where two parsers differ a message can break out of itself (CVE-2022-22784), and lenient ones differ.
 * Linear in the length of the frame, whatever stands in it.
 */
import { Element } from "@xmpp/xml";

/** Nobody nests deeper by honest means; beyond it even walking the tree is a risk. */
const MAX_DEPTH = 128;
const MAX_LENGTH = 4 * 1024 * 1024;
/** Prefixes that need no declaration: "xml" always, "stream" by RFC 7395's framing. */
const KNOWN_PREFIXES = new Set(["xml", "xmlns", "stream"]);
/** Characters that XML 1.0 does not have, section 2.2. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const CLOSING = /<\/([^\s<>/&"'=]+)\s*>/y;
const OPENING = /<([^\s<>/&"'=]+)((?:\s+[^\s<>/&"'=]+\s*=\s*(?:"[^<"]*"|'[^<']*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([^\s<>/&"'=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([\da-fA-F]+));/g;
const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*(?::[\p{L}_][\p{L}\p{N}_.-]*)?$/u;
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const CDATA = "<![CDATA[";

export type StanzaName = "message" | "presence" | "iq";

export type Frame =
  | { ok: true; element: Element }
  /** `name`: what it would have been; absent where it does not even begin like a stanza. */
  | { ok: false; reason: "malformed" | "too-long"; name?: StanzaName };

/** Parses a frame. What is nested absurdly deep is left out, the rest of the stanza read. Never throws. */
export function parseFrame(text: string): Frame {
  const name = /^\s*<(message|presence|iq)[\s/>]/.exec(text.slice(0, 100))?.[1] as
    | StanzaName
    | undefined;
  const refused = name === undefined ? {} : { name };
  if (text.length > MAX_LENGTH) return { ok: false, reason: "too-long", ...refused };
  const element =
    FORBIDDEN.test(text) || !text.isWellFormed() ? undefined : new FrameReader(text).read();
  return element === undefined
    ? { ok: false, reason: "malformed", ...refused }
    : { ok: true, element };
}

class FrameReader {
  private readonly text: string;
  private pos = 0;
  /** Elements that are open, outermost first, down to MAX_DEPTH. */
  private readonly open: Element[] = [];
  /** Names of what is open below that. */
  private readonly deeper: string[] = [];

  constructor(text: string) {
    this.text = text;
  }

  /** The element, or undefined where the frame is not exactly one. */
  read(): Element | undefined {
    const { text } = this;
    while (/\s/.test(text.charAt(this.pos))) this.pos++;
    const root = this.takeOpening();
    while (root !== undefined && this.open.length > 0) {
      const tag = text.indexOf("<", this.pos);
      if (tag < 0) return undefined;
      if (!this.takeText(tag) || !this.takeMarkup()) return undefined;
    }
    return text.slice(this.pos).trim() === "" ? root : undefined;
  }

  private takeMarkup(): boolean {
    const { text, pos } = this;
    const next = text.charCodeAt(pos + 1);
    if (next === 47 /* "/" */) return this.takeClosing();
    if (next !== 33 /* "!" */) return this.takeOpening() !== undefined;
    if (!text.startsWith(CDATA, pos)) return false;
    const end = text.indexOf("]]>", pos);
    if (end < 0) return false;
    if (this.deeper.length === 0) this.open.at(-1)?.t(text.slice(pos + CDATA.length, end));
    this.pos = end + 3;
    return true;
  }

  private takeText(end: number): boolean {
    if (end === this.pos) return true;
    const value = decode(this.text.slice(this.pos, end));
    if (value === undefined) return false;
    if (this.deeper.length === 0) this.open.at(-1)?.t(value);
    this.pos = end;
    return true;
  }

  private takeOpening(): Element | undefined {
    OPENING.lastIndex = this.pos;
    const [tag, name = "", attributes = "", slash] = OPENING.exec(this.text) ?? [];
    if (tag === undefined || !NAME.test(name)) return undefined;
    this.pos += tag.length;
    const attrs = attributesOf(attributes);
    if (attrs === undefined) return undefined;
    const parent = this.open.at(-1);
    if (this.open.length === MAX_DEPTH) {
      if (slash === "") this.deeper.push(name);
      return parent;
    }
    const element = new Element(name, attrs);
    parent?.append(element);
    if (!hasDeclaredPrefixes(element)) return undefined;
    if (slash === "") this.open.push(element);
    return element;
  }

  private takeClosing(): boolean {
    CLOSING.lastIndex = this.pos;
    const [tag, name] = CLOSING.exec(this.text) ?? [];
    if (tag === undefined) return false;
    this.pos += tag.length;
    const closed = this.deeper.length > 0 ? this.deeper.pop() : this.open.pop()?.name;
    return closed === name;
  }
}

/** Undefined where one stands twice (XML 1.0 section 3.1; parsers differ in which they take) or is no name. */
function attributesOf(text: string): Record<string, string> | undefined {
  const attrs: Record<string, string> = {};
  if (text === "") return attrs;
  for (const [, name = "", inDouble, inSingle] of text.matchAll(ATTRIBUTE)) {
    const value = decode(inDouble ?? inSingle ?? "");
    if (value === undefined || !NAME.test(name) || Object.hasOwn(attrs, name)) return undefined;
    attrs[name] = value;
  }
  return attrs;
}

/** The characters a text stands for, or undefined where a reference stands for none. */
function decode(raw: string): string | undefined {
  const first = raw.indexOf("&");
  if (first < 0) return raw;
  let out = raw.slice(0, first);
  let pos = first;
  REFERENCE.lastIndex = first;
  for (;;) {
    const match = REFERENCE.exec(raw);
    const between = raw.slice(pos, match === null ? raw.length : match.index);
    if (between.includes("&")) return undefined;
    if (match === null) return out + between;
    const value = characterOf(match);
    if (value === undefined) return undefined;
    out += between + value;
    pos = REFERENCE.lastIndex;
  }
}

function characterOf([, named, decimal, hex]: RegExpExecArray): string | undefined {
  if (named !== undefined) return NAMED[named];
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  if (!(code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  const character = String.fromCodePoint(code);
  return FORBIDDEN.test(character) ? undefined : character;
}

function hasDeclaredPrefixes(element: Element): boolean {
  if (!isDeclared(element, element.name)) return false;
  for (const name in element.attrs) if (!isDeclared(element, name)) return false;
  return true;
}

function isDeclared(element: Element, name: string): boolean {
  const colon = name.indexOf(":");
  if (colon < 0) return true;
  const prefix = name.slice(0, colon);
  if (KNOWN_PREFIXES.has(prefix)) return true;
  for (let at: Element | null = element; at !== null; at = at.parent) {
    if (at.attrs[`xmlns:${prefix}`] !== undefined) return true;
  }
  return false;
}
