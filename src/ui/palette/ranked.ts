import { fold, fuzzyMatch } from "./fuzzy.ts";
import type { PaletteEntry } from "./sources.ts";

export type Ranked = { entry: PaletteEntry; at: readonly number[] };

/** More than anybody walks through. */
const MAX = 60;
/** What is found by another name than its own comes after what is called so. */
const BY_OTHER_NAME = 0;

/** Without a text everything in its order; else what fits, best first. */
export function ranked(text: string, entries: readonly PaletteEntry[]): Ranked[] {
  if (text.trim() === "")
    return entries
      .filter(({ kind }) => kind !== "person")
      .slice(0, MAX)
      .map((entry) => ({ entry, at: [] }));
  const found: (Ranked & { score: number })[] = [];
  for (const entry of entries) {
    const own = fuzzyMatch(text, entry.label);
    if (own !== undefined) {
      found.push({ entry, ...own });
      continue;
    }
    if (isCalled(text, entry)) found.push({ entry, at: [], score: BY_OTHER_NAME });
  }
  return found.sort((a, b) => b.score - a.score).slice(0, MAX);
}

/** Every word typed begins one of those it goes by. */
function isCalled(text: string, { also = "", detail = "", label }: PaletteEntry): boolean {
  const names = fold(`${also} ${detail} ${label}`).split(/[\s@.,/-]+/);
  const typed = fold(text).split(/\s+/).filter(Boolean);
  return typed.every((word) => names.some((name) => name.startsWith(word)));
}
