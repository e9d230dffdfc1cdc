import type { Inline, Paragraph } from "./tokens.ts";

/** A paragraph goes on in another one after so much; at the end of a line that cannot be seen, and layout is quicker. */
const PIECE_LENGTH = 2000;
const PIECE_LINES = 50;

/** Lines of text as paragraphs, parted by blank ones. `spans` reads one line. */
export function paragraphsOf(
  lines: readonly string[],
  spans: (line: string) => Inline[],
): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let last: Paragraph | undefined;
  let room = 0;
  let rows = 0;
  for (const line of lines) {
    if (line.trim() === "") last = undefined;
    else if (last !== undefined && rows > 0 && room >= line.length)
      append(last.children, [{ kind: "text", text: "\n" }, ...spans(line)]);
    else {
      const goesOn = last !== undefined;
      last = { kind: "paragraph", children: spans(line), ...(goesOn ? { goesOn } : {}) };
      paragraphs.push(last);
      room = PIECE_LENGTH;
      rows = PIECE_LINES;
    }
    room -= line.length;
    rows -= 1;
  }
  return paragraphs;
}

/** Adds, and keeps neighbouring texts one. */
export function append(to: Inline[], more: readonly Inline[]): void {
  for (const inline of more) {
    const last = to.at(-1);
    if (inline.kind === "text" && last?.kind === "text")
      to[to.length - 1] = { kind: "text", text: last.text + inline.text };
    else to.push(inline);
  }
}
