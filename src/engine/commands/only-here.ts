/** What would be lost with this browser's copy. */
import type { OnlyHereResult } from "../../api/contract.ts";
import { readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";

/**
 * Messages count where the server keeps no archive: then this copy is the only one. How long an archive lasts is
 * told with retention; until then an archived account counts drafts and unsent mail only.
 */
export async function countOnlyHere(context: AccountContext): Promise<OnlyHereResult> {
  return context.store.read(["meta", "messages", "drafts", "outbox"], async (tx) => {
    const [noArchive, all, drafts, outbox] = await Promise.all([
      readMeta(tx, "noArchive"),
      tx.objectStore("messages").count(),
      tx.objectStore("drafts").count(),
      tx.objectStore("outbox").count(),
    ]);
    return { messages: noArchive === true ? all : 0, drafts, waiting: outbox };
  });
}
