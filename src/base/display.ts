/**
 * Text of a stranger where it is shown outside the body: one line, of a sane length, without characters that nobody
 * sees or that reorder what stands around them. What was sent stays as it is in the database and in answers.
 */
import { withoutHalf } from "./whole-characters.ts";

/** They reorder the text around them (Unicode Annex 9). */
const BIDI = "\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069";
/** Nobody sees them: soft hyphen, joiners, fillers, zero-width spaces, tags, what is left of old encodings. */
const UNSEEN =
  "\\u00AD\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180E\\u200B-\\u200D\\u2060-\\u2065\\u206A-\\u206F\\u3164\\uFEFF" +
  "\\uFFA0\\uFFF9-\\uFFFB\\u{1D173}-\\u{1D17A}\\u{E0000}-\\u{E0FFF}";
const HIDDEN = new RegExp(`[${BIDI}${UNSEEN}]`, "u");
/** What is to be looked at closer: everything else is left alone. */
const NEEDS_CARE = new RegExp(
  `[${BIDI}${UNSEEN}\\p{Cc}\\p{Cs}\\u2028\\u2029]|\\s\\s|\\p{M}{4}`,
  "u",
);
/** Joiners that make one emoji of two, or letters of these scripts what they are; the flags that are made of tags. */
const MEANT = new RegExp(
  "(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F])\\u200D(?=\\p{Extended_Pictographic})" +
    "|(?<=[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}" +
    "\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}" +
    "\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}])[\\u200C\\u200D]" +
    "|(?<=\\u{1F3F4}[\\u{E0020}-\\u{E007E}]*)[\\u{E0020}-\\u{E007F}]",
  "uy",
);
/** More marks than these on one letter hang into the neighbouring lines. */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;
const EACH_HIDDEN = new RegExp(`[${BIDI}${UNSEEN}]`, "gu");

/** Names and subjects beyond this are cut. UTF-16 units. */
const MAX_LINE = 300;

/** One line as it is shown. Empty where nothing of it can be seen. */
export function shownLine(text: string, max = MAX_LINE): string {
  if (text.length <= max && !NEEDS_CARE.test(text)) return text.trim();
  // Nobody hides more than this between what is seen; cut first, so that a long text costs no more than a short one.
  const rough = text.slice(0, max * 4);
  const seen = withoutHidden(rough)
    .replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, " ")
    .replaceAll(PILED_MARKS, "$1")
    .toWellFormed()
    .trim();
  return seen.length <= max ? seen : `${withoutHalf(seen.slice(0, max - 1)).trimEnd()}…`;
}

/** Whether there is something in it that nobody sees. */
export function hasHidden(text: string): boolean {
  return HIDDEN.test(text) && withoutHidden(text) !== text;
}

/** Whether it makes what stands around it read in another order. */
export function reorders(text: string): boolean {
  return /[\u202A-\u202E\u2066-\u2069]/.test(text);
}

/** The text without what nobody sees; joiners that letters and emoji need stay. */
export function withoutHidden(text: string): string {
  return text.replaceAll(EACH_HIDDEN, (character: string, at: number) => {
    MEANT.lastIndex = at;
    return MEANT.test(text) ? character : "";
  });
}
