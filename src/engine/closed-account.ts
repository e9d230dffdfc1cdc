/** Reads what an account left that is open in no tab. */
import type { Jid } from "../mail/address.ts";
import { openStore } from "../store/database.ts";
import { openBus } from "./bus.ts";
import type { AccountContext } from "./context.ts";

/** Rejects with StorageError, or as `read` does. */
export async function withStoreOf<T>(
  jid: Jid,
  read: (context: AccountContext) => Promise<T>,
): Promise<T> {
  const store = await openStore(jid, { onLost: () => undefined, onBlocked: () => undefined });
  const bus = openBus(jid);
  try {
    return await read({ me: jid, store, bus, now: () => Date.now() });
  } finally {
    bus.close();
    store.close();
  }
}
