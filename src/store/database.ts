/**
 * Opens, closes and deletes an account's database, and runs its transactions.
 * Scars kept here: close on `versionchange` so that another tab can upgrade; writes end in an explicit commit()
 * with nothing awaited between the last put and it (WebKit 288682: a killed worker commits half a transaction).
 */
import { deleteDB, openDB } from "idb";
import { databaseName } from "./keys.ts";
import {
  type EnvoiDatabase,
  MIGRATIONS,
  type ReadTx,
  type StoreName,
  type UpgradeTx,
  type WriteTx,
} from "./schema.ts";
import { soundReads } from "./sound-reads.ts";
import { asStorageError, StorageError } from "./storage-error.ts";

/** Opening a database takes milliseconds; past this the person is told that the browser is slow. ms */
const SLOW_MS = 6000;
/** A tab that is awake lets go of a database that is being deleted long before this. ms */
const HELD_MS = 2000;
/** A backing store that would not open often does a moment later. ms */
const AGAIN_MS = 400;

export interface Store {
  /** The database did not exist before. */
  readonly isNew: boolean;
  /** One snapshot; `read` may await requests of its transaction and nothing else. Rejects with StorageError. */
  read<T>(stores: readonly StoreName[], read: (tx: ReadTx) => Promise<T>): Promise<T>;
  /**
   * One transaction: all of it or nothing. `strict` waits for the disk, for what a person wrote.
   * Resolves after it is complete. Rejects with StorageError.
   */
  write<T>(
    stores: readonly StoreName[],
    write: (tx: WriteTx) => Promise<T>,
    durability?: "strict" | "relaxed",
  ): Promise<T>;
  /** After `onLost`: opens it again; what is asked meanwhile waits. True where it had to be made anew. */
  reopen(): Promise<boolean>;
  close(): void;
}

/** newer: another tab upgrades it; deleted: somebody deletes it; terminated: the browser ended the connection. */
export type LostReason = "newer" | "deleted" | "terminated";

export type OpenOptions = {
  /** The connection is closed already. */
  onLost: (reason: LostReason) => void;
  /** Opening takes long and goes on by itself: an older tab holds the upgrade up, or nobody knows why. */
  onBlocked: (why: "older-tab" | "slow") => void;
  /** A write found no room. */
  onFull?: () => void;
  /** A transaction waits for long: another tab fell asleep in the middle of one, or the disk is busy. False: it is over. */
  onStall?: (isStalled: boolean) => void;
  /** How long that is, ms. */
  stallMs?: number;
  /** A row was passed over because it is damaged. */
  onUnsound?: (store: StoreName) => void;
};

/** Opens (and makes or upgrades) the database of an account. Rejects with StorageError. */
export async function openStore(jid: string, options: OpenOptions): Promise<Store> {
  const store = new OpenedStore(jid, options);
  await store.open();
  return store;
}

/**
 * Empties the account's database and deletes it. A tab that is frozen lets go of it when it thaws or ends: until then
 * the browser keeps the name, with nothing in it, and nobody waits for that.
 */
export async function deleteStore(jid: string): Promise<void> {
  // What cannot be opened cannot be emptied: it is deleted as it is.
  const isEmptied = await emptied(databaseName(jid)).catch(() => false);
  const deleted = deleteDB(databaseName(jid));
  if (!isEmptied) return deleted;
  const held = new Promise<void>((resolve) => setTimeout(resolve, HELD_MS));
  await Promise.race([deleted, held]);
}

/** False where there is nothing to empty. */
async function emptied(name: string): Promise<boolean> {
  const db = await openDB(name, undefined, {
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
  });
  try {
    const stores = [...db.objectStoreNames];
    if (stores.length === 0) return false;
    const tx = db.transaction(stores, "readwrite", { durability: "strict" });
    await Promise.all([...stores.map((store) => tx.objectStore(store).clear()), tx.done]);
    return true;
  } finally {
    db.close();
  }
}

class OpenedStore implements Store {
  isNew = false;
  private readonly jid: string;
  private readonly options: OpenOptions;
  private db: EnvoiDatabase | undefined;
  /** Why there is no connection now. */
  private lost: LostReason | "closed" | undefined;
  private reviving: Promise<boolean> | undefined;
  /** Transactions that wait for long. */
  private stalled = 0;

  constructor(jid: string, options: OpenOptions) {
    this.jid = jid;
    this.options = options;
  }

  async open(): Promise<void> {
    const { db, isNew } = await connect(this.jid, this.options, (reason) => this.lose(reason));
    if (this.lost === "closed") return db.close();
    this.db = db;
    this.isNew = isNew;
    this.lost = undefined;
  }

  async read<T>(stores: readonly StoreName[], read: (tx: ReadTx) => Promise<T>): Promise<T> {
    const tx = await this.begin(
      (db) => db.transaction([...stores], "readonly") as unknown as ReadTx,
    );
    tx.done.catch(() => undefined);
    const ended = this.watch();
    try {
      return await read(this.sound(tx));
    } catch (error) {
      throw asStorageError(tx.error ?? error, "Could not read");
    } finally {
      ended();
    }
  }

