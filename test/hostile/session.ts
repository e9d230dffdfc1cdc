/** A bound resource of an account, which may outlive its connection (XEP-0198 section 5). */
import type { Account } from "./account.ts";
import { NS } from "./xml.ts";

const WRAP = 2 ** 32;

/** Where a session's stanzas go. */
export interface Line {
  write(text: string): void;
}

export type StreamManagement = {
  /** Name by which it may be resumed. */
  id: string | undefined;
  /** Stanzas of the client's that were taken. */
  taken: number;
  /** Stanzas of ours that the client acknowledged. */
  acked: number;
  /** Ours that it did not. */
  queue: string[];
};

export class Session {
  readonly account: Account;
  readonly jid: string;
  line: Line | undefined;
  sm: StreamManagement | undefined;
  hasCarbons = false;
  /** Priority of its presence; undefined while it is not available. */
  priority: number | undefined;
  /** It asked after the offline queue (XEP-0013), so it gets none of it. */
  wantsNoFlood = false;
  /** Stops the wait for its resumption. */
  cancelEnd: (() => void) | undefined;

  constructor(account: Account, jid: string) {
    this.account = account;
    this.jid = jid;
  }

  /** Writes a stanza that counts, and asks whether it came. */
  deliver(text: string): void {
    this.sm?.queue.push(text);
    this.line?.write(text);
    if (this.sm !== undefined) this.line?.write(`<r xmlns='${NS.sm}'/>`);
  }

  /** The client has this many of our stanzas; false where that is more than there were. */
  acknowledged(h: number): boolean {
    const { sm } = this;
    if (sm === undefined) return true;
    const covered = (h - sm.acked + WRAP) % WRAP;
    if (!Number.isSafeInteger(h) || covered > sm.queue.length) return false;
    sm.acked = h;
    sm.queue.splice(0, covered);
    return true;
  }
}
