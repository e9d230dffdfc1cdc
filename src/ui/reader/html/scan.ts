/**
 * Looks at foreign HTML before any parser does. What a browser makes of 250 kB of `<template>` is a crash, of `<b>` or
 * `<table><td>` seconds of standing still; and that is the parser alone, no sanitiser has a say in it. So the tags are
 * counted first, with as much of the tree builder's stack as it takes to know how deep it would get.
 *
 * The rule of this file: where the tree builder is subtler than what is kept here, count too much, never too little.
 */
import { ALLOWED_TAGS } from "./allowed.ts";
import { type Tag, walkTags } from "./tags.ts";

/** large: long, or many tags. tangled: costly to parse. unusual: elements that no letter needs and attacks do. */
export type ScanProblem = "large" | "tangled" | "unusual";
/** `mayTry`: parsing it is cheap all the same, so a person who asks for it may have it. */
export type Scan = { ok: true } | { ok: false; problem: ScanProblem; mayTry: boolean };

export const SCAN_LIMITS = {
  chars: 100_000,
  charsToTry: 300_000,
  tags: 5_000,
  tagsToTry: 10_000,
  depth: 256,
  /** Attributes of one tag, and of all. */
  attributes: 100,
  allAttributes: 12_000,
  allAttributesToTry: 40_000,
  /** Elements that the parser or the sanitiser makes again or moves on their account, summed up over all tags. */
  work: 50_000,
  /** Tags in HTML with unusual elements, whose own rules of nesting are not followed here. */
  unusualTags: 400,
} as const;

/** The parser changes its rules inside: foreign content, raw text, templates; or they are only found in attacks. */
const UNUSUAL = new Set(
  "template svg math noscript script xmp plaintext noembed noframes iframe textarea select frameset object embed applet marquee".split(
    " ",
  ),
);

export function scanHtml(html: string): Scan {
  if (html.length > SCAN_LIMITS.charsToTry) return { ok: false, problem: "large", mayTry: false };
  const nest = makeNest();
  let tags = 0;
  let attributes = 0;
  let isUnusual = false;
  let isTangled = false;
  walkTags(html, (tag) => {
    tags++;
    attributes += tag.attributes;
    isUnusual ||= UNUSUAL.has(tag.name);
    isTangled ||= tag.attributes > SCAN_LIMITS.attributes;
    isTangled ||= !nest.take(tag);
    return !isTangled && tags <= SCAN_LIMITS.tagsToTry;
  });
  // In foreign content a "<style>" hides nothing: whatever looks like a tag counts.
  if (isUnusual) {
    const mayTry = !isTangled && looksLikeTags(html) <= SCAN_LIMITS.unusualTags;
    return { ok: false, problem: "unusual", mayTry };
  }
  if (isTangled) return { ok: false, problem: "tangled", mayTry: false };
  const { chars, tags: few, tagsToTry, allAttributes, allAttributesToTry } = SCAN_LIMITS;
  if (html.length <= chars && tags <= few && attributes <= allAttributes) return { ok: true };
  const mayTry = tags <= tagsToTry && attributes <= allAttributesToTry;
  return { ok: false, problem: "large", mayTry };
}

function looksLikeTags(html: string): number {
  let count = 0;
  for (let at = html.indexOf("<"); at >= 0; at = html.indexOf("<", at + 1)) count++;
  return count;
}

// ---------------------------------------------------------------- the stack of open elements

const words = (text: string): Set<string> => new Set(text.split(" "));
const VOID = words(
  "area base br col embed hr img input link meta param source track wbr keygen frame image",
);
/** The tree builder opens them again in the next block when they were not closed. */
const FORMATTING = words("a b big code em font i nobr s small strike strong tt u");
/** No end tag reaches through these, but those of tables. */
const BOUNDARY = words("td th caption table object applet marquee button");
/** End tags of blocks close everything within; the end tag of anything else stops at a block. */
const BLOCK = words(
  "address article aside blockquote button center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup li listing main menu nav ol p pre search section summary table tbody tfoot thead tr td th caption ul",
);
const LISTS = words("ul ol");
const TABLE_PARTS = words("table tbody tfoot thead tr td th caption");
/** A second one closes the first when nothing else is open in it. */
const CLOSES_ITSELF = words("p li dt dd option");
/** There is one of each, whatever is written. */
const ONCE = words("html head body");
/** What the sanitiser takes out, moving its children up one by one. */
const KEPT = new Set(ALLOWED_TAGS);

