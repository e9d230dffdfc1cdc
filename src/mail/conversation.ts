/** What a list needs to know of a conversation, kept in one row and folded message by message. */
import type { Jid } from "./address.ts";
import type { Message, MessageKind } from "./message.ts";

export type Writer = { jid: Jid; nick?: string; at: number };

export type Conversation = {
  id: number;
  kind: MessageKind;
  /** The other side, for kind "chat": chats are listed by person. */
  person?: Jid;
  /** Newest activity, newest arrival and newest mail of mine; epoch ms, 0 where there is none. */
  at: number;
  lastInAt: number;
  lastOutAt: number;
  subject: string;
  /** Time of the mail the subject is taken from: the oldest that has one. */
  subjectAt: number;
  snippet: string;
  snippetAt: number;
  count: number;
  /** Corrections among them: shown in the place of what they put right. Absent where there are none. */
  versions?: number;
  /** Mail messages among them; the rest are chats. */
  mails: number;
  received: number;
  sent: number;
  unread: number;
  attachments: number;
  /** Everybody but me, most recent first, at most MAX_WRITERS. */
  people: Writer[];
  waiting: number;
  failed: number;
  /** For the permalink: id and thread of the oldest message. */
  root: { at: number; mid: string; from: Jid; thread?: string };
};

const MAX_WRITERS = 24;

/** A conversation with nothing in it yet. */
export function emptyConversation(id: number, kind: MessageKind, person?: Jid): Conversation {
  return {
    id,
    kind,
    ...(person === undefined ? {} : { person }),
    at: 0,
    lastInAt: 0,
    lastOutAt: 0,
    subject: "",
    subjectAt: Infinity,
    snippet: "",
    snippetAt: 0,
    count: 0,
    mails: 0,
    received: 0,
    sent: 0,
    unread: 0,
    attachments: 0,
    people: [],
    waiting: 0,
    failed: 0,
    root: { at: Infinity, mid: "", from: "" as Jid },
  };
}

/** The conversation with one more message. The order of arrival does not matter (a property test holds it to that). */
export function withMessage(conversation: Conversation, message: Message, me: Jid): Conversation {
  const next = { ...conversation };
  const { at } = message;
  const isMail = message.kind === "mail";
  next.at = Math.max(next.at, at);
  if (message.direction === "in" || reachesMe(message, me))
    next.lastInAt = Math.max(next.lastInAt, at);
  if (message.direction === "out" && isMail) next.lastOutAt = Math.max(next.lastOutAt, at);
  if (isMail && message.subject !== "" && isBefore(message, next.subjectAt, next.subject)) {
    next.subject = message.subject;
    next.subjectAt = at;
  }
  if (at > next.snippetAt || (at === next.snippetAt && message.snippet > next.snippet)) {
    next.snippet = message.snippet;
    next.snippetAt = at;
  }
  next.count += 1;
  if (message.corrects !== undefined) next.versions = (next.versions ?? 0) + 1;
  next.mails += isMail ? 1 : 0;
  next.received += message.direction === "in" || reachesMe(message, me) ? 1 : 0;
  next.sent += message.direction === "out" && isMail ? 1 : 0;
  next.unread += message.unread ?? 0;
  next.attachments += message.attachments.length;
  next.people = withPeople(next.people, message, me);
  next.waiting += isWaiting(message) ? 1 : 0;
  next.failed += stateOf(message) === "failed" ? 1 : 0;
  if (isMail || conversation.kind === "chat") next.root = olderRoot(next.root, message);
  return next;
}

/**
 * The conversation without one of its messages, where that can be told from the row alone; undefined where the
 * message gave it its newest time, its snippet, subject or root, and the rest must be read.
 */
