/** What would be lost with this browser's copy. */
import type { OnlyHereResult } from "../../api/contract.ts";
import { gapsOf } from "../../mail/archive-range.ts";
import { readMeta } from "../../store/meta.ts";
import type { ReadTx } from "../../store/schema.ts";
import { countPending } from "../account-state/rows.ts";
import type { AccountContext } from "../context.ts";
import { isOnlyHere, readMarks } from "../draft-shelf.ts";

const STORES = ["meta", "messages", "drafts", "outbox", "state", "registers"] as const;

export async function countOnlyHere(context: AccountContext): Promise<OnlyHereResult> {
  return context.store.read([...STORES], async (tx) => {
    const [{ count, upTo }, drafts, marks, unsent, changes] = await Promise.all([
      countMessages(tx),
      tx.objectStore("drafts").getAll(),
      readMarks(tx),
      tx.objectStore("outbox").getAllKeys(),
      countPending(tx),
    ]);
    // What waits to be sent is counted by itself.
    const rows = await Promise.all(unsent.map((key) => tx.objectStore("messages").get(key)));
    const twice = rows.filter((row) => row?.unarchived === 1 && row.at <= upTo).length;
    return {
      messages: Math.max(0, count - twice),
      drafts: drafts.filter((draft) => isOnlyHere(marks.get(draft.id), draft)).length,
      waiting: unsent.length,
      changes,
    };
  });
}

/**
 * Messages the server's archive does not have: older than the oldest it still keeps, or never found in it although
 * all of its time was fetched. What came since the last look into the archive (after `upTo`) is not counted: the
 * archive has it as a rule, and the next look tells. Counts on indexes, no scan.
 */
async function countMessages(tx: ReadTx): Promise<{ count: number; upTo: number }> {
  const store = tx.objectStore("messages");
  const [noArchive, ranges, start] = await Promise.all([
    readMeta(tx, "noArchive"),
    readMeta(tx, "ranges"),
    readMeta(tx, "archiveStart"),
  ]);
  if (noArchive === true) return { count: await store.count(), upTo: Infinity };
  const newest = ranges?.at(-1);
  if (newest === undefined) return { count: 0, upTo: 0 };
  const upTo = newest.newestAt;
  // An empty archive has lost all of it; one that never told its start may still have what was fetched from it.
  const oldestAt = start?.state === "empty" ? upTo + 1 : (start?.at ?? 0);
  const unarchived = async (from: number, to: number): Promise<number> =>
    from > to ? 0 : store.index("unarchived").count(IDBKeyRange.bound([1, from], [1, to]));
  const [expired, unseen, ...inGaps] = await Promise.all([
    oldestAt <= 0 ? 0 : store.index("at").count(IDBKeyRange.upperBound(oldestAt, true)),
    unarchived(oldestAt, upTo),
    ...gapsOf(ranges ?? []).map(({ from = -1, to }) =>
      unarchived(Math.max(from + 1, oldestAt), to - 1),
    ),
  ]);
  return { count: expired + unseen - inGaps.reduce((sum, n) => sum + n, 0), upTo };
}
