/** Letters that look like other letters: enough of Unicode's list of confusables (UTS 39) for names and addresses. */

/** Small letters that look like the Latin one they follow, in most fonts. */
const SAME = {
  a: "аɑα",
  b: "Ьƅ",
  c: "сϲ",
  d: "ԁ",
  e: "еҽ",
  g: "ɡց",
  h: "һհ",
  i: "іι",
  j: "јϳ",
  k: "к",
  l: "ӏ",
  n: "ո",
  o: "оοօ",
  p: "рρ",
  q: "ԛզ",
  r: "г",
  s: "ѕ",
  u: "սυ",
  v: "ѵν",
  w: "ԝѡω",
  x: "хχ",
  y: "уγ",
  z: "ᴢ",
} as const;
/** These look alike as capitals, or from afar. */
const ALIKE = {
  b: "вβ",
  d: "đ",
  e: "ε",
  h: "н",
  i: "ı",
  k: "κ",
  l: "ł",
  m: "м",
  n: "пη",
  o: "øσ",
  t: "тτ",
  u: "μ",
  y: "ү",
} as const;

const toMap = (...tables: Record<string, string>[]): Map<string, string> =>
  new Map(
    tables.flatMap((table) =>
      Object.entries(table).flatMap(([latin, others]) =>
        Array.from(others.toLowerCase(), (other): [string, string] => [other, latin]),
      ),
    ),
  );
const STRICT = toMap(SAME);
const LOOSE = toMap(ALIKE, SAME);

const LETTERS = /[\p{L}\p{M}]+/gu;
const OTHERS = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;
const LATIN = /\p{Script=Latin}/u;

/**
 * What a text looks like: two texts that a person may take for one another come out the same. For comparing only.
 * Capital I, small l and 1 are one, so are O and 0, rn and m, vv and w.
 */
export function lookOf(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replaceAll(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase();
  return Array.from(plain, (c) => LOOSE.get(c) ?? c)
    .join("")
    .replaceAll(/[i1|]/g, "l")
    .replaceAll("0", "o")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w");
}

/** The first word that has Latin letters and others that look like them. */
export function mixedWord(text: string): string | undefined {
  return text.match(LETTERS)?.find((word) => LATIN.test(word) && OTHERS.test(word));
}

/** The Latin word that a word of other letters looks like, letter by letter. */
export function latinLook(word: string): string | undefined {
  const looks = Array.from(word.toLowerCase(), (c) => STRICT.get(c) ?? (/[\d-]/.test(c) ? c : ""));
  return OTHERS.test(word) && !looks.includes("") ? looks.join("") : undefined;
}
