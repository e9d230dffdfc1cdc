/**
 * Elements as text again, for "View source" and for received XHTML-IM. Iterative and capped: xmpp.js's own toString()
 * recurses and dies of a stanza nested a few thousand deep.
 */
import type { Element } from "@xmpp/xml";
import { escapeAttribute, escapeText } from "../base/escape-xml.ts";

export type ElementText = {
  text: string;
  /** Nothing was left out or shortened. */
  isWhole: boolean;
};

export type WriteOptions = {
  /** UTF-16 units; what comes after is left out. */
  maxLength: number;
  /** Longer `data:` URLs and base64 are cut to their beginning. */
  maxData?: number;
  /** In place of this element's text stands `hole`. */
  without?: { element: Element | undefined; hole: string };
};

/** HTML elements without content; every other one needs its end tag where an HTML parser reads it. */
const VOID = new Set(["br", "hr", "img", "wbr", "col", "area", "base", "input", "link", "meta"]);

/** The element as XML, as it came but for white space inside tags. Never throws. */
export function xmlText(element: Element, options: WriteOptions): ElementText {
  const out: string[] = [];
  let length = 0;
  let isWhole = true;
  const put = (text: string): void => {
    out.push(text);
    length += text.length;
  };
  const short = (text: string): string => {
    const max = options.maxData ?? Infinity;
    if (text.length <= max || !looksLikeData(text)) return text;
    isWhole = false;
    return `${text.slice(0, max)}…`;
  };
  walk(element, {
    open(node, isEmpty) {
      if (length > options.maxLength) return void (isWhole = false);
      const attributes = Object.entries(node.attrs)
        .map(([name, value]) => ` ${name}="${escapeAttribute(short(String(value)))}"`)
        .join("");
      put(`<${node.name}${attributes}${isEmpty ? "/" : ""}>`);
    },
    text(text, parent) {
      if (length > options.maxLength) return void (isWhole = false);
      const { without } = options;
      if (without !== undefined && parent === without.element) put(without.hole);
      else put(escapeText(short(text)));
    },
    close(node) {
      put(`</${node.name}>`);
    },
  });
  return { text: out.join(""), isWhole };
}

/** The content of an XHTML element as HTML text: for the sanitiser, which trusts nothing in it. */
export function htmlText(element: Element, maxLength: number): ElementText {
  const out: string[] = [];
  let length = 0;
  const put = (text: string): void => {
    length += text.length;
    if (length <= maxLength) out.push(text);
  };
  walk(element, {
    open(node) {
      if (node === element) return;
      const attributes = Object.entries(node.attrs)
        .filter(([name]) => name !== "xmlns" && !name.startsWith("xmlns:"))
        .map(([name, value]) => ` ${name}="${escapeAttribute(String(value))}"`)
        .join("");
      put(`<${node.name}${attributes}>`);
      if (VOID.has(node.name)) return;
      if (node.children.length === 0) put(`</${node.name}>`);
    },
    text(text) {
      put(escapeText(text));
    },
    close(node) {
      if (node !== element && !VOID.has(node.name)) put(`</${node.name}>`);
    },
  });
  return { text: out.join(""), isWhole: length <= maxLength };
}

type Visitor = {
  open: (node: Element, isEmpty: boolean) => void;
  text: (text: string, parent: Element) => void;
  /** Not called for an element without children. */
  close: (node: Element) => void;
};

function walk(root: Element, visit: Visitor): void {
  const stack: { node: Element; next: number }[] = [];
  const enter = (node: Element): void => {
    visit.open(node, node.children.length === 0);
    if (node.children.length > 0) stack.push({ node, next: 0 });
  };
  enter(root);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const child = top.node.children[top.next++];
    if (child === undefined) {
      visit.close(top.node);
      stack.pop();
    } else if (typeof child === "string") visit.text(child, top.node);
    else enter(child);
  }
}

/** A `data:` URL, or a long run of base64. */
function looksLikeData(text: string): boolean {
  return /^data:/i.test(text) || /^[\sA-Za-z0-9+/=]+$/.test(text.slice(0, 400));
}
