const ONE =
  "(?:\\p{RI}\\p{RI}|[0-9#*]\\uFE0F?\\u20E3|(?![©®™0-9#*])\\p{Extended_Pictographic}[\\uFE0E\\uFE0F]?\\p{EMod}?[\\u{E0020}-\\u{E007F}]*(?:\\u200D\\p{Extended_Pictographic}\\uFE0F?\\p{EMod}?)*)";
const FEW = new RegExp(`^${ONE}(?:\\s*${ONE}){0,5}$`, "u");
/** Six of the longest families fit. */
const MAX_LENGTH = 200;

/** One to six emoji and nothing else: said with a picture, and drawn as one. */
export function isFewEmoji(text: string): boolean {
  const trimmed = text.trim();
  return trimmed !== "" && trimmed.length <= MAX_LENGTH && FEW.test(trimmed);
}