export function withoutMessage(
  c: Conversation,
  message: Message,
  me: Jid,
): Conversation | undefined {
  const { at } = message;
  const shaped =
    at >= c.at ||
    at === c.lastInAt ||
    at === c.lastOutAt ||
    at === c.snippetAt ||
    at === c.subjectAt ||
    message.mid === c.root.mid;
  if (shaped) return undefined;
  const isMail = message.kind === "mail";
  return {
    ...c,
    count: c.count - 1,
    ...(message.corrects === undefined ? {} : { versions: (c.versions ?? 1) - 1 }),
    mails: c.mails - (isMail ? 1 : 0),
    received: c.received - (message.direction === "in" || reachesMe(message, me) ? 1 : 0),
    sent: c.sent - (message.direction === "out" && isMail ? 1 : 0),
    unread: c.unread - (message.unread ?? 0),
    attachments: c.attachments - message.attachments.length,
    waiting: c.waiting - (isWaiting(message) ? 1 : 0),
    failed: c.failed - (stateOf(message) === "failed" ? 1 : 0),
  };
}

/** The conversation of exactly these messages. */
export function conversationOf(
  empty: Conversation,
  messages: readonly Message[],
  me: Jid,
): Conversation {
  let conversation = emptyConversation(empty.id, empty.kind, empty.person);
  for (const message of messages) conversation = withMessage(conversation, message, me);
  return conversation;
}

/** Mailboxes that are made of conversations. */
export type ConversationMailbox = "inbox" | "sent" | "outbox" | "all" | "chats";

/** Where a conversation is listed, and the time it is sorted by there. */
export function listings(c: Conversation): { mailbox: ConversationMailbox; at: number }[] {
  if (c.count === 0) return [];
  if (c.kind === "chat") return [{ mailbox: "chats", at: c.at }];
  const places: { mailbox: ConversationMailbox; at: number }[] = [{ mailbox: "all", at: c.at }];
  if (c.received > 0) places.push({ mailbox: "inbox", at: c.at });
  if (c.sent > 0) places.push({ mailbox: "sent", at: c.lastOutAt });
  if (c.waiting + c.failed > 0) places.push({ mailbox: "outbox", at: c.lastOutAt });
  return places;
}

/** Mail to myself is both sent and received. */
export function reachesMe(
  message: Pick<Message, "direction" | "to" | "cc" | "bcc">,
  me: Jid,
): boolean {
  return (
    message.direction === "out" &&
    [...message.to, ...message.cc, ...message.bcc].some((n) => n.jid === me)
  );
}

/** Of what is to be done for it: sending it, or taking it back. */
function stateOf({ delivery, retraction }: Message): Message["delivery"] {
  return retraction === undefined ? delivery : retraction.delivery;
}

function isWaiting(message: Message): boolean {
  const state = stateOf(message);
  return state === "waiting" || state === "sending";
}

function isBefore(message: Message, at: number, subject: string): boolean {
  return message.at < at || (message.at === at && message.subject < subject);
}

function olderRoot(root: Conversation["root"], message: Message): Conversation["root"] {
  if (message.at > root.at || (message.at === root.at && message.mid >= root.mid)) return root;
  return {
    at: message.at,
    mid: message.mid,
    from: message.from,
    ...(message.thread === undefined ? {} : { thread: message.thread }),
  };
}

function withPeople(people: readonly Writer[], message: Message, me: Jid): Writer[] {
  const seen = new Map(people.map((p) => [p.jid, p]));
  const add = (jid: Jid, nick: string | undefined): void => {
    if (jid === me) return;
    const old = seen.get(jid);
    if (
      old !== undefined &&
      (old.at > message.at || (old.at === message.at && old.nick !== undefined))
    )
      return;
    const name = nick ?? old?.nick;
    seen.set(jid, { jid, ...(name === undefined ? {} : { nick: name }), at: message.at });
  };
  if (message.direction === "in") add(message.from, message.nick);
  else for (const { jid, name } of [...message.to, ...message.cc]) add(jid, name);
  return [...seen.values()]
    .sort((a, b) => b.at - a.at || (a.jid < b.jid ? -1 : 1))
    .slice(0, MAX_WRITERS);
}
