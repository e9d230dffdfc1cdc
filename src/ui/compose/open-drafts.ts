/**
 * Which drafts are open, and where. The text itself is saved by the composer; here is only what must come back after a
 * reload: the ids, kept in this tab's session, and what was typed too late for the database to hear of it.
 */
import { createSignal } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { Commands, DraftView } from "../../api/contract.ts";
import type { Jid } from "../../mail/address.ts";
import type { Draft, DraftKind } from "../../mail/draft.ts";
import { dropKept, keep, keptNames, readKept } from "../page-storage.ts";
import { readAtLast, readOnce } from "../answer.ts";
import { type Prefill, wish } from "./asked.ts";
import { preferences } from "../settings/preferences.ts";
import { OPEN_DRAFTS, SENDING, UNSAVED } from "../snapshot.ts";

export type OpenDraft = {
  draft: Draft;
  /** Names the composer, and which words it had before it when it was opened (`saveDraft`). */
  editor: string;
  base?: string | undefined;
  /** inline: at the end of the conversation it answers. */
  place: "window" | "inline";
  byLink: boolean;
};

const [openDrafts, setOpenDrafts] = createSignal<readonly OpenDraft[]>([]);
export { openDrafts };

/** Whose mail is shown, or was last. */
let shownOf: Jid | undefined;
/** What was typed since a draft was opened: a composer that comes back goes on from here. */
const typed = new Map<string, Draft>();
/** The draft that was opened last and has not been shown yet: it takes the focus. */
let justOpened: string | undefined;
/** The open draft that was asked for again. */
const [raised, setRaised] = createSignal<{ id: string }>();
export { raised };

export function noteTyped(draft: Draft): void {
  typed.set(draft.id, draft);
}

export function latestOf(open: OpenDraft): Draft {
  return typed.get(open.draft.id) ?? open.draft;
}

/** Whether this composer was opened just now, by the person; asked once. */
export function takesFocus(id: string): boolean {
  const just = justOpened === id;
  if (just) justOpened = undefined;
  return just;
}

/**
 * The database does not have it, or the page goes before it can: a copy in the tab's session, taken back at the next
 * start, where there is room for one.
 */
export function keepUnsaved(draft: Draft): void {
  keep("sessionStorage", UNSAVED + draft.id, JSON.stringify(draft));
}

/** A copy of all that is being written. */
export function keepTyped(): void {
  for (const draft of typed.values()) keepUnsaved(draft);
}

/**
 * From Send until the database has the message: a copy that outlives the tab, taken back as a draft by whichever tab
 * starts next. The returned function drops it.
 */
export function keepWhileSending(account: Jid, draft: Draft): () => void {
  const name = `${SENDING}${account}:${draft.id}`;
  // No room: the database has all but the last quarter of a second.
  keep("localStorage", name, JSON.stringify(draft));
  return () => dropKept("localStorage", (kept) => kept === name);
}

/** Tabs that ended between Send and the database: what they wrote goes to Drafts, unless it went out. */
async function rescueSending(api: ApiClient, account: Jid): Promise<void> {
  const prefix = `${SENDING}${account}:`;
  const names = keptNames("localStorage").filter((n) => n.startsWith(prefix));
  // Answered once the account is open; a command before that would be refused.
  if (names.length > 0) await readOnce(api, "draft", { id: "" }).catch(() => null);
  for (const name of names) {
    const draft = readDraft("localStorage", name);
    if (draft === null) continue;
    await api
      .run("saveDraft", { draft })
      .then(() => dropKept("localStorage", (kept) => kept === name))
      .catch(() => undefined);
  }
}

export function dropUnsaved(id: string): void {
  dropKept("sessionStorage", (name) => name === UNSAVED + id);
}

/** The mail is no longer shown. What the tab keeps for the next start is forgotten with the account (snapshot.ts). */
export function forgetDrafts(): void {
  setOpenDrafts([]);
  typed.clear();
}

function set(next: readonly OpenDraft[]): void {
  setOpenDrafts(next);
  keep(
    "sessionStorage",
    OPEN_DRAFTS,
    JSON.stringify(
      next.map(({ draft, place, byLink, editor }) => ({ id: draft.id, place, byLink, editor })),
    ),
  );
}

/** What is written there has another id from now on; the composer stays as it is. */
export function moveDraft(from: string, to: string): void {
  const open = openDrafts().find((o) => o.draft.id === from);
  if (open === undefined) return;
  const { draft } = open;
  open.draft = { ...(typed.get(from) ?? draft), id: to };
  if (typed.delete(from)) noteTyped(open.draft);
  dropUnsaved(from);
  set(openDrafts());
}

function show({ editor, ...opened }: Omit<OpenDraft, "editor"> & { editor?: string }): void {
  const open: OpenDraft = { ...opened, editor: editor ?? crypto.randomUUID() };
  // Where the windows are not on the page yet, they are now.
  if (open.place === "window") wish(() => undefined);
  const before = openDrafts().find((o) => o.draft.id === open.draft.id);
  if (before?.place === open.place) return raise(open.draft.id);
  justOpened = open.draft.id;
  set([...openDrafts().filter((o) => o.draft.id !== open.draft.id), open]);
}

/** Brings an open draft forward. */
export function raise(id: string): void {
  setRaised({ id });
}

/**
 * A worker that is still opening the account refuses, and one that hung or lacks this part of the app is replaced with
 * what it was asked: then once more when it answers. A click that does nothing is the worst answer.
 */
