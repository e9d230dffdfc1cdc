/** One draft, to open it again and to follow it while it is open. */
import type { DraftParted, DraftView, Queries } from "../../api/contract.ts";
import type { Draft } from "../../mail/draft.ts";
import type { DraftMark } from "../../store/rows.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { baseOf, movedTo, readMarks } from "../draft-shelf.ts";
import { sentDraft } from "../sent-draft.ts";

export async function readDraft(
  context: AccountContext,
  { id, editor }: Queries["draft"]["args"],
): Promise<DraftView> {
  return context.store.read(["drafts", "meta", "messages"], async (tx) => {
    const marks = await readMarks(tx);
    const at = movedTo(marks, id, editor);
    const [draft, sent] = await Promise.all([tx.objectStore("drafts").get(at), sentDraft(tx, at)]);
    const mark = marks.get(at);
    const gone = sent === undefined ? mark?.gone?.how : "sent";
    if (gone !== undefined || draft === undefined) return gone === undefined ? null : { gone };
    const left = await leftBy(tx, marks, { id: at, editor });
    return {
      draft: await withSource(tx, draft),
      ...(mark === undefined ? {} : { base: baseOf(mark) }),
      ...(mark?.editor === undefined ? {} : { editor: mark.editor }),
      ...(mark?.held === undefined ? {} : { held: mark.held }),
      ...(mark?.beside === undefined ? {} : { beside: mark.beside }),
      ...(left === undefined ? {} : { left }),
    };
  });
}

/** What became of the draft that the composer was in before its words got this id. */
async function leftBy(
  tx: ReadTx,
  marks: ReadonlyMap<string, DraftMark>,
  { id, editor }: { id: string; editor: string | undefined },
): Promise<DraftParted | undefined> {
  const isLeft = ({ moved }: DraftMark): boolean => moved?.to === id && moved.editor === editor;
  const [from, mark] = [...marks].find(([, each]) => isLeft(each)) ?? [];
  if (from === undefined || mark?.gone?.how === "discarded") return undefined;
  if (mark?.gone !== undefined || (await sentDraft(tx, from)) !== undefined) return "sent";
  return "changed";
}

/** What a draft of another device answers is found again, where it is here. */
async function withSource(tx: ReadTx, draft: Draft): Promise<Draft> {
  const { source } = draft;
  if (source?.of === undefined || source.key !== 0) return draft;
  const { from, mid, contentHash } = source.of;
  const rows = await tx.objectStore("messages").index("mid").getAll(mid);
  const row = rows.find(
    (r) => r.from === from && (contentHash === undefined || r.contentHash === contentHash),
  );
  return row === undefined ? draft : { ...draft, source: { ...source, key: row.key } };
}
