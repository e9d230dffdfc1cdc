/** Counters of the sidebar. */
import type { MailboxesView } from "../../api/contract.ts";
import { emptyTotals } from "../../store/entries.ts";
import { readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";

export async function readMailboxes(context: AccountContext): Promise<MailboxesView> {
  return context.store.read(["meta", "drafts"], async (tx) => {
    const [totals, drafts] = await Promise.all([
      readMeta(tx, "totals"),
      tx.objectStore("drafts").count(),
    ]);
    return { ...(totals ?? emptyTotals()), drafts: { total: drafts, unread: 0 } };
  });
}
