/**
 * Says of an id that no message here has it, without asking the database: while an archive comes in, nearly every
 * look-up would find nothing, and asking costs more than writing. It only ever reads what is committed, whoever wrote
 * it; it may take an unknown id for known, never a known one for unknown.
 */
import type { Jid } from "../mail/address.ts";
import type { Message } from "../mail/message.ts";
import type { Store } from "../store/database.ts";
import { readMeta } from "../store/meta.ts";
import type { ReadTx } from "../store/schema.ts";
import { otherSideOf } from "./timeline.ts";

/** What can be looked up: a message by its own id, by one it refers to, by its thread; chats by person. */
export type SieveName = "mid" | "ref" | "thread" | "chats";

const ROWS_AT_ONCE = 2000;

export interface IdSieve {
  /** Takes in what was written since the last time; within the transaction that is to rely on it. */
  refresh(tx: ReadTx): Promise<void>;
  /** Reads everything there is, in pieces; before the first `refresh`, where there may be much. */
  load(store: Store): Promise<void>;
  mayHave(name: SieveName, id: string): boolean;
}

export function createIdSieve(me: Jid): IdSieve {
  let hashes = new HashSet();
  /** Rows with smaller keys are in it. */
  let upTo = 1;

  const take = (row: Message): void => {
    hashes.add(hashOf("mid", row.mid));
    for (const ref of row.refs ?? []) hashes.add(hashOf("ref", ref));
    if (row.thread !== undefined) hashes.add(hashOf("thread", row.thread));
    const person = row.kind === "chat" ? otherSideOf(row, me) : undefined;
    if (person !== undefined) hashes.add(hashOf("chats", person));
  };

  async function takeRows(tx: ReadTx, limit: number): Promise<boolean> {
    const next = (await readMeta(tx, "nextMessage")) ?? 1;
    if (next < upTo) {
      // Another database: the old one was deleted.
      hashes = new HashSet();
      upTo = 1;
    }
    if (next === upTo) return false;
    const range = IDBKeyRange.bound(upTo, next, false, true);
    const rows = await tx.objectStore("messages").getAll(range, limit);
    for (const row of rows) take(row);
    const isWhole = rows.length < limit;
    upTo = isWhole ? next : (rows.at(-1)?.key ?? upTo) + 1;
    return !isWhole;
  }

  return {
    async refresh(tx) {
      while (await takeRows(tx, ROWS_AT_ONCE)) {
        // Until everything is in.
      }
    },
    async load(store) {
      while (await store.read(["meta", "messages"], (tx) => takeRows(tx, ROWS_AT_ONCE))) {
        // One transaction each, so that nobody waits for all of it.
      }
    },
    mayHave: (name, id) => hashes.has(hashOf(name, id)),
  };
}

/** FNV-1a, 32 bits, never 0. */
function hashOf(name: SieveName, id: string): number {
  let hash = 0x811c9dc5 ^ name.charCodeAt(0);
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
}

/** Numbers in an open table: a Set of as many would take ten times the memory. */
class HashSet {
  private table = new Uint32Array(4096);
  private size = 0;

  add(hash: number): void {
    if (this.size * 2 > this.table.length) this.grow();
    const slot = this.slotOf(hash);
    if (this.table[slot] === 0) this.size++;
    this.table[slot] = hash;
  }

  has(hash: number): boolean {
    return this.table[this.slotOf(hash)] !== 0;
  }

  private slotOf(hash: number): number {
    const mask = this.table.length - 1;
    let slot = (Math.imul(hash, 0x9e3779b1) >>> 0) & mask;
    while (this.table[slot] !== 0 && this.table[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const old = this.table;
    this.table = new Uint32Array(old.length * 2);
    this.size = 0;
    for (const hash of old) if (hash !== 0) this.add(hash);
  }
}
