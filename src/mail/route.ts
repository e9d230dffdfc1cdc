/** Addresses of conversations and messages inside the app (DESIGN.md section 5). Hash routes, sender-assigned ids. */
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

export function hrefOfDraft(id: string): string {
  return `#/drafts?open=${encodeURIComponent(id)}`;
}
