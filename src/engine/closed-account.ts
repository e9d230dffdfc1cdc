/** Reads what an account left that is open in no tab. */
import type { Jid } from "../mail/address.ts";
import { openStore } from "../store/database.ts";
import { openBus } from "./bus.ts";
import { countOnlyHere } from "./commands/only-here.ts";
import type { AccountContext } from "./context.ts";

/** How much of it no server has: messages, drafts and what waits to be sent; changes to tags and the like. */
export async function onlyHere(jid: Jid): Promise<{ onlyHere: number; changes: number }> {
  const { messages, drafts, waiting, changes } = await withStoreOf(jid, countOnlyHere);
  return { onlyHere: messages + drafts + waiting, changes };
}

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
