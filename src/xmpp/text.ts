/** Text of a stranger, made harmless for the rest of the house: capped, without control characters. */
/** C0 controls but tab and line feed: XML forbids them. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B-\u001F]/g;

/** Text of at most `max` UTF-16 units; CR LF becomes LF. Never ends in half a character. */
export function cleanText(text: string, max: number): string {
  const cut = text.length > max ? text.slice(0, max) : text;
  return cut
    .replaceAll("\r\n", "\n")
    .replaceAll("\r", "\n")
    .replaceAll(CONTROLS, "")
    .toWellFormed();
}

/** One line of text, for subjects, names and ids. DEL, which XML allows, nobody means there. */
export function cleanLine(text: string, max: number): string {
  return cleanText(text, max).replaceAll("\u007F", "").replaceAll(/\s+/g, " ").trim();
}

/** An id as it stands in an attribute or element: no spaces around, capped, or undefined. */
export function cleanId(id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const clean = cleanText(id, 1024).trim();
  return clean === "" ? undefined : clean;
}
