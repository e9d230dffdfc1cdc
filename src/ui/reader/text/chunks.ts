/**
 * A long text in parts that are read and laid out one by one. Measured in Chromium: one paragraph of 240 kB in mixed
 * directions took 113 s, 100,000 combining marks on one letter 150 s; in parts like these, some milliseconds.
 */
import { withoutHalf } from "../../../base/whole-characters.ts";

/** `goesOn`: it begins in the middle of a paragraph. */
export type Chunk = { text: string; goesOn: boolean };

const LENGTH = 8000;
const FENCE = "```";
/** More marks on one letter than any script needs. */
const EXCESS_MARKS = /(\p{M}{32})\p{M}+/gu;

/** Parts of about equal length, cut between paragraphs, else lines, else words. A fenced block is fenced in each. */
export function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let goesOn = false;
  let fenced = false;
  for (let at = 0; at < text.length;) {
    const cut = cutFrom(text, at);
    const part = tamed(text.slice(at, cut.end));
    chunks.push({ text: fenced ? `${FENCE}\n${part}` : part, goesOn });
    if (cut.end < text.length) fenced = isFencedAfter(part, fenced);
    goesOn = cut.inside;
    at = cut.end;
  }
  return chunks;
}

/** The text without what only makes it heavy: endless piles of combining marks. */
function tamed(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(EXCESS_MARKS, "$1");
}

function cutFrom(text: string, at: number): { end: number; inside: boolean } {
  const end = at + LENGTH;
  if (end >= text.length) return { end: text.length, inside: false };
  const window = text.slice(at, end);
  for (const between of ["\n\n", "\n", " "]) {
    const found = window.lastIndexOf(between);
    if (found > LENGTH / 4) return { end: at + found + between.length, inside: between !== "\n\n" };
  }
  return { end: at + withoutHalf(window).length, inside: true };
}

function isFencedAfter(part: string, before: boolean): boolean {
  let fenced = before;
  for (const line of part.split("\n"))
    if (fenced ? line === FENCE : line.startsWith(FENCE)) fenced = !fenced;
  return fenced;
}
