/**
 * Corrections (XEP-0308 1.2): a message that puts an earlier one of the same sender right is shown in its place, and
 * what stood there before stays readable. Whatever names somebody else's message is a message of its own.
 */
import type { Message } from "./message.ts";

/** A message as it is shown: `text` is the row whose words count now, `earlier` those before it, oldest first. */
export type Versioned = { message: Message; text: Message; earlier: Message[] };

/** In the order of the rows; the first version gives the place. */
export function withVersions(rows: readonly Message[]): Versioned[] {
  const byName = new Map(rows.map((row) => [nameOf(row, row.mid), row]));
  const corrections = new Map<Message, Message[]>();
  const own: Message[] = [];
  for (const row of rows) {
    const first = firstOf(row, byName);
    if (first === row) own.push(row);
    else corrections.set(first, [...(corrections.get(first) ?? []), row]);
  }
  return own.map((message) => {
    const all = [message, ...inOrder(corrections.get(message) ?? [])];
    return { message, text: all.at(-1) ?? message, earlier: all.slice(0, -1) };
  });
}

/** A client may name the first version or the last one; a ring of them is nobody's first. */
function firstOf(row: Message, byName: ReadonlyMap<string, Message>): Message {
  const seen = new Set<Message>();
  let at = row;
  while (at.corrects !== undefined && !seen.has(at)) {
    seen.add(at);
    const before = byName.get(nameOf(at, at.corrects));
    if (before === undefined || before.kind !== at.kind) return at;
    at = before;
  }
  return seen.has(at) ? row : at;
}

function inOrder(rows: readonly Message[]): Message[] {
  return [...rows].sort((a, b) => a.at - b.at || a.key - b.key);
}

function nameOf(row: Message, mid: string): string {
  return `${row.from}\n${mid}`;
}
