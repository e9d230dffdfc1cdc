/** Format and control characters, halves, and the letters and marks that have no shape. */
const UNSEEN =
  /[\p{Cf}\p{Cc}\p{Cs}\u2028\u2029\u115F\u1160\u2065\u3164\uFFA0]|\u034F|\u17B4|\u17B5/gu;

/**
 * Whatever nobody sees spelled out, so that it neither hides nor turns what stands around it; lines and tabs stay. For
 * what must be shown as it is: addresses, what servers say, sources.
 */
export function spelledOut(
  text: string,
  spell: (code: string) => string = (code) => `<U+${code.padStart(4, "0")}>`,
): string {
  return text.replaceAll(UNSEEN, (character) =>
    character === "\n" || character === "\t"
      ? character
      : spell((character.codePointAt(0) ?? 0).toString(16).toUpperCase()),
  );
}
