/** One draft, to open it again and to follow it while it is open. */
import type { DraftView, Queries } from "../../api/contract.ts";
import type { Draft } from "../../mail/draft.ts";
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
    return {
      draft: await withSource(tx, draft),
      ...(mark === undefined ? {} : { base: baseOf(mark) }),
      ...(mark?.editor === undefined ? {} : { editor: mark.editor }),
      ...(mark?.held === undefined ? {} : { held: mark.held }),
    };
  });
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
