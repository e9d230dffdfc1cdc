/** A message that was put right and those that did it (XEP-0308), in the database. */
import type { Message } from "../mail/message.ts";
import type { ReadTx } from "../store/schema.ts";

/** A chain longer than this is nobody's. */
const MAX_STEPS = 50;

/** What all versions of it are versions of; the row itself where that is not here. Stores: messages. */
export async function firstVersion(tx: ReadTx, row: Message): Promise<Message> {
  let at = row;
  for (let step = 0; at.corrects !== undefined && step < MAX_STEPS; step++) {
    const rows = await tx.objectStore("messages").index("mid").getAll(at.corrects);
    const before = rows.find((r) => r.from === at.from && r.kind === at.kind && r.key !== at.key);
    if (before === undefined) return at;
    at = before;
  }
  return at;
}
