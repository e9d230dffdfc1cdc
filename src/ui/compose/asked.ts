/**
 * What somebody wants to write. The composers are loaded after the first rows: what is asked for before they are here
 * waits, and is done in its order.
 */
import { createSignal } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { FilledIn } from "../../mail/person-link.ts";
import { keptNames, readKept } from "../page-storage.ts";
import { OPEN_DRAFTS, SENDING } from "../snapshot.ts";

export type Prefill = Partial<FilledIn> & { byLink?: boolean };

type Wish = (code: typeof import("./open-drafts.ts")) => void;

const [wishes, setWishes] = createSignal<readonly Wish[]>([]);
export { wishes };

/** Whoever takes them fulfils them. */
export function takeWishes(): readonly Wish[] {
  const taken = wishes();
  if (taken.length > 0) setWishes([]);
  return taken;
}

export function wish(wanted: Wish): void {
  setWishes([...wishes(), wanted]);
}

/** A new message. */
export function compose(api: ApiClient, prefill: Prefill = {}): void {
  wish((code) => code.begin(api, prefill));
}

export function openDraft(api: ApiClient, id: string): void {
  wish((code) => code.openDraft(api, id));
}

/** Whether this tab, or one that ended while sending, left something to be brought back. */
export function wroteBefore(): boolean {
  const open = readKept("sessionStorage", OPEN_DRAFTS) ?? "[]";
  return open !== "[]" || keptNames("localStorage").some((name) => name.startsWith(SENDING));
}
