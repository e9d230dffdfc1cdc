/** Whether a draft was sent already: the message has the draft's id. */
import type { Message } from "../mail/message.ts";
import type { ReadTx } from "../store/schema.ts";
import type { AccountContext } from "./context.ts";

/** Stores: messages. */
export async function sentDraft(tx: ReadTx, id: string): Promise<Message | undefined> {
  const rows = await tx.objectStore("messages").index("mid").getAll(id);
  return rows.find((row) => row.direction === "out");
}

/** Whether one of these, new here, is a draft here: another device sent it, and perhaps has not said so. */
export async function isAnyDraft(
  { store }: AccountContext,
  added: readonly Message[],
): Promise<boolean> {
  const mine = added.filter(({ direction }) => direction === "out");
  if (mine.length === 0) return false;
  const drafts = await store.read(["drafts"], (tx) => tx.objectStore("drafts").getAllKeys());
  return mine.some(({ mid }) => drafts.includes(mid));
}
