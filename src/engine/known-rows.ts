/** Message rows of a batch as they are now, read or new, and the ways they are looked up by. Memory only. */
import type { Message } from "../mail/message.ts";

export class KnownRows {
  private readonly rows = new Map<number, Message>();
  private readonly removed = new Set<number>();
  private readonly byMid = new Map<string, Set<number>>();
  private readonly byArchiveId = new Map<string, number>();
  private readonly byRef = new Map<string, Set<number>>();
  private readonly byThread = new Map<string, Set<number>>();
  /** Where a row ever stood in this batch. */
  private readonly byConversation = new Map<number, Set<number>>();

  /** Takes rows in unless a newer state of them is here already. */
  learn(rows: readonly Message[]): void {
    for (const row of rows) {
      if (!this.rows.has(row.key)) this.rows.set(row.key, row);
      put(this.byMid, row.mid, row.key);
      put(this.byConversation, row.conversation, row.key);
      for (const id of row.archiveIds) this.byArchiveId.set(id, row.key);
      for (const ref of row.refs ?? []) put(this.byRef, ref, row.key);
      if (row.thread !== undefined) put(this.byThread, row.thread, row.key);
    }
  }

  /** A newer state of a row. */
  replace(row: Message): void {
    this.learn([row]);
    this.rows.set(row.key, row);
  }

  remove(key: number): void {
    this.removed.add(key);
  }

  isRemoved(key: number): boolean {
    return this.removed.has(key);
  }

  removedKeys(): Iterable<number> {
    return this.removed;
  }

  get(key: number): Message | undefined {
    return this.removed.has(key) ? undefined : this.rows.get(key);
  }

  withMid(mid: string): Message[] {
    return this.pick(this.byMid.get(mid));
  }

  withArchiveId(id: string): Message | undefined {
    const key = this.byArchiveId.get(id);
    return key === undefined ? undefined : this.get(key);
  }

  referringTo(mid: string): Message[] {
    return this.pick(this.byRef.get(mid));
  }

  inThread(thread: string): Message[] {
    return this.pick(this.byThread.get(thread));
  }

  inConversation(conversation: number): Message[] {
    return this.pick(this.byConversation.get(conversation)).filter(
      (row) => row.conversation === conversation,
    );
  }

  private pick(keys: Iterable<number> = []): Message[] {
    const found: Message[] = [];
    for (const key of keys) {
      const row = this.get(key);
      if (row !== undefined) found.push(row);
    }
    return found;
  }
}

function put<K>(map: Map<K, Set<number>>, name: K, key: number): void {
  const set = map.get(name);
  if (set === undefined) map.set(name, new Set([key]));
  else set.add(key);
}
