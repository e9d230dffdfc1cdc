/**
 * The last first screenful, shown before the database is open: the worker's own answer, never more than 25 rows,
 * beside the account and the mailbox; gone with the account.
 */
import type { Mailbox, WindowView } from "../api/contract.ts";

const PREFIX = "envoi-first:";
const MAX_ROWS = 25;

type Snapshot = { mailbox: Mailbox; view: WindowView };

export function readSnapshot(account: string, mailbox: Mailbox): WindowView | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + account) ?? "null") as Snapshot | null;
    return kept?.mailbox === mailbox ? kept.view : undefined;
  } catch {
    return undefined;
  }
}

export function keepSnapshot(account: string, view: WindowView): void {
  if (view.offset !== 0) return;
  const kept: Snapshot = {
    mailbox: view.mailbox,
    view: { ...view, rows: view.rows.slice(0, MAX_ROWS) },
  };
  try {
    localStorage.setItem(PREFIX + account, JSON.stringify(kept));
  } catch {
    // A full or forbidden storage costs a few milliseconds at the next start, nothing else.
  }
}

/** Forgets every snapshot but one account's; all of them without an account. */
export function dropSnapshots(except?: string): void {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(PREFIX) && name !== PREFIX + (except ?? ""))
        localStorage.removeItem(name);
    }
  } catch {
    // Nothing was kept, then.
  }
}
