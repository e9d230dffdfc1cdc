/** What my answers prove: whoever answers a message has read it, and what stood before it. */
import type { Conversation } from "./conversation.ts";
import type { Message } from "./message.ts";

/** Written at `at`, by somebody who had read everything up to `upTo`; epoch ms. */
export type Answer = { at: number; upTo: number };

/**
 * What a message of mine proves of those it stands among. One that names what it answers (XEP-0461, References) proves
 * no more than that: it may have been written long before it went out, while others came. Of one that names nothing, as
 * most chat apps write, the archive's time counts, or that of another program's live copy; never the clock of this
 * device. Undefined: nothing.
 */
export function answerOf(mine: Message, among: readonly Message[]): Answer | undefined {
  if (mine.direction !== "out") return undefined;
  const { at, refs = [] } = mine;
  if (refs.length === 0) {
    const isOwnClock = mine.recipients !== undefined && mine.archiveIds.length === 0;
    return isOwnClock ? undefined : { at, upTo: at - 1 };
  }
  const answered = among.filter(({ direction, mid }) => direction === "in" && refs.includes(mid));
  if (answered.length === 0) return undefined;
  return { at, upTo: Math.max(...answered.map((message) => message.at)) };
}

/** When it was answered last, epoch ms; undefined where no answer proves that it was read. */
export function answeredAt(
  { at }: Pick<Message, "at">,
  answers: readonly Answer[],
): number | undefined {
  const proofs = answers.filter(({ upTo }) => upTo >= at).map((answer) => answer.at);
  return proofs.length === 0 ? undefined : Math.max(...proofs);
}

/** All answers in a conversation, whose messages these are. */
export function answersAmong(messages: readonly Message[]): Answer[] {
  return messages.flatMap((message) => answerOf(message, messages) ?? []);
}

/** Whether to look for answers at all: something of mine may be later than this. */
export function mayBeAnswered(conversation: Conversation, { at }: Pick<Message, "at">): boolean {
  const { sent, lastOutAt, count, mails } = conversation;
  return (sent > 0 && lastOutAt > at) || (count > mails && conversation.at > at);
}
