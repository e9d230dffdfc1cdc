/**
 * Learns how long the server keeps mail. No server tells its rule, but each shows the oldest message it has left; what
 * this browser fetched earlier and the archive no longer has was dropped meanwhile.
 */
import { learnStart } from "../mail/retention.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { ReadTx } from "../store/schema.ts";
import { findArchiveStart } from "../xmpp/archive-start.ts";
import { ConnectionError } from "../xmpp/connection-error.ts";
import type { Session } from "../xmpp/session.ts";
import { StanzaError } from "../xmpp/stanza-error.ts";
import type { AccountContext } from "./context.ts";

/** A tab may stay open for weeks. 6 hours, in ms. */
const AGAIN_MS = 6 * 3600 * 1000;

/** Looks now and every few hours until the stream ends. Rejects where the database or the stream fails. */
export async function watchRetention(
  context: AccountContext,
  session: Session,
  options: { extended: boolean; signal: AbortSignal },
): Promise<void> {
  while (!options.signal.aborted) {
    await look(context, session, options);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, AGAIN_MS);
      options.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

async function look(
  context: AccountContext,
  session: Session,
  options: { extended: boolean; signal: AbortSignal },
): Promise<void> {
  const start = await findArchiveStart(session, options).catch((error: unknown) => {
    // A silent archive is no reason to end the stream.
    if (error instanceof StanzaError) return undefined;
    if (error instanceof ConnectionError && error.problem === "timeout") return undefined;
    throw error;
  });
  if (start === undefined) return;
  await context.store.write(["meta", "messages"], async (tx) => {
    const before = await readMeta(tx, "archiveStart");
    const at = start === "empty" ? undefined : await timeHere(tx, start);
    const goneAt = await newestGone(tx, at);
    putMeta(tx, "archiveStart", learnStart(before, { at, goneAt, now: context.now() }));
  });
  context.bus.touch(["notices", "storage"]);
}

/** Our row of a message may carry our own clock's time, up to a second from the archive's. */
async function timeHere(tx: ReadTx, start: { id: string; at: number }): Promise<number> {
  const around = IDBKeyRange.bound(start.at - 1000, start.at + 1000);
  const rows = await tx.objectStore("messages").index("at").getAll(around);
  const row = rows.find(({ archiveIds }) => archiveIds.includes(start.id));
  return row === undefined ? start.at : Math.min(row.at, start.at);
}

/** Time of the newest message that once was in the archive and lies before its start. */
async function newestGone(tx: ReadTx, startAt: number | undefined): Promise<number | undefined> {
  const range = startAt === undefined ? null : IDBKeyRange.upperBound(startAt, true);
  let cursor = await tx.objectStore("messages").index("at").openCursor(range, "prev");
  while (cursor !== null && (cursor.value.archiveIds?.length ?? 0) === 0)
    cursor = await cursor.continue();
  return cursor?.value.at;
}
