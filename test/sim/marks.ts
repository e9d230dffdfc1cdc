/** How a message of a schedule is known again, wherever it turns up. */

/** The mark a message carries in its text; what it quotes says nothing of it. */
export function markOf(text: string): string | undefined {
  const own = text.includes("\n>") || text.startsWith(">") ? text.replace(/^>.*$/gm, "") : text;
  return /This is ([a-z]+-\d+)\./.exec(own)?.[1];
}
