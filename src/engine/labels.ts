/** The person's folders and tags, as they are kept. Store: labels. */
import type { Label } from "../mail/label.ts";
import type { ReadTx } from "../store/schema.ts";

export function readLabels(tx: ReadTx): Promise<Label[]> {
  return tx.objectStore("labels").getAll();
}
