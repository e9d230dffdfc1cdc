/** Tells of every committed write of what is said of messages and of the account. */
import { currentTab, type Device } from "../tab.ts";
import type { Write } from "./words.ts";

type Watcher = (device: Device, writes: Write[]) => void;

let watcher: Watcher | undefined;
const writesOf = new WeakMap<IDBTransaction, Write[]>();

/** Whoever watched before does no more. */
export function watchWrites(watch: Watcher): void {
  watcher = watch;
}

/** Every put into these stores is told of when its transaction is done; once for the process. */
export function followWrites(): void {
  const { prototype } = IDBObjectStore;
  // oxlint-disable-next-line typescript/unbound-method
  const original = prototype.put;
  prototype.put = function put(value: unknown, key?: IDBValidKey) {
    const { name, transaction } = this;
    if (name === "state" || name === "registers" || name === "meta")
      note(transaction, { store: name, key: typeof key === "string" ? key : "", value });
    return original.call(this, value, key);
  };
}

function note(transaction: IDBTransaction, write: Write): void {
  const known = writesOf.get(transaction);
  if (known !== undefined) return void known.push(write);
  const device = currentTab()?.device;
  const writes = [write];
  writesOf.set(transaction, writes);
  transaction.addEventListener("complete", () => {
    if (device !== undefined) watcher?.(device, writes);
  });
}
