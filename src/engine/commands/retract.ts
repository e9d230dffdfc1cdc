/** Taking back what I sent (XEP-0424): marked here and the word to its recipients queued, in one transaction. */
import { intentOf, takenBack } from "../../mail/retraction.ts";
import type { AccountContext } from "../context.ts";
import { firstVersion } from "../first-version.ts";
import { hasWork } from "../ingest.ts";
import { takeRetraction } from "../retractions.ts";
import { WORKING_STORES, WorkingSet } from "../working-set.ts";

/** `key`: of the version that is shown. Done twice it is done once. */
export async function retract(context: AccountContext, { key }: { key: number }): Promise<null> {
  await context.store.write(
    WORKING_STORES,
    async (tx) => {
      const set = await WorkingSet.open(tx, context.me);
      const shown = await set.message(key);
      if (shown === undefined || shown.direction !== "out") return;
      const { key: first, mid, retractedAt } = await firstVersion(tx, shown);
      if (retractedAt !== undefined) return;
      const at = context.now();
      await takeRetraction(set, { from: context.me, mid, at });
      const row = await set.message(first);
      if (row === undefined) return;
      const next = takenBack(row);
      set.change(next);
      await set.flush();
      const intent = intentOf(next);
      if (intent !== undefined && hasWork(intent.recipients))
        void tx.objectStore("outbox").put({ key: first, mid: intent.mid, createdAt: at });
    },
    "strict",
  );
  context.bus.touch(["mail", "outbox"], { urgent: true });
  return null;
}
