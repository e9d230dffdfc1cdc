/** What could not be read: kept as it came, for whoever wants to know why, and never in the way of what can. */
import type { WriteTx } from "../store/schema.ts";
import type { UnreadableItem } from "../xmpp/mam.ts";

const MAX_TEXT = 2000;

/** Archive items, each once, however often its page is fetched. */
export function putRejects(tx: WriteTx, items: readonly UnreadableItem[], now: number): void {
  for (const { archiveId, text } of items)
    void tx
      .objectStore("rejects")
      .put({ at: now, why: "archive", text: text.slice(0, MAX_TEXT) }, archiveId);
}

/** A live frame; where there is an archive, the archive's copy is what counts. */
export function putReject(tx: WriteTx, text: string, now: number): void {
  void tx.objectStore("rejects").put({ at: now, why: "live", text: text.slice(0, MAX_TEXT) });
}
