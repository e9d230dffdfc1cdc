/** How connection and synchronising stand, and what is to be said once. */
import type { NoticeView, StatusView } from "../../api/contract.ts";
import { domainOf } from "../../mail/address.ts";
import { likelyRetention } from "../../mail/retention.ts";
import { readMeta } from "../../store/meta.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { ConnectionRow, ConnectionView, SyncView } from "../../mail/status.ts";
import type { AccountContext } from "../context.ts";
import { engineLock, holderOf } from "../holder.ts";

export async function readStatus(context: AccountContext): Promise<StatusView> {
  const [holder, [row, sync, isHeard, noArchive, archived, all]] = await Promise.all([
    holderOf(engineLock(context.me)),
    context.store.read(["meta", "rejects"], (tx) =>
      Promise.all([
        readMeta(tx, "connection"),
        readMeta(tx, "sync"),
        isStateHeard(tx),
        readMeta(tx, "noArchive"),
        // Archive items lie under their ids; what came live is there once more.
        tx.objectStore("rejects").count(IDBKeyRange.lowerBound("")),
        tx.objectStore("rejects").count(),
      ]),
    ),
  ]);
  const unreadable = noArchive === true ? all : archived;
  return {
    connection: connectionView(row, holder, context.now()),
    sync: syncView(sync, isHeard),
    ...(unreadable === 0 ? {} : { unreadable }),
  };
}

/** Mail that another device has put away long ago is not up to date in the inbox. */
function syncView(sync: SyncView | undefined, isHeard: boolean): SyncView {
  if (sync === undefined) return { state: "waiting", done: 0, mail: 0 };
  return sync.state === "up-to-date" && !isHeard ? { ...sync, state: "reading" } : sync;
}

async function isStateHeard(tx: ReadTx): Promise<boolean> {
  const [isHeard, health] = await Promise.all([
    readMeta(tx, "stateHeard"),
    readMeta(tx, "stateHealth"),
  ]);
  // Databases of before know only when they read everything.
  return isHeard === true || health?.readAt !== undefined;
}

/** What was said by a tab that no longer has the lock is no longer true: another one is about to connect. */
export function connectionView(
  row: ConnectionRow | undefined,
  holder: string | undefined,
  now: number,
): ConnectionView {
  if (row === undefined || row.holder === undefined) return { state: "connecting" };
  const { holder: said, retryAt, ...view } = row;
  if (said !== holder) return { ...view, state: "connecting" };
  if (retryAt === undefined) return view;
  const retryInMs = retryAt - now;
  // Longer than anything is waited for: somebody set the clock.
  return retryInMs > 0 && retryInMs <= LONGEST_REST_MS ? { ...view, retryInMs } : view;
}

const LONGEST_REST_MS = 120_000;

export async function readNotices(context: AccountContext): Promise<NoticeView[]> {
  return context.store.read(["meta"], async (tx) => {
    const [noArchive, persisted, dismissed, start, health] = await Promise.all([
      readMeta(tx, "noArchive"),
      readMeta(tx, "storagePersisted"),
      readMeta(tx, "dismissed"),
      readMeta(tx, "archiveStart"),
      readMeta(tx, "stateHealth"),
    ]);
    const host = domainOf(context.me);
    const notices: NoticeView[] = [];
    const keeps = noArchive === true ? undefined : start?.keeps;
    if (noArchive === true) notices.push({ id: "no-archive", host });
    if (keeps !== undefined) notices.push({ id: "retention", host, keeps: likelyRetention(keeps) });
    if ((noArchive === true || keeps !== undefined) && persisted === false)
      notices.push({ id: "storage-not-persistent", host });
    if (health?.refused === "no-pep") notices.push({ id: "not-shared", host });
    if (health?.refused === "not-private") notices.push({ id: "not-private", host });
    else if (health?.openUntil !== undefined) notices.push({ id: "was-open", host });
    if (health?.refused === "full") notices.push({ id: "shared-full", host });
    return notices.filter((n) => dismissed?.includes(n.id) !== true);
  });
}
