/**
 * Finds the conversation of a message and repairs what its arrival changes for others. The edges are those of
 * mail/grouping.ts; because they do not depend on the order of arrival, neither does the outcome.
 */
import { isChatAnswer, linksByReply, linksByThread, type TimelineEvent } from "../mail/grouping.ts";
import type { Arrival, Message, NewMessage } from "../mail/message.ts";
import { eventsOf, otherSideOf, type Timelines } from "./timeline.ts";
import type { WorkingSet } from "./working-set.ts";

/** Puts a new message where it belongs. Returns its row. */
export async function place(
  set: WorkingSet,
  timelines: Timelines,
  arrival: Arrival,
): Promise<Message> {
  const { message, body } = arrival;
  const linked = await linkedRows(set, message);
  const row =
    message.kind === "mail"
      ? set.add(message, body, await conversationForMail(set, linked))
      : await placeChat(set, timelines, arrival, linked);
  for (const event of eventsOf(row, set.me)) {
    const { next } = await timelines.insert(event);
    if (next !== undefined) await reconsider(set, event, next);
  }
  if ((await set.conversation(row.conversation))?.kind === "mail")
    await pullChats(set, row.conversation, linked);
  return row;
}

async function linkedRows(set: WorkingSet, message: NewMessage): Promise<Message[]> {
  const found = new Map<number, Message>();
  for (const ref of message.refs ?? []) {
    for (const parent of set.withMid(ref))
      if (linksByReply(message, parent, set.me)) found.set(parent.key, parent);
  }
  for (const child of await set.referringTo(message.mid)) {
    if (linksByReply(child, message, set.me)) found.set(child.key, child);
  }
  if (message.thread !== undefined) {
    for (const sibling of await set.inThread(message.thread)) {
      if (message.kind === "chat" && sibling.kind === "chat") continue;
      if (linksByThread(message, sibling, set.me)) found.set(sibling.key, sibling);
    }
  }
  return [...found.values()];
}

async function conversationForMail(set: WorkingSet, linked: readonly Message[]): Promise<number> {
  return (await joinMail(set, linked)) ?? set.newConversation("mail").id;
}

/** The one mail conversation the linked rows stand in; several become one, the oldest row of them remains. */
async function joinMail(set: WorkingSet, linked: readonly Message[]): Promise<number | undefined> {
  const ids = new Set<number>();
  for (const { conversation } of linked) {
    if ((await set.conversation(conversation))?.kind === "mail") ids.add(conversation);
  }
  const [first, ...others] = [...ids].sort((a, b) => a - b);
  if (first === undefined) return undefined;
  for (const other of others) await set.merge(other, first);
  return first;
}

async function placeChat(
  set: WorkingSet,
  timelines: Timelines,
  { message, body }: Arrival,
  linked: readonly Message[],
): Promise<Message> {
  const byLink = await joinMail(set, linked);
  if (byLink !== undefined) return set.add({ ...message, attachedBy: "link" }, body, byLink);
  const person = otherSideOf(message, set.me) ?? message.from;
  if (message.direction === "in") {
    const previous = await timelines.previous(person, message.at);
    const chat: TimelineEvent = { person, at: message.at, key: Infinity, what: "their-chat" };
    const mail = isChatAnswer(previous, chat) ? await set.message(previous?.key ?? 0) : undefined;
    if (mail !== undefined)
      return set.add({ ...message, attachedBy: "timeline" }, body, mail.conversation);
  }
  return set.add(message, body, (await set.chatsWith(person)).id);
}

/** Linked chats that were listed by person until now come over, and whatever chats answer those. */
async function pullChats(set: WorkingSet, into: number, linked: readonly Message[]): Promise<void> {
  const queue = [...linked];
  const seen = new Set<number>();
  for (let row = queue.pop(); row !== undefined; row = queue.pop()) {
    if (row.kind !== "chat" || seen.has(row.key)) continue;
    seen.add(row.key);
    const current = await set.message(row.key);
    if (current === undefined) continue;
    const home = await set.conversation(current.conversation);
    if (home?.kind === "chat") set.move(current, into, "link");
    else if (current.conversation !== into) continue;
    else if (current.attachedBy === "timeline") set.change({ ...current, attachedBy: "link" });
    queue.push(...(await answersTo(set, current)));
  }
}

async function answersTo(set: WorkingSet, row: Message): Promise<Message[]> {
  const children = await set.referringTo(row.mid);
  return children.filter((child) => linksByReply(child, row, set.me));
}

/** A chat that is no answer any more goes back to the chats, with the chats that answered only it. */
async function release(set: WorkingSet, chat: Message): Promise<void> {
  const person = otherSideOf(chat, set.me) ?? chat.from;
  const released = set.move(chat, (await set.chatsWith(person)).id, undefined);
  for (const child of await answersTo(set, released)) {
    if (child.kind !== "chat" || child.conversation !== chat.conversation) continue;
    const others = (await linkedRows(set, child)).filter((row) => row.key !== released.key);
    if (others.some((row) => row.conversation === chat.conversation && row.kind === "mail"))
      continue;
    await release(set, child);
  }
}

/** A message whose time became known better: what it answers, or what answers it, may have changed with its place. */
export async function moveInTime(
  set: WorkingSet,
  timelines: Timelines,
  before: Message,
  after: Message,
): Promise<void> {
  for (const event of eventsOf(before, set.me)) timelines.remove(event);
  for (const event of eventsOf(after, set.me)) {
    const { previous, next } = await timelines.insert(event);
    if (previous !== undefined) await reconsider(set, previous, event);
    if (next !== undefined) await reconsider(set, event, next);
  }
}

/** The event after a new one may have become a chat answer, or stopped being one. */
async function reconsider(
  set: WorkingSet,
  previous: TimelineEvent,
  event: TimelineEvent,
): Promise<void> {
  if (event.what !== "their-chat") return;
  const chat = await set.message(event.key);
  if (chat === undefined || chat.attachedBy === "link") return;
  const isAnswer = isChatAnswer(previous, event);
  if (isAnswer) {
    const mail = await set.message(previous.key);
    if (mail === undefined || mail.conversation === chat.conversation) return;
    const moved = set.move(chat, mail.conversation, "timeline");
    await pullChats(set, mail.conversation, await answersTo(set, moved));
  } else if (chat.attachedBy === "timeline") {
    await release(set, chat);
  }
}
