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
  type WriteTx,
} from "./schema.ts";

/** The browser would not keep what it was given; the engine stops and says so. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}

export interface Store {
  /** One snapshot; `read` may await requests of its transaction and nothing else. */
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
  close(): void;
}

export type OpenOptions = {
  /** Another tab wants to upgrade or delete the database; it is closed already. */
  onLost: () => void;
  /** An older tab holds the upgrade up. */
  onBlocked: () => void;
};

/** Opens (and makes or upgrades) the database of an account. Rejects with StorageError. */
export async function openStore(jid: string, options: OpenOptions): Promise<Store> {
  try {
    const db = await openDB<import("./schema.ts").EnvoiSchema>(
      databaseName(jid),
      MIGRATIONS.length,
      {
        upgrade(database, oldVersion) {
          for (const migrate of MIGRATIONS.slice(oldVersion)) migrate(database);
        },
        blocked: options.onBlocked,
        blocking(_current, _blocked, event) {
          (event.target as IDBDatabase).close();
          options.onLost();
        },
        terminated: options.onLost,
      },
    );
    return storeOn(db);
  } catch (error) {
    throw new StorageError("The database could not be opened", { cause: error });
  }
}

/** Deletes the account's database; waits until every tab has let go of it. */
export async function deleteStore(jid: string): Promise<void> {
  await deleteDB(databaseName(jid));
}

function storeOn(db: EnvoiDatabase): Store {
  return {
    async read(stores, read) {
      const tx = db.transaction([...stores], "readonly");
      return read(tx as ReadTx);
    },
    async write(stores, write, durability = "relaxed") {
      const tx = db.transaction([...stores], "readwrite", { durability }) as WriteTx;
      // An abort rejects `done` too; it is awaited below, so this only keeps it from counting as unhandled.
      tx.done.catch(() => undefined);
      try {
        const value = await write(tx);
        tx.commit();
        await tx.done;
        return value;
      } catch (error) {
        abortQuietly(tx);
        if (error instanceof DOMException) {
          throw new StorageError(`Could not write: ${error.name}`, { cause: error });
        }
        throw error;
      }
    },
    close() {
      db.close();
    },
  };
}

function abortQuietly(tx: WriteTx): void {
  try {
    tx.abort();
  } catch {
    // Already finished: nothing to undo.
  }
}
