/** The words of a marked-up text (XEP-0393, Markdown) for a line in a list: its signs gone, nothing read twice. */

/** What a line begins with: a heading, a bullet, a box of a list of things to do. */
const OPENING = /^\s{0,8}(?:#{1,6}\s+|(?:[*+-]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?)/;
/** A line of signs alone: fences, rules, the second line of a table. */
const NO_WORDS = /^\s*(?:`{3}.*|~{3,}|[-*_\s]{3,}|[|:\s-]{3,})$/;
/** Capped, so that no sign is looked for far from its like. */
export const LINK =
  /!?\[([^[\]\n]{0,200})\]\((?:https?|mailto|xmpp|tel):[^()\s]{0,300}(?:\s"[^"]{0,100}")?\)/g;
export const SPAN =
  /(^|[\s([{"'*_~])(\*{1,3}|_{1,3}|~{1,2}|`{1,2})(?!\s|\2)([^\n]{0,200}?[^\s])\2(?!\2|[\p{L}\p{N}])/gu;
/** A list shows less. */
const LENGTH = 800;
/** Spans within spans. */
const PASSES = 3;

/** `markdown`: also what only Markdown marks up. */
export function unmarked(text: string, markdown: boolean): string {
  let out = text
    .split("\n")
    .filter((line) => !line.startsWith(">") && !NO_WORDS.test(line))
    .map((line) => (markdown ? line.replace(OPENING, "").replaceAll("|", " ") : line))
    .join("\n")
    .slice(0, LENGTH);
  if (markdown) out = out.replaceAll(LINK, "$1");
  for (let pass = 0; pass < PASSES; pass++) out = out.replaceAll(SPAN, "$1$3");
  return out;
}
