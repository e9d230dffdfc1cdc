/** Whether a draft was sent already: the message has the draft's id. */
import type { Message } from "../mail/message.ts";
import type { ReadTx } from "../store/schema.ts";

/** Stores: messages. */
export async function sentDraft(tx: ReadTx, id: string): Promise<Message | undefined> {
  const rows = await tx.objectStore("messages").index("mid").getAll(id);
  return rows.find((row) => row.direction === "out");
}
