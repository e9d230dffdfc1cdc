/**
 * The last first screenful, shown before the database is open: the worker's own answer, never more than 25 rows,
 * beside the account and the mailbox; gone with the account.
 */
import type { Place, WindowView } from "../api/contract.ts";
import { dropKept, keep, readKept } from "./page-storage.ts";

const PREFIX = "envoi-first:";
const MAX_ROWS = 25;

type Snapshot = { mailbox: Place; view: WindowView };

export function readSnapshot(account: string, mailbox: Place): WindowView | undefined {
  try {
    const kept = JSON.parse(
      readKept("localStorage", PREFIX + account) ?? "null",
    ) as Snapshot | null;
    return kept?.mailbox === mailbox && Array.isArray(kept.view.rows) ? kept.view : undefined;
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
  // A full or forbidden storage costs a few milliseconds at the next start, nothing else.
  keep("localStorage", PREFIX + account, JSON.stringify(kept));
}

/** Forgets every snapshot but one account's; all of them without an account. */
export function dropSnapshots(except?: string): void {
  const kept = PREFIX + (except ?? "");
  const isOf = (name: string): boolean => name === kept || name.startsWith(`${kept}:`);
  dropKept("localStorage", (name) => name.startsWith(PREFIX) && !isOf(name));
}

/** What a tab keeps of open composers, by name: see compose/open-drafts.ts. */
export const OPEN_DRAFTS = "envoi-open-drafts";
export const UNSAVED = "envoi-unsaved:";

/** A message from Send until the database has it. */
export const SENDING = "envoi-sending:";

/** Which mail this browser has told of: see notify/notifier.tsx. */
export const TOLD = "envoi-told:";

/** A message that is being drawn, and those that never were to the end: see reader/html/crash-guard.ts. */
export const RENDERING = "envoi-rendering:";
export const CRASHED = "envoi-crashed";

/** The account was left: nothing of it stays in this tab. */
export function forgetTab(): void {
  const isOfAccount = (name: string): boolean =>
    name === CRASHED || [SENDING, RENDERING, TOLD].some((prefix) => name.startsWith(prefix));
  dropSnapshots();
  dropKept("localStorage", isOfAccount);
  dropKept("sessionStorage", (name) => name === OPEN_DRAFTS || name.startsWith(UNSAVED));
}
