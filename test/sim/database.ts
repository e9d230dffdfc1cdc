/** fake-indexeddb, taught which tab a transaction belongs to, so that the tab can die in the middle of one. */
import "fake-indexeddb/auto";
import { currentTab } from "./tab.ts";

/** The parts of fake-indexeddb's transaction that a crash needs. */
type FakeTransaction = IDBTransaction & {
  _state: "active" | "inactive" | "committing" | "finished";
  _abort(errorName: string | null): void;
};

type TransactionClass = new (
  stores: string[],
  mode: IDBTransactionMode,
  durability: string,
  db: IDBDatabase,
) => FakeTransaction;

export interface DatabaseTransaction {
  isCommitting(): boolean;
  /** As if it had never been. */
  undo(): void;
}

const { prototype } = IDBDatabase;
// oxlint-disable-next-line typescript/unbound-method
const original = prototype.transaction;

/** Every transaction from now on is its tab's; a dead tab's never does anything. */
export function followTransactions(): void {
  prototype.transaction = function transaction(stores, mode = "readonly", options = {}) {
    const tab = currentTab();
    if (tab?.isDead === true) {
      const names = typeof stores === "string" ? [stores] : Array.from(stores);
      // Made past the database: nobody ever starts it, so whoever waits for it waits for ever.
      return new (IDBTransaction as unknown as TransactionClass)(names, mode, "default", this);
    }
    const made = original.call(this, stores, mode, options) as FakeTransaction;
    if (tab === undefined) return made;
    const entry: DatabaseTransaction = {
      isCommitting: () => made._state === "committing",
      undo() {
        if (made._state !== "finished") made._abort("AbortError");
      },
    };
    tab.transactions.add(entry);
    const forget = (): boolean => tab.transactions.delete(entry);
    made.addEventListener("complete", forget);
    made.addEventListener("abort", forget);
    return made;
  };
}
