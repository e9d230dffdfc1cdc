/** How well a name fits what somebody types: letters in order, best where words begin and where they stand together. */

export type Match = {
  /** More is better. */
  score: number;
  /** Places in the name that were meant, for the eyes. */
  at: readonly number[];
};

const START = 12;
const WORD = 9;
const RUN = 6;
const ANYWHERE = 1;
/** So many of a word's letters may stand anywhere: in a long name any word can be found somehow. */
const SCATTERED = 1 / 3;
/** Each letter that was passed over on the way. */
const SKIPPED = 0.4;

/** Undefined where it does not fit. Every word typed must be found, in any order. */
export function fuzzyMatch(typed: string, name: string): Match | undefined {
  const words = fold(typed).split(" ").filter(Boolean);
  const folded = fold(name);
  let score = 0;
  const at = new Set<number>();
  for (const word of words) {
    const match = matchWord(word, folded);
    if (match === undefined) return undefined;
    score += match.score;
    for (const place of match.at) at.add(place);
  }
  // Of two that fit alike, the shorter is meant.
  return { score: score - folded.length * 0.05, at: [...at].sort((a, b) => a - b) };
}

/** "É" and "e" are one letter. Length and places stay as they are. */
export function fold(text: string): string {
  return text.replaceAll(/./gsu, (letter) => {
    const plain = letter.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
    return plain.length === letter.length ? plain : letter;
  });
}

/** Begins at each place where the first letter stands, and takes the best. */
function matchWord(word: string, name: string): Match | undefined {
  let best: Match | undefined;
  for (let from = name.indexOf(word.charAt(0)); from >= 0;) {
    const match = matchFrom(word, name, from);
    if (match !== undefined && (best === undefined || match.score > best.score)) best = match;
    from = name.indexOf(word.charAt(0), from + 1);
  }
  return best;
}

function matchFrom(word: string, name: string, from: number): Match | undefined {
  const at: number[] = [];
  let score = 0;
  let scattered = 0;
  let last = from - 1;
  for (const letter of word) {
    const place = at.length === 0 ? from : nextPlace(name, letter, last + 1);
    if (place < 0) return undefined;
    const value = worth(name, place, at.length > 0 && place === last + 1);
    scattered += value === ANYWHERE ? 1 : 0;
    score += value;
    score -= at.length === 0 ? 0 : (place - last - 1) * SKIPPED;
    at.push(place);
    last = place;
  }
  return scattered > word.length * SCATTERED ? undefined : { score, at };
}

/** The very next letter, else the beginning of a later word, else wherever it stands. */
function nextPlace(name: string, letter: string, from: number): number {
  if (name.charAt(from) === letter) return from;
  for (let place = name.indexOf(letter, from); place >= 0; place = name.indexOf(letter, place + 1))
    if (isWordStart(name, place)) return place;
  return name.indexOf(letter, from);
}

function worth(name: string, place: number, isRun: boolean): number {
  if (place === 0) return START;
  if (isRun) return RUN;
  return isWordStart(name, place) ? WORD : ANYWHERE;
}

function isWordStart(name: string, place: number): boolean {
  return place === 0 || /[\s.,@_/()-]/.test(name.charAt(place - 1));
}
