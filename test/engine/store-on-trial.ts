/** A database in memory and a bus, for what needs no browser. Ordering and several tabs are tested in real ones. */
import "fake-indexeddb/auto";
import type { AccountContext } from "../../src/engine/context.ts";
import type { Jid } from "../../src/mail/address.ts";
import { openStore, type Store } from "../../src/store/database.ts";
import type { Topic } from "../../src/engine/bus.ts";

export const me = "me@example.org" as Jid;

let databases = 0;

/** A fresh account; `touched` collects the topics announced. */
export async function accountOnTrial(): Promise<AccountContext & { touched: Topic[] }> {
  const store = await openStore(`trial-${++databases}`, {
    onLost: () => undefined,
    onBlocked: () => undefined,
  });
  return accountOn(store);
}

/** An account over a database that is open already. */
export function accountOn(store: Store): AccountContext & { touched: Topic[] } {
  const touched: Topic[] = [];
  const listeners = new Set<(topics: readonly Topic[], urgent: boolean) => void>();
  let clock = 1_000_000;
  return {
    me,
    store,
    touched,
    now: () => clock++,
    bus: {
      touch: (topics) => {
        touched.push(...topics);
        for (const listener of listeners) listener(topics, false);
      },
      onTopics: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      call: () => undefined,
      onCall: () => () => undefined,
      close: () => undefined,
    },
  };
}
