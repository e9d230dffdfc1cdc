/**
 * What became of a copy that was written to a stream that ended before its acknowledgement.
 *
 *   the stream was taken over ----------> the count says it: handled, or surely not
 *   refused with a count (<failed h>) --> handled as far as that goes; beyond it: look in the archive
 *   refused, or cannot be resumed ------> look in the archive, and again while the server may still be reading
 *   no archive either ------------------> nobody can know: wait as long, then the same copy with the same id, so that
 *                                         a client that knows ids shows one (XEP-0198 section 5: "there is no way to
 *                                         prevent such a result in this protocol")
 */
import type { Jid } from "../mail/address.ts";
import type { ArchivePoint, WrittenCopy } from "../store/rows.ts";
import { type ArchivedItem, queryArchive } from "../xmpp/mam.ts";
import type { Session } from "../xmpp/session.ts";
import { slowestMs } from "../xmpp/liveness.ts";
import { isCovered } from "../xmpp/stream-management.ts";
import type { EarlierStream } from "./stream-keeper.ts";

/** Both clocks are the archive's: items this much older than the last one known are surely from before. 10 min */
const REORDERED_MS = 10 * 60 * 1000;
/** A server that refuses to resume has ended the stream; its archive may be a moment behind. ms */
const AFTER_REFUSAL_MS = 1500;
/** One that was not asked may not have noticed yet that the old socket is gone. ms */
const UNASKED_MS = 5000;
/** Nobody pages through a whole archive for one copy. */
const MAX_PAGES = 40;

export type Fate = "handled" | "not-handled" | "doubt";

/** What the counts of XEP-0198 say of a copy. */
export function fateOf(
  copy: WrittenCopy | undefined,
  earlier: EarlierStream | undefined,
  resumed: boolean,
): Fate {
  if (copy?.isLost === true) return "not-handled";
  const isOfIt = copy?.stream !== undefined && copy.stream === earlier?.id;
  if (!isOfIt || copy.number === undefined || earlier?.handled === undefined) return "doubt";
  if (isCovered(copy.number, earlier.handled)) return "handled";
  return resumed ? "not-handled" : "doubt";
}

/** How long after the start of this stream the server may still be taking a copy from the one before. */
export function patienceMs(
  copy: WrittenCopy | undefined,
  earlier: EarlierStream | undefined,
  bytes: number,
): number {
  const wasRefused = copy?.stream !== undefined && copy.stream === earlier?.id;
  return wasRefused ? AFTER_REFUSAL_MS : UNASKED_MS + slowestMs(bytes);
}

/**
 * Looks for a copy in my archive, from the newest back to what was known when it was written. By ids and the archive's
 * own times only: the clock here may be ten years off.
 */
export async function findCopy(
  session: Session,
  { mid, to, since }: { mid: string; to: Jid; since: ArchivePoint | undefined },
  signal: AbortSignal,
): Promise<ArchivedItem | undefined> {
  let before = "";
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await queryArchive(session, { with: to, before, max: 50, signal });
    for (const item of page.items.toReversed()) {
      if (item.archiveId === since?.id) return undefined;
      const { received } = item;
      const isMine = received.from === session.jid && received.to === to;
      if (isMine && received.type !== "error" && (received.id === mid || received.originId === mid))
        return item;
      if (since !== undefined && item.at < since.at - REORDERED_MS) return undefined;
    }
    const oldest = page.marks[0]?.archiveId;
    if (page.complete || oldest === undefined || oldest === before) return undefined;
    before = oldest;
  }
  return undefined;
}

/** The newest of my archive with somebody, now. */
export async function newestPoint(
  session: Session,
  to: Jid,
  signal: AbortSignal,
): Promise<ArchivePoint | undefined> {
  const page = await queryArchive(session, { with: to, before: "", max: 1, signal });
  const item = page.items.at(-1);
  return item === undefined ? undefined : { id: item.archiveId, at: item.at };
}
