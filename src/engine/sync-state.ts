/** What is told of synchronising: one row, changed where it changes. */
import type { SyncView } from "../mail/status.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { AccountContext } from "./context.ts";

/** Writes how synchronising stands, where it changed. */
export async function putSync(
  { store, bus }: AccountContext,
  change: Partial<Pick<SyncView, "state" | "isSlow">>,
): Promise<void> {
  const changed = await store.write(["meta"], async (tx) => {
    const [sync, fetched] = await Promise.all([readMeta(tx, "sync"), readMeta(tx, "fetched")]);
    const { isSlow: wasSlow = false, ...old } = sync ?? { state: "waiting" as const };
    const { state = old.state, isSlow = wasSlow } = change;
    if (state === sync?.state && isSlow === wasSlow) return false;
    const done = { done: fetched?.messages ?? 0, mail: fetched?.mail ?? 0 };
    putMeta(tx, "sync", { ...old, ...done, state, ...(isSlow ? { isSlow } : {}) });
    return true;
  });
  if (changed) bus.touch(["status"]);
}
