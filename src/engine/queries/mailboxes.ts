/** Counters of the sidebar. */
import type { MailboxCount, MailboxesView } from "../../api/contract.ts";
import { MAILBOXES, type Mailbox } from "../../mail/place.ts";
import { NONE } from "../../store/entries.ts";
import { readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";

export async function readMailboxes(context: AccountContext): Promise<MailboxesView> {
  return context.store.read(["meta", "drafts"], async (tx) => {
    const [totals = {}, drafts] = await Promise.all([
      readMeta(tx, "totals"),
      tx.objectStore("drafts").count(),
    ]);
    const counts = new Map(Object.entries(totals) as [string, MailboxCount][]);
    counts.set("drafts", { total: drafts, unread: 0 });
    // One object each: the page keeps its answer and changes it in place.
    const boxes = MAILBOXES.map((name) => [name, counts.get(name) ?? { ...NONE }]);
    const labels = [...counts].filter(([name, { total }]) => name.includes(":") && total > 0);
    return {
      ...(Object.fromEntries(boxes) as Record<Mailbox, MailboxCount>),
      labels: Object.fromEntries(labels),
    };
  });
}
