/**
 * Which drafts are open, and where. The text itself is saved by the composer; here is only what must come back after a
 * reload: the ids, kept in this tab's session.
 */
import { createSignal } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { Jid } from "../../mail/address.ts";
import type { Draft, DraftKind } from "../../mail/draft.ts";
import { readOnce } from "../query.ts";

export type OpenDraft = {
  draft: Draft;
  /** inline: at the end of the conversation it answers. */
  place: "window" | "inline";
  byLink: boolean;
};

const KEPT = "envoi-open-drafts";
const [openDrafts, setOpenDrafts] = createSignal<readonly OpenDraft[]>([]);
export { openDrafts };

function set(next: readonly OpenDraft[]): void {
  setOpenDrafts(next);
  sessionStorage.setItem(
    KEPT,
    JSON.stringify(next.map(({ draft, place }) => ({ id: draft.id, place }))),
  );
}

function show(open: OpenDraft): void {
  set([...openDrafts().filter((o) => o.draft.id !== open.draft.id), open]);
}

type Prefill = { to?: Jid[]; cc?: Jid[]; subject?: string; body?: string; byLink?: boolean };

/** A new message. */
export function compose(api: ApiClient, prefill: Prefill = {}): void {
  void begin(api, prefill);
}

async function begin(api: ApiClient, prefill: Prefill): Promise<void> {
  const { to } = prefill;
  const draft = await api.run("beginDraft", { kind: "new", ...(to === undefined ? {} : { to }) });
  show({
    draft: {
      ...draft,
      cc: (prefill.cc ?? []).map((jid) => ({ jid })),
      subject: prefill.subject ?? draft.subject,
      body: prefill.body ?? draft.body,
    },
    place: "window",
    byLink: prefill.byLink ?? false,
  });
}

/** An answer, at the end of its conversation; a message passed on gets a window of its own. */
export async function replyTo(api: ApiClient, key: number, kind: DraftKind): Promise<void> {
  const open = openDrafts().find((o) => o.place === "inline" && o.draft.source?.key === key);
  if (open !== undefined && kind !== "forward") return;
  const draft = await api.run("beginDraft", { kind, key });
  show({ draft, place: kind === "forward" ? "window" : "inline", byLink: false });
}

export function openDraft(api: ApiClient, id: string): void {
  void readOnce(api, "draft", { id }).then((draft) => {
    if (draft !== null) openDraftNow(draft);
  });
}

export function openDraftNow(draft: Draft): void {
  show({ draft, place: "window", byLink: false });
}

export function closeDraft(id: string): void {
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
export async function restoreComposers(api: ApiClient): Promise<void> {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as {
    id: string;
    place: OpenDraft["place"];
  }[];
  for (const { id, place } of kept) {
    const draft = await readOnce(api, "draft", { id });
    if (draft !== null) show({ draft, place, byLink: false });
  }
}
