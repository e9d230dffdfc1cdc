/**
 * The accounts this browser knows, in a database of its own: what signing in needs before an account's database is
 * open. What can be used to sign in lies here encrypted under a key that no script can read out (SECURITY.md 4.3).
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { base64ToBytes, bytesToBase64 } from "../base/base64.ts";
import { type Jid, parseJid } from "../mail/address.ts";
import { asStorageError, StorageError } from "./storage-error.ts";

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
  /** The server's newer ways to sign in (XEP-0388) did not work; epoch ms. */
  sasl2RestsUntil?: number;
  /** Opens what the tabs of this browser session keep of a password; only where nothing better can be kept. */
  sessionKey?: CryptoKey;
  /** The server took the last thing we had no more; the person is asked. */
  refused?: true;
  sealed?: { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer; key: CryptoKey };
  lastUsedAt: number;
};

interface RegistrySchema extends DBSchema {
  accounts: { key: Jid; value: AccountRow };
}

export interface Registry {
  all(): Promise<AccountRow[]>;
  get(jid: Jid): Promise<AccountRow | undefined>;
  /** Reads and writes in one transaction; undefined leaves it as it is. Resolves with what was written. */
  update(
    jid: Jid,
    change: (row: AccountRow | undefined) => AccountRow | undefined,
  ): Promise<AccountRow | undefined>;
  delete(jid: Jid): Promise<void>;
  /** The database was deleted or ended under us at least once: a row that is missing was not taken out by a person. */
  readonly wasLost: boolean;
}

/** Opening takes milliseconds; past this the person is told. ms */
const SLOW_MS = 6000;

/** Opens the registry; a connection that is lost later is made again. Rejects with StorageError. */
export async function openRegistry(onSlow: () => void = () => undefined): Promise<Registry> {
  let db: IDBPDatabase<RegistrySchema> | undefined;
  let wasLost = false;

  const lose = (): void => {
    db = undefined;
    wasLost = true;
  };
  const open = async (): Promise<IDBPDatabase<RegistrySchema>> => {
    if (db !== undefined) return db;
    if (globalThis.indexedDB === undefined)
      throw new StorageError("unavailable", "This browser has no IndexedDB here");
    db = await openDB<RegistrySchema>("envoi", 1, {
      upgrade(database) {
        database.createObjectStore("accounts", { keyPath: "jid" });
      },
      blocking(_current, _blocked, event) {
        (event.target as IDBDatabase).close();
        lose();
      },
      terminated: lose,
    });
    return db;
  };
  const on = async <T>(
    act: (database: IDBPDatabase<RegistrySchema>) => Promise<T>,
    what: string,
  ): Promise<T> => {
    try {
      return await act(await open()).catch(async (error: unknown) => {
        if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
        lose();
        return act(await open());
      });
    } catch (error) {
      throw asStorageError(error, what);
    }
  };

  const slow = setTimeout(onSlow, SLOW_MS);
  await on(async () => undefined, "The list of accounts could not be opened").finally(() =>
    clearTimeout(slow),
  );
  return {
    all: async () => (await on((d) => d.getAll("accounts"), "Could not read")).filter(isSound),
    get: async (jid) => {
      const row = await on((d) => d.get("accounts", jid), "Could not read");
      return row !== undefined && isSound(row) ? row : undefined;
    },
    update: (jid, change) =>
      on(async (d) => {
        const tx = d.transaction("accounts", "readwrite");
        const row = change(await tx.store.get(jid));
        if (row !== undefined) void tx.store.put(row);
        await tx.done;
        return row;
      }, "Could not write"),
    delete: (jid) => on((d) => d.delete("accounts", jid), "Could not write"),
    get wasLost() {
      return wasLost;
    },
  };
}

/** A row that is no account is none: signing in makes it anew. */
function isSound(row: AccountRow): boolean {
  return (
    parseJid(row.jid) === row.jid &&
    typeof row.keep === "boolean" &&
    typeof row.clientId === "string" &&
    typeof row.lastUsedAt === "number"
  );
}

/** A key that no script can read out. */
export async function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Encrypts a value under a fresh key that cannot be exported. */
export async function seal(value: unknown): Promise<NonNullable<AccountRow["sealed"]>> {
  const key = await newKey();
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

/** Encrypts text, as text. */
export async function sealText(key: CryptoKey, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = new TextEncoder().encode(text);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes);
  return `${bytesToBase64(iv)} ${bytesToBase64(new Uint8Array(data))}`;
}

/** Decrypts what `sealText` made, or undefined where it was another key. */
export async function unsealText(key: CryptoKey, sealed: string): Promise<string | undefined> {
  const [iv, data] = sealed.split(" ").map(base64ToBytes);
  if (iv === undefined || data === undefined) return undefined;
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);
    return new TextDecoder().decode(plain);
  } catch {
    return undefined;
  }
}
