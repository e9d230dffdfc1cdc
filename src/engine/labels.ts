/** The person's folders and tags, as they are kept. Store: labels. */
import type { Conversation } from "../mail/conversation.ts";
import { isGone, type Label } from "../mail/label.ts";
import { type FolderId, isBuiltIn } from "../mail/place.ts";
import type { ReadTx } from "../store/schema.ts";

export function readLabels(tx: ReadTx): Promise<Label[]> {
  return tx.objectStore("labels").getAll();
}

/** Folders that mail of these lies in and that there are not: deleted, or not heard of yet. */
export async function missingFolders(
  tx: ReadTx,
  conversations: Iterable<Conversation>,
): Promise<Set<FolderId>> {
  const wanted = new Set<FolderId>();
  for (const { folders = {} } of conversations)
    for (const folder of Object.keys(folders)) if (!isBuiltIn(folder)) wanted.add(folder);
  const all = [...wanted];
  const labels = await Promise.all(all.map((id) => tx.objectStore("labels").get(id)));
  return new Set(all.filter((_id, index) => !isFolder(labels[index])));
}

/** Whether any of its mail lies in one of these. */
export function liesIn({ folders = {} }: Conversation, some: ReadonlySet<FolderId>): boolean {
  return Object.keys(folders).some((folder) => some.has(folder));
}

function isFolder(label: Label | undefined): boolean {
  return label?.kind === "folder" && !isGone(label);
}
