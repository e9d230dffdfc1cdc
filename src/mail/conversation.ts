/** What a list needs to know of a conversation, kept in one row and folded message by message. */
import type { Jid } from "./address.ts";
import type { Message, MessageKind } from "./message.ts";
import { type FolderId, isJunk, type ListPlace, placeOfFolder } from "./place.ts";

export type Writer = { jid: Jid; nick?: string; at: number };

export type Conversation = {
  id: number;
  kind: MessageKind;
  /** The other side, for kind "chat": chats are listed by person. */
  person?: Jid;
  /** 1: a chat that the person wants to see among their mail. */
  asMail?: 1;
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
  /** Messages somebody put into a folder, by folder; the rest lie where they came. Absent where there are none. */
  folders?: Record<FolderId, number>;
  /** One of them there is not, or not any more. */
  stray?: 1;
  /** Of those: that came in and lie outside the inbox, and that I sent and are thrown out. */
  away?: number;
  sentAway?: number;
  starred?: number;
  /** Messages by tag. */
  tags?: Record<string, number>;
  muted?: number;
  /** The last word on when it comes back; `at`: time of the message that has it. */
  snooze?: { at: number; until: number; awake?: 1 };
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
  // Deleted for good: its row only keeps another copy from coming back.
  if (message.folder === "gone") return conversation;
  const next = { ...conversation };
  const { at } = message;
  const isMail = message.kind === "mail";
  next.at = Math.max(next.at, at);
  if (cameIn(message, me)) next.lastInAt = Math.max(next.lastInAt, at);
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
  next.received += cameIn(message, me) ? 1 : 0;
  next.sent += message.direction === "out" && isMail ? 1 : 0;
  next.unread += message.unread ?? 0;
  next.attachments += message.attachments.length;
  next.people = withPeople(next.people, message, me);
  next.waiting += isWaiting(message) ? 1 : 0;
  next.failed += stateOf(message) === "failed" ? 1 : 0;
  if (isMail || conversation.kind === "chat") next.root = olderRoot(next.root, message);
  countState(next, message, me, 1);
  if (message.snooze !== undefined && at >= (next.snooze?.at ?? 0))
    next.snooze = laterSnooze(next.snooze, { at, ...message.snooze });
  return next;
}

/** Two messages of one moment: the later time, so that the order does not matter. */
function laterSnooze(a: Conversation["snooze"], b: NonNullable<Conversation["snooze"]>) {
  return a === undefined || b.at > a.at || b.until > a.until ? b : a;
}

/** Adds what a person said of a message to the counts (`by` 1), or takes it out (-1). */
function countState(next: Conversation, message: Message, me: Jid, by: 1 | -1): void {
  const { folder } = message;
  const add = (name: "away" | "sentAway" | "starred" | "muted", isSo: boolean): void => {
    if (!isSo) return;
    const sum = (next[name] ?? 0) + by;
    if (sum > 0) next[name] = sum;
    else delete next[name];
  };
  add("away", folder !== undefined && folder !== "inbox" && cameIn(message, me));
  add("sentAway", isJunk(folder) && message.direction === "out" && message.kind === "mail");
  add("starred", message.star === 1);
  add("muted", message.mute === 1);
  count(next, "folders", folder === undefined ? [] : [folder], by);
  count(next, "tags", message.tags ?? [], by);
}

function count(
  next: Conversation,
  what: "folders" | "tags",
  names: readonly string[],
  by: 1 | -1,
): void {
  if (names.length === 0) return;
  const counts = new Map(Object.entries(next[what] ?? {}));
  for (const name of names) {
    const sum = (counts.get(name) ?? 0) + by;
    if (sum > 0) counts.set(name, sum);
    else counts.delete(name);
  }
  if (counts.size > 0) next[what] = Object.fromEntries(counts);
  else delete next[what];
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
  if (message.folder === "gone") return c;
  const shaped =
    at >= c.at ||
    message.snooze !== undefined ||
    at === c.lastInAt ||
    at === c.lastOutAt ||
    at === c.snippetAt ||
    at === c.subjectAt ||
    message.mid === c.root.mid;
  if (shaped) return undefined;
  const isMail = message.kind === "mail";
  const left = {
    ...c,
    count: c.count - 1,
    ...(message.corrects === undefined ? {} : { versions: (c.versions ?? 1) - 1 }),
    mails: c.mails - (isMail ? 1 : 0),
    received: c.received - (cameIn(message, me) ? 1 : 0),
    sent: c.sent - (message.direction === "out" && isMail ? 1 : 0),
    unread: c.unread - (message.unread ?? 0),
    attachments: c.attachments - message.attachments.length,
    waiting: c.waiting - (isWaiting(message) ? 1 : 0),
    failed: c.failed - (stateOf(message) === "failed" ? 1 : 0),
  };
  countState(left, message, me, -1);
  return left;
}

