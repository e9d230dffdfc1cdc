/**
 * Finds addresses in plain text by walking it once: a scheme from a short list, then everything that can stand in a
 * URL. No string of HTML is ever made; the caller builds nodes. Linear in the text.
 */
export type TextPart =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string };

const SCHEMES = ["https://", "http://", "mailto:", "xmpp:"] as const;
/** A link longer than this is shown as text. */
const MAX_LINK = 2000;
/** What cannot stand in a URL, or stands around it. */
const ENDS = /[\s<>"'`{}|\\^\p{Cc}\p{Cf}]/u;

export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  let at = 0;
  while (at < text.length) {
    const start = nextColon(text, at);
    if (start === undefined) break;
    const link = linkAt(text, start.from);
    if (link === undefined) {
      at = start.colon + 1;
      continue;
    }
    if (start.from > done) parts.push({ kind: "text", text: text.slice(done, start.from) });
    parts.push(link);
    done = start.from + link.text.length;
    at = done;
  }
  if (done < text.length) parts.push({ kind: "text", text: text.slice(done) });
  return parts;
}

/** The next colon that ends a scheme, and where that scheme begins. */
function nextColon(text: string, from: number): { from: number; colon: number } | undefined {
  for (let colon = text.indexOf(":", from); colon >= 0; colon = text.indexOf(":", colon + 1)) {
    for (const scheme of SCHEMES) {
      const name = scheme.slice(0, scheme.indexOf(":"));
      const start = colon - name.length;
      if (start < from || text.slice(start, colon).toLowerCase() !== name) continue;
      const before = start === 0 ? "" : text.charAt(start - 1);
      if (/[\p{L}\p{N}_]/u.test(before)) continue;
      return { from: start, colon };
    }
  }
  return undefined;
}

function linkAt(text: string, start: number): Extract<TextPart, { kind: "link" }> | undefined {
  let end = start;
  while (end < text.length && end - start <= MAX_LINK && !ENDS.test(text.charAt(end))) end++;
  if (end - start > MAX_LINK) return undefined;
  end = withoutTrailing(text, start, end);
  const found = text.slice(start, end);
  const scheme = SCHEMES.find((s) => found.toLowerCase().startsWith(s));
  if (scheme === undefined || found.length <= scheme.length || !URL.canParse(found))
    return undefined;
  const { protocol, href } = new URL(found);
  const allowed =
    protocol === "https:" || protocol === "http:" || protocol === "mailto:" || protocol === "xmpp:";
  return allowed ? { kind: "link", text: found, href } : undefined;
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
