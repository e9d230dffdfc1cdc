/**
 * The accounts this browser knows, in a database of its own: what signing in needs before an account's database is
 * open. What can be used to sign in lies here encrypted under a key that no script can read out (SECURITY.md 4.3).
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Jid } from "../mail/address.ts";
import { StorageError } from "./storage-error.ts";

export type AccountRow = {
  jid: Jid;
  /** "Keep me signed in" was ticked. */
  keep: boolean;
  /** The WebSocket that worked. */
  endpoint?: string;
  /** SCRAM was seen for this account: PLAIN is never used again. */
  scramSeen: boolean;
  /** Stable id of this browser for the server (XEP-0388 user-agent). */
  clientId: string;
  sealed?: { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer; key: CryptoKey };
  lastUsedAt: number;
};

interface RegistrySchema extends DBSchema {
  accounts: { key: Jid; value: AccountRow };
}

export interface Registry {
  all(): Promise<AccountRow[]>;
  get(jid: Jid): Promise<AccountRow | undefined>;
  put(row: AccountRow): Promise<void>;
  delete(jid: Jid): Promise<void>;
}

/** Opens the registry. Rejects with StorageError. */
export async function openRegistry(): Promise<Registry> {
  let db: IDBPDatabase<RegistrySchema>;
  try {
    db = await openDB<RegistrySchema>("envoi", 1, {
      upgrade(database) {
        database.createObjectStore("accounts", { keyPath: "jid" });
      },
      blocking(_current, _blocked, event) {
        (event.target as IDBDatabase).close();
      },
    });
  } catch (error) {
    throw new StorageError("failed", "This browser keeps nothing for the page", { cause: error });
  }
  return {
    all: () => db.getAll("accounts"),
    get: (jid) => db.get("accounts", jid),
    put: async (row) => void (await db.put("accounts", row)),
    delete: (jid) => db.delete("accounts", jid),
  };
}

/** Encrypts a value under a fresh key that cannot be exported. */
export async function seal(value: unknown): Promise<NonNullable<AccountRow["sealed"]>> {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  return { iv, key, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain) };
}

/** Decrypts what `seal` made, or undefined where it is damaged. */
export async function unseal(sealed: AccountRow["sealed"]): Promise<unknown> {
  if (sealed === undefined) return undefined;
  try {
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: sealed.iv },
      sealed.key,
      sealed.data,
    );
    return JSON.parse(new TextDecoder().decode(plain)) as unknown;
  } catch {
    return undefined;
  }
}
