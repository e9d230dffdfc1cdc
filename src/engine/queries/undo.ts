/** What Undo would take back, and what is under way. */
import type { TriageProgress, UndoView } from "../../api/contract.ts";
import { progressOf } from "../act.ts";
import type { AccountContext } from "../context.ts";

/** The newest step, or the one with that id. */
export async function readUndo({ store }: AccountContext, id?: string | null): Promise<UndoView> {
  return store.read(["undo"], async (tx) => {
    const steps = tx.objectStore("undo");
    const wanted = id ?? (await steps.openKeyCursor(null, "prev"))?.key[0];
    if (wanted === undefined) return null;
    const range = IDBKeyRange.bound([wanted], [wanted, []]);
    const [head] = await steps.getAll(range, 1);
    if (head?.total !== undefined) return { id: wanted, act: head.act, count: head.total };
    const parts = await steps.getAll(range);
    const [first] = parts;
    if (first === undefined) return null;
    return { id: wanted, act: first.act, count: parts.reduce((sum, part) => sum + part.count, 0) };
  });
}

export async function readTriageProgress(context: AccountContext): Promise<TriageProgress> {
  return progressOf(context);
}
