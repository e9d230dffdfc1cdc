/**
 * XML set out in lines for reading: one pass over the text, nothing nested, so that no stanza is too deep for it. What is
 * shown is what was written; only white space between elements is added, and what nobody would see is spelled out.
 */
import { spelledOut } from "../../../base/spelled-out.ts";

export type XmlToken = { kind: "mark" | "name" | "attribute" | "value" | "text"; text: string };

const TAG = /<(\/?)([^\s<>/]*)([^<>]*?)(\/?)>/y;
const ATTRIBUTE = /([^\s=]+)\s*=\s*("[^"]*"|'[^']*')/g;
const INDENT = "  ";
/** Deeper than this nothing moves to the side any more. */
const MAX_INDENT = 24;
/** Text this long that is one word is data. */
const MAX_WORD = 400;
const KEPT = 80;
/** Of one tag. UTF-16 units. */
const MAX_ATTRIBUTES = 20_000;

/**
 * The tokens in order; their texts joined are the lines to show. `rest`: what comes after about `max` of them, as it
 * stands.
 */
export function xmlTokens(xml: string, max: number): { tokens: XmlToken[]; rest: string } {
  const out: XmlToken[] = [];
  let depth = 0;
  let at = 0;
  /** The last thing was a start tag, or text: an end tag goes on in its line. */
  let isInline = true;
  const newLine = (): void => {
    if (out.length > 0)
      out.push({ kind: "text", text: `\n${INDENT.repeat(Math.min(depth, MAX_INDENT))}` });
  };
  while (at < xml.length && out.length < max) {
    TAG.lastIndex = at;
    const tag = xml[at] === "<" ? TAG.exec(xml) : null;
    if (tag === null) {
      const end = xml.indexOf("<", at + 1);
      const text = xml.slice(at, end < 0 ? xml.length : end);
      if (text.trim() !== "") {
        out.push({ kind: "text", text: visible(short(text)) });
        isInline = true;
      }
      at += text.length;
      continue;
    }
    const [whole, close, name = "", attributes = "", empty] = tag;
    if (close === "/") {
      depth = Math.max(0, depth - 1);
      if (!isInline) newLine();
    } else newLine();
    pushTag(out, `<${close}`, name, attributes, `${empty}>`);
    isInline = close !== "/" && empty !== "/";
    if (isInline) depth++;
    at += whole.length;
  }
  return { tokens: out, rest: xml.slice(at) };
}

function pushTag(
  out: XmlToken[],
  opening: string,
  name: string,
  attributes: string,
  closing: string,
): void {
  out.push({ kind: "mark", text: opening }, { kind: "name", text: visible(name) });
  for (const [, key = "", value = ""] of attributes.slice(0, MAX_ATTRIBUTES).matchAll(ATTRIBUTE)) {
    out.push(
      { kind: "attribute", text: ` ${visible(key)}` },
      { kind: "mark", text: "=" },
      { kind: "value", text: visible(short(value)) },
    );
  }
  out.push({ kind: "mark", text: closing });
}

/** Long data keeps its beginning and says how long it is. */
function short(text: string): string {
  if (text.length <= MAX_WORD || /\s\S{0,200}\s/.test(text.slice(0, MAX_WORD))) return text;
  if (/\s/.test(text.trim().slice(0, MAX_WORD))) return text;
  return `${text.slice(0, KEPT)}… (${text.length.toLocaleString("en")})`;
}

/** As XML would write it, so that it neither hides nor turns what stands around it. */
export function visible(text: string): string {
  return spelledOut(text, (code) => `&#x${code};`);
}
