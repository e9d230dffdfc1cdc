/** Addresses of conversations and messages inside the app (DESIGN.md section 5). Hash routes, sender-assigned ids. */
import type { Jid } from "./address.ts";
import type { Conversation } from "./conversation.ts";

/** "#/t/THREAD?with=…" where the oldest mail carries a thread, else "#/m/MESSAGE?with=…". */
export function hrefOfConversation(conversation: Conversation): string {
  const { root, people, person } = conversation;
  const other = person ?? people[0]?.jid;
  const query = other === undefined ? "" : `?with=${encodeURIComponent(other)}`;
  if (conversation.kind === "mail" && root.thread !== undefined) {
    return `#/t/${encodeURIComponent(root.thread)}${query}`;
  }
  return `#/m/${encodeURIComponent(root.mid)}${query}`;
}

/** One message of the conversation with that address; the conversation itself where the message has no id. */
export function hrefOfMessage(conversation: string, id: string | undefined): string {
  if (id === undefined) return conversation;
  const [path = "", query] = conversation.split("?");
  const rest = query === undefined ? "" : `?${query}`;
  const message = encodeURIComponent(id);
  return path.startsWith("#/t/") ? `${path}/${message}${rest}` : `#/m/${message}${rest}`;
}

/**
 * The address of a message that is given away, the same for everybody who has it: `with` is its sender, whom all the
 * others have it from, and `at` the day it was sent, for archives that are asked for it.
 */
export function permalinkOf(
  conversation: string,
  { id, from, at }: { id?: string | undefined; from: Jid; at: number },
): string {
  const [path = ""] = hrefOfMessage(conversation, id).split("?");
  return `${path}?with=${encodeURIComponent(from)}&at=${dayOf(at)}`;
}

/** The thread of a conversation's address, where it has one. */
export function threadOfHref(conversation: string): string | undefined {
  const [, thread] = /^#\/t\/([^/?]+)/.exec(conversation) ?? [];
  return thread === undefined ? undefined : decodeURIComponent(thread);
}

/** UTC. */
function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The day a link names, as epoch ms of its beginning; whatever stands behind it is not looked at. */
export function readDay(text: string | null): number | undefined {
  const [day] = /^\d{4}-\d\d-\d\d/.exec(text ?? "") ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? undefined : at;
}

export function hrefOfDraft(id: string): string {
  return `#/drafts?open=${encodeURIComponent(id)}`;
}

export function hrefOfPerson(jid: Jid): string {
  return `#/person/${encodeURIComponent(jid)}`;
}
