/** What a person can do about connection and synchronising. */
import type { NoticeView } from "../../api/contract.ts";
import { withGapEnd } from "../../mail/archive-range.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";

export async function pauseSync(context: AccountContext): Promise<null> {
  return setPaused(context, true);
}

export async function resumeSync(context: AccountContext): Promise<null> {
  return setPaused(context, false);
}

async function setPaused({ store, bus }: AccountContext, paused: boolean): Promise<null> {
  await store.write(["meta"], async (tx) => {
    const sync = await readMeta(tx, "sync");
    putMeta(tx, "syncPaused", paused);
    if (sync?.state === "syncing" || sync?.state === "paused") {
      putMeta(tx, "sync", { ...sync, state: paused ? "paused" : "syncing" });
    }
  });
  bus.touch(["status", "engine"], { urgent: true });
  return null;
}

/** Asks for what a gap lacks once more. `id` as the list has it. */
export async function retryGap(
  { store, bus }: AccountContext,
  { id }: { id: string },
): Promise<null> {
  await store.write(["meta"], async (tx) => {
    const ranges = (await readMeta(tx, "ranges")) ?? [];
    putMeta(tx, "ranges", withGapEnd(ranges, id.replace(/^g/, ""), undefined));
  });
  bus.touch(["status", "engine"], { urgent: true });
  return null;
}

/** Said once: never again on this browser. */
export async function dismissNotice(
  { store, bus }: AccountContext,
  { id }: { id: NoticeView["id"] },
): Promise<null> {
  await store.write(["meta"], async (tx) => {
    const dismissed = (await readMeta(tx, "dismissed")) ?? [];
    if (!dismissed.includes(id)) putMeta(tx, "dismissed", [...dismissed, id]);
  });
  bus.touch(["notices"], { urgent: true });
  return null;
}

/** The page asked the browser to keep the data; only a worker's database can note what it answered. */
export async function noteStorage({ store, bus }: AccountContext): Promise<null> {
  const persisted = (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
  await store.write(["meta"], async (tx) => putMeta(tx, "storagePersisted", persisted));
  bus.touch(["notices", "storage"], { urgent: true });
  return null;
}