async function beginDraft(
  api: ApiClient,
  args: Commands["beginDraft"]["args"],
): Promise<Draft | undefined> {
  const before = shownOf;
  try {
    return await api.run("beginDraft", args);
  } catch {
    await readAtLast(api, "draft", { id: "" });
    return before === shownOf ? api.run("beginDraft", args) : undefined;
  }
}

/** A new message. */
export async function begin(api: ApiClient, prefill: Prefill): Promise<void> {
  const { to, byLink = false, cc = [], bcc = [], thread, replies } = prefill;
  const begun = await beginDraft(api, { kind: "new", ...(to === undefined ? {} : { to }) });
  if (begun === undefined) return;
  const linked = {
    ...(thread === undefined ? {} : { thread }),
    ...(replies === undefined ? {} : { replies }),
  };
  const draft: Draft = {
    ...begun,
    cc: cc.map((jid) => ({ jid })),
    bcc: bcc.map((jid) => ({ jid })),
    subject: prefill.subject ?? begun.subject,
    body: prefill.body ?? begun.body,
    ...(Object.keys(linked).length === 0 ? {} : { linked }),
  };
  // A link writes nothing into the database, and a reload does not lose what it filled in.
  if (byLink) keepUnsaved(draft);
  show({ draft, place: "window", byLink });
}

/**
 * An answer, at the end of its conversation; a message passed on gets a window of its own. `words` reads what is quoted
 * where the worker cannot.
 */
export async function replyTo(
  api: ApiClient,
  key: number,
  kind: DraftKind,
  words?: () => Promise<string>,
): Promise<void> {
  const open = openDrafts().find((o) => o.draft.kind !== "forward" && o.draft.source?.key === key);
  if (open !== undefined && kind !== "forward") return raise(open.draft.id);
  const text = await words?.();
  const draft = await beginDraft(api, { kind, key, ...(text === undefined ? {} : { text }) });
  if (draft === undefined) return;
  const isApart = kind === "forward" || preferences().answersIn === "window";
  show({ draft, place: isApart ? "window" : "inline", byLink: false });
}

export function openDraft(api: ApiClient, id: string): void {
  void readOnce(api, "draft", { id }).then(showRead);
}

function showRead(view: DraftView): void {
  if (view?.draft !== undefined)
    show({ draft: view.draft, place: "window", byLink: false, base: view.base });
}

export function openDraftNow(draft: Draft): void {
  show({ draft, place: "window", byLink: false });
}

/** Puts right a message of mine; false where that cannot be done any more. `id`: of its first version. */
export async function correct(
  api: ApiClient,
  { key, id }: { key: number; id?: string },
): Promise<boolean> {
  const open = openDrafts().find((o) => o.draft.corrects !== undefined && o.draft.corrects === id);
  if (open !== undefined) {
    raise(open.draft.id);
    return true;
  }
  const begun = await api.run("beginCorrection", { key });
  if (begun === null) return false;
  openDraftNow(begun.draft);
  return true;
}

export function closeDraft(id: string): void {
  typed.delete(id);
  dropUnsaved(id);
  set(openDrafts().filter((o) => o.draft.id !== id));
}

/** The answer being written to one of these messages. */
export function inlineDraftOf(keys: readonly number[]): OpenDraft | undefined {
  return openDrafts().find(
    (o) =>
      o.place === "inline" && o.draft.source !== undefined && keys.includes(o.draft.source.key),
  );
}

/** After a reload: what was open is open again. */
export async function restoreComposers(api: ApiClient, account: Jid): Promise<void> {
  shownOf = account;
  await rescueSending(api, account);
  for (const { id, place, byLink = false, editor } of openBefore()) {
    const rescued = readDraft("sessionStorage", UNSAVED + id);
    // Answered once the account is open; a command before that would be refused.
    const mine = editor === undefined ? {} : { editor };
    const view = await readOnce(api, "draft", { id, ...mine }).catch(() => null);
    const saved = view?.draft;
    const isUntouched = byLink && saved === undefined && rescued !== null;
    const kept = rescued === null || isUntouched ? id : await keepRescued(api, rescued, mine);
    const draft = rescued === null ? saved : { ...rescued, id: kept ?? id };
    if (draft === undefined || kept === undefined) continue;
    show({
      draft,
      place,
      byLink,
      ...mine,
      base: view?.draft === undefined ? undefined : view.base,
    });
    if (place === "inline") takesFocus(draft.id);
  }
}

/** Saves what was rescued, under which id; undefined where it went out before the page did. */
async function keepRescued(
  api: ApiClient,
  draft: Draft,
  mine: { editor?: string },
): Promise<string | undefined> {
  try {
    const { sent, id } = await api.run("saveDraft", { draft, ...mine });
    dropUnsaved(draft.id);
    return sent ? undefined : id;
  } catch {
    // The copy stays; the composer that is open now saves again at the next change.
    return draft.id;
  }
}

type OpenBefore = { id: string; place: OpenDraft["place"]; byLink?: boolean; editor?: string };

function openBefore(): OpenBefore[] {
  try {
    return JSON.parse(readKept("sessionStorage", OPEN_DRAFTS) ?? "[]") as OpenBefore[];
  } catch {
    return [];
  }
}

function readDraft(area: "localStorage" | "sessionStorage", name: string): Draft | null {
  try {
    return JSON.parse(readKept(area, name) ?? "null") as Draft | null;
  } catch {
    return null;
  }
}