/** The conversation of exactly these messages; what they do not tell stays. */
export function conversationOf(
  empty: Conversation,
  messages: readonly Message[],
  me: Jid,
): Conversation {
  let conversation: Conversation = {
    ...emptyConversation(empty.id, empty.kind, empty.person),
    ...(empty.asMail === undefined ? {} : { asMail: empty.asMail }),
    ...(empty.stray === undefined ? {} : { stray: empty.stray }),
  };
  for (const message of messages) conversation = withMessage(conversation, message, me);
  return conversation;
}

/** Where a conversation is listed, and what it is sorted by there: the greater, the higher. */
export function listings(c: Conversation): { place: ListPlace; at: number }[] {
  if (c.count === 0) return [];
  const { folders = {} } = c;
  const places = new Map<ListPlace, number>();
  const thrownOut = (folders["spam"] ?? 0) + (folders["trash"] ?? 0);
  const asleep = sleepsUntil(c);
  const top = Math.max(c.at, wokeAt(c) ?? 0);
  const atHome = isAtHome(c);
  for (const folder of Object.keys(folders)) {
    const place = placeOfFolder(folder);
    // Back in the inbox it is not in the archive as well.
    if (place !== undefined && place !== "inbox" && !(place === "archive" && atHome))
      places.set(place, c.at);
  }
  // Where the mail of a folder goes that is deleted.
  if (c.stray === 1 && !atHome) places.set("archive", c.at);
  if (thrownOut < c.count) {
    if (c.kind === "mail" || c.asMail === 1) places.set("all", c.at);
    if (asleep !== undefined) places.set("snoozed", -asleep);
    else if (atHome) {
      if (c.kind === "mail" || c.asMail === 1) places.set("inbox", top);
      if (c.kind === "chat") places.set("chats", top);
    }
    if (c.kind === "mail" && c.sent > (c.sentAway ?? 0)) places.set("sent", c.lastOutAt);
    if ((c.starred ?? 0) > 0) places.set("starred", c.at);
    for (const tag of Object.keys(c.tags ?? {})) places.set(`tag:${tag}`, c.at);
  }
  // What is not sent yet is there, wherever it was put.
  if (c.kind === "mail" && c.waiting + c.failed > 0) places.set("outbox", c.lastOutAt);
  return [...places].map(([place, at]) => ({ place, at }));
}

/** Mail lies in the inbox, chats in Chats, until each of their messages was put elsewhere. */
function isAtHome(c: Conversation): boolean {
  const { folders = {} } = c;
  if (c.kind === "mail") return (folders["inbox"] ?? 0) > 0 || c.received > (c.away ?? 0);
  const put = Object.values(folders).reduce((sum, n) => sum + n, 0);
  return (folders["inbox"] ?? 0) > 0 || c.count > put;
}

/** Until when it is out of sight, epoch ms; undefined where it is not. Whatever came in since woke it. */
export function sleepsUntil(c: Conversation): number | undefined {
  const { snooze } = c;
  return snooze === undefined || snooze.awake === 1 || snooze.at < c.lastInAt
    ? undefined
    : snooze.until;
}

/** When it came back by itself, epoch ms; undefined where it did not, or something came in since. */
export function wokeAt(c: Conversation): number | undefined {
  const { snooze } = c;
  return snooze?.awake === 1 && snooze.at >= c.lastInAt ? snooze.until : undefined;
}

/** Somebody wrote it to me: others, or I to myself. */
export function cameIn(
  message: Pick<Message, "direction" | "to" | "cc" | "bcc">,
  me: Jid,
): boolean {
  return message.direction === "in" || reachesMe(message, me);
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
