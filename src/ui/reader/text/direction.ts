import type { Block, Inline } from "./tokens.ts";

const LETTER = /\p{L}/u;
/** Hebrew to Arabic Extended-A, their presentation forms, and the right-to-left scripts of plane 1. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * Which way a block of blocks runs, by the first letter in it. `dir="auto"` does not look into children that have a
 * direction of their own (HTML, "contained text auto directionality"), and each of ours has.
 */
export function directionOf(blocks: readonly Block[]): "ltr" | "rtl" | undefined {
  for (const block of blocks) {
    const letter = LETTER.exec(textOf(block))?.[0];
    if (letter !== undefined) return RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
  }
  return undefined;
}

function textOf(block: Block): string {
  switch (block.kind) {
    case "paragraph":
    case "heading":
      return block.children.map(inlineText).join("");
    case "quote":
      return block.blocks.map(textOf).join("");
    case "list":
      return block.items
        .flatMap((item) => item.blocks)
        .map(textOf)
        .join("");
    case "table":
      return block.head.flat().map(inlineText).join("");
    default:
      return "";
  }
}

export function inlineText(inline: Inline): string {
  return "children" in inline ? inline.children.map(inlineText).join("") : inline.text;
}
