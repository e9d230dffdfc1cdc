/** What a text is made of once it is read, whichever format it came in. Plain values: `blocks.tsx` draws them. */

/** `mark`: the sign the writer set on both sides, where it stays in sight (XEP-0393 recommends that). */
export type Inline =
  | { kind: "text"; text: string }
  | { kind: "strong" | "em" | "strike"; children: Inline[]; mark?: string }
  | { kind: "code"; text: string; mark?: string }
  | { kind: "link"; href: string; children: Inline[] }
  /** A picture somewhere else: a link to it, never loaded. */
  | { kind: "image"; href: string; text: string };

/** Line breaks are "\n" in the text. `goesOn`: the rest of the paragraph before, parted only for the layout's sake. */
export type Paragraph = { kind: "paragraph"; children: Inline[]; goesOn?: true };

/** `done`: an item of a list of things to do. */
export type Item = { blocks: Block[]; done?: boolean };

export type Block =
  | Paragraph
  | { kind: "heading"; level: number; children: Inline[] }
  | { kind: "quote"; blocks: Block[] }
  | { kind: "code"; text: string; language: string }
  | { kind: "list"; ordered: boolean; start: number; items: Item[] }
  | { kind: "rule" }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] };
