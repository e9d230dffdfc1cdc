/** How the connection stands, written by the holder of the lock and by nobody else. */
import type { ConnectionRow } from "../mail/status.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { AccountContext } from "./context.ts";
import type { Tenure } from "./holder.ts";

export interface ConnectionReport {
  say(connection: Omit<ConnectionRow, "holder">): Promise<void>;
}

export function createConnectionReport(
  { store, bus }: AccountContext,
  { holder, signal }: Tenure,
): ConnectionReport {
  let claimed = false;
  return {
    async say(connection) {
      if (signal.aborted) return;
      const isClaim = !claimed;
      claimed = true;
      const written = await store.write(["meta"], async (tx) => {
        const now = await readMeta(tx, "connection");
        // Somebody else speaks now: we were frozen, and have not been told yet.
        if (!isClaim && now?.holder !== holder) return false;
        putMeta(tx, "connection", { ...connection, holder });
        return true;
      });
      if (written) bus.touch(["status"], { urgent: true });
    },
  };
}