interface Nest {
  /** False: too deep, or too costly. */
  take(tag: Tag): boolean;
}

/** `tag`: the how-manieth of all tags it was. */
type Open = { name: string; formattingBefore: number; tag: number };

function makeNest(): Nest {
  const stack: Open[] = [];
  let formatting: string[] = [];
  let moved = 0;
  let work = 0;
  let tags = 0;
  const drop = (at: number): void => {
    for (const { name } of stack.slice(at)) if (!KEPT.has(name)) moved--;
    stack.length = at;
  };
  const push = (name: string): void => {
    stack.push({ name, formattingBefore: formatting.length, tag: tags });
    if (!KEPT.has(name)) moved++;
  };
  /** Formatting that was opened in a cell ends with it. */
  const endCell = (at: number): void => {
    formatting = formatting.slice(0, stack[at]?.formattingBefore ?? formatting.length);
    drop(at);
  };
  const isCell = (name: string | undefined): boolean =>
    name === "td" || name === "th" || name === "caption";

  function start(name: string): void {
    if (VOID.has(name) || ONCE.has(name)) return;
    if (TABLE_PARTS.has(name)) return startTablePart(name);
    if (CLOSES_ITSELF.has(name) && stack.at(-1)?.name === name) drop(stack.length - 1);
    if (FORMATTING.has(name)) formatting.push(name);
    push(name);
  }

  /** Cells outside of a table are not there for the tree builder; inside, one ends the other. */
  function startTablePart(name: string): void {
    const around = lastIndex(stack, (n) => n === "table" || isCell(n));
    const inTable = stack[around]?.name === "table";
    if (name === "table") {
      if (inTable) drop(around);
      return push(name);
    }
    const table = lastIndex(stack, (n) => n === "table");
    if (table < 0) return;
    if (!inTable) endCell(around);
    // What lies loose in a table is closed; a row ends the row before it, a body the body.
    if (name === "tr" || name === "td" || name === "th") {
      const row = lastIndex(stack, (n) => n === name);
      if (row > table) drop(row);
    }
    push(name);
  }

  function end(name: string): void {
    if (VOID.has(name) || ONCE.has(name)) return;
    if (FORMATTING.has(name)) return endFormatting(name);
    const isPart = TABLE_PARTS.has(name);
    const at = lastIndex(
      stack,
      (n) => n === name,
      (n) =>
        isPart
          ? n === "table"
          : BOUNDARY.has(n) ||
            (name === "li" && LISTS.has(n)) ||
            (!BLOCK.has(name) && BLOCK.has(n)),
    );
    if (at < 0) return;
    if (name === "form") return splice(at);
    if (isCell(name)) return endCell(at);
    if (name !== "table") return drop(at);
    // With the table end the cells that are open in it.
    const cell = stack.findIndex((open, i) => i > at && isCell(open.name));
    if (cell > 0) endCell(cell);
    drop(at);
  }

  /** "Adoption agency": a block opened inside stays open without it, and what is in that block is moved. */
  function endFormatting(name: string): void {
    const cell = lastIndex(stack, isCell);
    const open = formatting.lastIndexOf(name);
    if (open >= (stack[cell]?.formattingBefore ?? 0)) formatting.splice(open, 1);
    const at = lastIndex(
      stack,
      (n) => n === name,
      (n) => BOUNDARY.has(n),
    );
    if (at < 0) return;
    const block = stack.find((o, i) => i > at && BLOCK.has(o.name));
    if (block === undefined) return drop(at);
    work += tags - block.tag;
    splice(at);
  }

  function splice(at: number): void {
    const [gone] = stack.splice(at, 1);
    if (gone !== undefined && !KEPT.has(gone.name)) moved--;
  }

  return {
    take({ name, isEnd }) {
      tags++;
      if (isEnd) end(name);
      else start(name);
      work += moved + (FORMATTING.has(name) ? 0 : formatting.length);
      return (
        stack.length <= SCAN_LIMITS.depth &&
        formatting.length <= SCAN_LIMITS.depth &&
        work <= SCAN_LIMITS.work
      );
    },
  };
}

/** The innermost open element that is meant, unless one that stops the search lies further in. */
function lastIndex(
  stack: readonly Open[],
  is: (name: string) => boolean,
  stops: (name: string) => boolean = () => false,
): number {
  for (let i = stack.length - 1; i >= 0; i--) {
    const name = stack[i]?.name ?? "";
    if (is(name)) return i;
    if (stops(name)) return -1;
  }
  return -1;
}