  async write<T>(
    stores: readonly StoreName[],
    write: (tx: WriteTx) => Promise<T>,
    durability: "strict" | "relaxed" = "relaxed",
  ): Promise<T> {
    const tx = await this.begin(
      (db) => db.transaction([...stores], "readwrite", { durability }) as unknown as WriteTx,
    );
    // An abort rejects `done` too; it is awaited below, so this only keeps it from counting as unhandled.
    tx.done.catch(() => undefined);
    const ended = this.watch();
    try {
      const value = await write(this.sound(tx));
      tx.commit();
      await tx.done;
      return value;
    } catch (error) {
      // Requests still under way fail with AbortError; the transaction knows what began it.
      const failure = asStorageError(tx.error ?? error, "Could not write");
      abortQuietly(tx);
      if (failure instanceof StorageError && failure.problem === "full") this.options.onFull?.();
      throw failure;
    } finally {
      ended();
    }
  }

  reopen(): Promise<boolean> {
    this.reviving ??= this.open()
      .then(() => this.isNew)
      .finally(() => {
        this.reviving = undefined;
      });
    return this.reviving;
  }

  close(): void {
    this.lost = "closed";
    this.db?.close();
  }

  /** Begins a transaction; on a connection that turns out to be gone, once more after it was opened again. */
  private async begin<Tx>(make: (db: EnvoiDatabase) => Tx): Promise<Tx> {
    if (this.reviving !== undefined) await this.reviving;
    try {
      return make(this.connection());
    } catch (error) {
      if (!isClosed(error)) throw asStorageError(error, "Could not begin");
      this.lose("terminated");
      if (this.reviving === undefined) throw asStorageError(error, "Could not begin");
      await this.reviving;
      return make(this.connection());
    }
  }

  /** Says so when what begins now has not ended for long; the function returned says that it has. */
  private watch(): () => void {
    const { onStall, stallMs = SLOW_MS } = this.options;
    if (onStall === undefined) return () => undefined;
    let isLate = false;
    const tell = (): void => {
      isLate = true;
      if (++this.stalled === 1) onStall(true);
    };
    // A tab that slept itself wakes to all its timers at once: what is done by then is given the time to say so.
    let timer = setTimeout(() => (timer = setTimeout(tell, stallMs / 10)), stallMs);
    return () => {
      clearTimeout(timer);
      if (isLate && --this.stalled === 0) onStall(false);
    };
  }

  private connection(): EnvoiDatabase {
    if (this.lost === "newer") throw new StorageError("newer", "A newer version has it open");
    if (this.lost !== undefined || this.db === undefined)
      throw new StorageError("closed", "The database is closed");
    return this.db;
  }

  private sound<Tx extends ReadTx>(tx: Tx): Tx {
    return soundReads(tx, (name) => this.options.onUnsound?.(name));
  }

  private lose(reason: LostReason): void {
    if (this.lost !== undefined) return;
    this.lost = reason;
    this.options.onLost(reason);
  }
}

async function connect(
  jid: string,
  { onBlocked }: OpenOptions,
  onLost: (reason: LostReason) => void,
): Promise<{ db: EnvoiDatabase; isNew: boolean }> {
  if (globalThis.indexedDB === undefined)
    throw new StorageError("unavailable", "This browser has no IndexedDB here");
  const slow = setTimeout(() => onBlocked("slow"), SLOW_MS);
  const open = async (): Promise<{ db: EnvoiDatabase; isNew: boolean }> => {
    let isNew = false;
    const db = await openDB<import("./schema.ts").EnvoiSchema>(
      databaseName(jid),
      MIGRATIONS.length,
      {
        upgrade(database, oldVersion, _newVersion, tx) {
          isNew = oldVersion === 0;
          for (const migrate of MIGRATIONS.slice(oldVersion))
            migrate(database, tx as unknown as UpgradeTx);
        },
        blocked: () => onBlocked("older-tab"),
        blocking(_current, wanted, event) {
          (event.target as IDBDatabase).close();
          onLost(wanted === null ? "deleted" : "newer");
        },
        terminated: () => onLost("terminated"),
      },
    );
    return { db, isNew };
  };
  try {
    return await open().catch(async (error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== "UnknownError") throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      return open();
    });
  } catch (error) {
    const failure = asStorageError(error, "The database could not be opened");
    if (failure instanceof StorageError) throw failure;
    throw new StorageError("failed", "The database could not be opened", { cause: error });
  } finally {
    clearTimeout(slow);
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof DOMException && error.name === "InvalidStateError";
}

function abortQuietly(tx: WriteTx): void {
  try {
    tx.abort();
  } catch {
    // Already finished: nothing to undo.
  }
}
