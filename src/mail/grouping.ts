/**
 * What belongs together (DESIGN.md section 2). Pure predicates over pairs, so that the outcome is the same in
 * whatever order messages arrive: a conversation is a connected part of the graph these edges draw.
 */
import type { Jid } from "./address.ts";
import { type NewMessage, participantsOf } from "./message.ts";

type Link = Pick<
  NewMessage,
  "from" | "to" | "cc" | "bcc" | "at" | "mid" | "refs" | "replyingTo" | "thread"
>;

/** A chat answers my mail when it is the first from that person within this time: 14 days, in ms. */
export const CHAT_ANSWER_WINDOW_MS = 14 * 24 * 3600 * 1000;

/**
 * `child` names `parent` by id and its sender could know that id: mine, or the sender stands on the parent.
 * Where the reply says whose message it answers (XEP-0461 `to`), the parent must be that person's.
 */
export function linksByReply(child: Link, parent: Link, me: Jid): boolean {
  if (child.refs?.includes(parent.mid) !== true) return false;
  const namesItAsReply = child.refs[0] === parent.mid;
  if (namesItAsReply && child.replyingTo !== undefined && child.replyingTo !== parent.from) {
    return false;
  }
  return child.from === me || participantsOf(parent, me).includes(child.from);
}

/**
 * Two messages share a thread id, and whoever wrote the later one already belonged to the earlier one.
 * So a stranger who learned the id starts a conversation of his own. For mail of mine the recipients must overlap.
 */
export function linksByThread(a: Link, b: Link, me: Jid): boolean {
  if (a.thread === undefined || a.thread !== b.thread) return false;
  const [earlier, later] = inOrder(a, b);
  const known = participantsOf(earlier, me);
  if (later.from !== me) return known.includes(later.from);
  const mine = participantsOf(later, me);
  return mine.length === 0 || known.length === 0 || mine.some((jid) => known.includes(jid));
}

function inOrder(a: Link, b: Link): [Link, Link] {
  if (a.at !== b.at) return a.at < b.at ? [a, b] : [b, a];
  return a.mid < b.mid ? [a, b] : [b, a];
}

/** One thing that passed between a person and me, as the chat rule sees it. */
export type TimelineEvent = {
  person: Jid;
  at: number;
  key: number;
  what: "my-mail" | "my-chat" | "their-chat";
};

/**
 * "The first chat from that address within 14 days after my mail, and no chat of mine between": of the events
 * between us the one right before the chat is my mail.
 */
export function isChatAnswer(previous: TimelineEvent | undefined, chat: TimelineEvent): boolean {
  return (
    chat.what === "their-chat" &&
    previous?.what === "my-mail" &&
    chat.at - previous.at <= CHAT_ANSWER_WINDOW_MS
  );
}
