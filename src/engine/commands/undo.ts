/** Takes the newest step back, or one that is named. What was changed after it stays as it was changed. */
import type { Commands, UndoView } from "../../api/contract.ts";
import type { Draft } from "../../mail/draft.ts";
import type { FieldChange } from "../../mail/triage.ts";
import type { UndoRow } from "../../store/rows.ts";
import type { WriteTx } from "../../store/schema.ts";
import { ACT_STORES, createLooks, noteSpammers, tellProgress } from "../act.ts";
import type { AccountContext } from "../context.ts";
import { DraftShelf } from "../draft-shelf.ts";
import { putLabel } from "../put-label.ts";
import { readUndo } from "../queries/undo.ts";
import { putClock, readClock, States } from "../states.ts";
import { WorkingSet } from "../working-set.ts";

export async function undo(
  context: AccountContext,
  args: Commands["undo"]["args"],
): Promise<UndoView> {
  const step = await readUndo(context, args.id);
  if (step === null) return null;
  const parts = await context.store.read(["undo"], (tx) =>
    tx.objectStore("undo").getAllKeys(IDBKeyRange.bound([step.id], [step.id, []])),
  );
  // The last part first: a step may have changed a field twice.
  const isLong = parts.length > 2;
  const looks = createLooks(context, ["mail", "labels", "drafts", "triage"]);
  let done = 0;
  try {
    for (const key of parts.reverse()) {
      done += await context.store.write([...ACT_STORES, "drafts"], async (tx) => {
        const part = await tx.objectStore("undo").get(key);
        // Another tab was faster.
        if (part === undefined) return 0;
        await takeBack(context, tx, part);
        void tx.objectStore("undo").delete(key);
        return part.count;
      });
      looks.changed();
      if (isLong) tellProgress(context, { act: "undo", done, total: Math.max(done, step.count) });
    }
  } finally {
    if (isLong) tellProgress(context, undefined);
    looks.end();
  }
  return step;
}

async function takeBack({ me, now }: AccountContext, tx: WriteTx, part: UndoRow): Promise<void> {
  const set = await WorkingSet.open(tx, me);
  const states = new States(tx);
  await set.loadMessages(part.changes.map(([key]) => key));
  const rows = await Promise.all(part.changes.map(([key]) => set.message(key)));
  await states.load(rows.filter((row) => row !== undefined));
  const clock = await readClock(tx, now());
  const changes: FieldChange[] = [];
  for (const [key, field, before, stamp, then] of part.changes.toReversed()) {
    const row = await set.message(key);
    if (row === undefined || states.saidAt(row, field) !== stamp) continue;
    changes.push({ row, field, value: before });
    states.say(set, row, field, before, states.make(clock, row, field), then);
  }
  await noteSpammers(tx, changes);
  for (const before of part.labels) {
    await putLabel(tx, before, clock);
    await set.relist(before.id);
  }
  states.flush();
  await set.flush();
  putClock(tx, clock);
  await takeDraftsBack(tx, part.drafts ?? [], now());
}

async function takeDraftsBack(tx: WriteTx, drafts: readonly Draft[], now: number): Promise<void> {
  if (drafts.length === 0) return;
  const shelf = await DraftShelf.open(tx, now);
  for (const draft of drafts) {
    const isHere = (await tx.objectStore("drafts").get(draft.id)) !== undefined;
    if (!isHere && shelf.mark(draft.id)?.gone?.how !== "sent") await shelf.write(draft);
  }
  shelf.flush();
}
