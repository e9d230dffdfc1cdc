/** A text that was cut, without the half of a character (a lone high surrogate) the cut may have left at its end. */
export function withoutHalf(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}
