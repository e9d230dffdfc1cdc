/** Whether a text that is about to be sent uses our Markdown: then its message says so (XEP-0481). */
import { LINK, SPAN } from "./unmarked.ts";

/** Headings, lists, fences, rules, the second line of a table. */
const BLOCK =
  /^ {0,3}(?:#{1,6} +\S|[*+-] +\S|\d{1,9}[.)] +\S|`{3}|~{3}|(?:[-*_] *){3,}$|\|?(?: *:?-{3,}:? *\|)+)/m;
/** An answer right below a line that is quoted: Markdown would take it into the quote, message styling does not. */
const ANSWERED_BELOW = /^>[^\n]*\n(?!>)[^\n]*\S/m;

export function isMarkdown(text: string): boolean {
  if (ANSWERED_BELOW.test(text)) return false;
  return BLOCK.test(text) || text.search(SPAN) >= 0 || text.search(LINK) >= 0;
}
