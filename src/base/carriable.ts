/** No XML has these, written in whatever way (XML 1.0, section 2.2, production Char). */
// oxlint-disable-next-line no-control-regex
const UNCARRIABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF\p{Cs}]/u;
const EACH_UNCARRIABLE = new RegExp(UNCARRIABLE, "gu");
/** Where the pictures of the control characters begin: "␀". */
const PICTURES = 0x2400;

/** Whether a message can carry all of it. */
export function isCarriable(text: string): boolean {
  return !UNCARRIABLE.test(text);
}

/**
 * The text as a message carries it: what XML has no way to say stands there as its picture, "␛" for Escape, so that
 * nothing is lost without a trace and no stream breaks. Line ends become the one that XML knows.
 */
export function carriable(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(EACH_UNCARRIABLE, (character) =>
      character < " " ? String.fromCharCode(PICTURES + character.charCodeAt(0)) : "\uFFFD",
    );
}
