/** A text as parts to draw one after the other, the first at once. */
import type { TextFormat } from "../../../api/contract.ts";
import { chunksOf } from "./chunks.ts";
import { plainBlocks, styledBlocks } from "./styling.ts";
import type { Block, Inline } from "./tokens.ts";

/** "as-is": nothing is read into it, whatever its sender meant. */
export type ShownFormat = TextFormat | "as-is";

export type Part = {
  blocks: () => readonly Block[];
  goesOn: boolean;
  length: number;
  lines: number;
};

/** `markdown`: the reader of Markdown, where it is loaded. */
export function partsOf(
  text: string,
  format: ShownFormat,
  markdown: ((text: string) => Block[] | undefined) | undefined,
): Part[] {
  if (format === "markdown") {
    const blocks = markdown?.(text.replaceAll("\r\n", "\n"));
    if (blocks !== undefined) return [{ ...sizeOf(text), blocks: () => blocks, goesOn: false }];
  }
  const read = format === "plain" || format === "as-is" ? plainBlocks : styledBlocks;
  return chunksOf(text).map((chunk) => ({
    ...sizeOf(chunk.text),
    blocks: once(() => read(chunk.text)),
    goesOn: chunk.goesOn,
  }));
}

/** Whether a text shows more than its own characters: something to switch off. */
export function isMarkedUp(part: Part | undefined): boolean {
  return (part?.blocks() ?? []).some(
    (block) => block.kind !== "paragraph" || block.children.some(isStyled),
  );
}

function isStyled(inline: Inline): boolean {
  if (inline.kind === "link") return inline.children.some((c) => c.kind !== "text");
  return inline.kind !== "text";
}

function sizeOf(text: string): { length: number; lines: number } {
  return { length: text.length, lines: text.split("\n").length };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
