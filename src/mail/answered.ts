/** What my answers prove: whoever answers a message has read it, and what stood before it. */
import type { Conversation } from "./conversation.ts";
import { linksByReply } from "./grouping.ts";
import type { Message } from "./message.ts";

/** Written at `at` (epoch ms) by somebody who had read all from before `before`, and what it names: keys. */
export type Answer = { at: number; before: number; named: readonly number[] };

/**
 * What a message of mine proves of those it stands among. One that names what it answers (XEP-0461, References) proves
 * no more than that: it may have been written long before it went out, while others came. Of one that names nothing, as
 * most chat apps write, the archive's time counts, or that of another program's live copy; never the clock of this
 * device. `withMid`: the messages it stands among, by their id. Undefined: nothing.
 */
export function answerOf(
  mine: Message,
  withMid: (mid: string) => readonly Message[],
): Answer | undefined {
  if (mine.direction !== "out") return undefined;
  const { at, refs = [] } = mine;
  const isOwnClock = mine.recipients !== undefined && mine.archiveIds.length === 0;
  if (refs.length === 0) return isOwnClock ? undefined : { at, before: at, named: [] };
  const written = isOwnClock ? Number.POSITIVE_INFINITY : at;
  const answered = refs.flatMap((mid) => firstNamed(mine, withMid(mid), written) ?? []);
  if (answered.length === 0) return undefined;
  const before = Math.max(...answered.map((message) => message.at));
  return { at, before, named: answered.map(({ key }) => key) };
}

/** Others may bear the same id, by a sender's habit or on purpose: only the first was surely there to be answered. */
function firstNamed(mine: Message, rows: readonly Message[], written: number): Message | undefined {
  return rows
    .filter((row) => row.direction === "in" && row.at <= written)
    .filter((row) => linksByReply(mine, row, mine.from))
    .reduce<Message | undefined>(
      (first, row) => (first === undefined || row.at < first.at ? row : first),
      undefined,
    );
}

/** When it was answered last, epoch ms; undefined where no answer proves that it was read. */
export function answeredAt(
  { at, key }: Pick<Message, "at" | "key">,
  answers: readonly Answer[],
): number | undefined {
  const proofs = answers.filter(({ before, named }) => at < before || named.includes(key));
  return proofs.length === 0 ? undefined : Math.max(...proofs.map((answer) => answer.at));
}

/** All answers in a conversation, whose messages these are. */
export function answersAmong(messages: readonly Message[]): Answer[] {
  const byMid = Map.groupBy(messages, ({ mid }) => mid);
  return messages.flatMap((message) => answerOf(message, (mid) => byMid.get(mid) ?? []) ?? []);
}

/** Whether to look for answers at all: something of mine may be later than this. */
export function mayBeAnswered(conversation: Conversation, { at }: Pick<Message, "at">): boolean {
  const { sent, lastOutAt, count, mails } = conversation;
  return (sent > 0 && lastOutAt > at) || (count > mails && conversation.at > at);
}
