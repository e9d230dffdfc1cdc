/** What becomes of a draft elsewhere while it is open here: on another device, or in another tab. */
import { createEffect, untrack } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { DraftParted, DraftView } from "../../api/contract.ts";
import type { Draft, DraftHeld } from "../../mail/draft.ts";
import { createAnswer } from "../answer.ts";

/** The composer that has it open. */
export interface Follower {
  /** Of the words that are here, as far as it is known. */
  base(): string | undefined;
  /** Nothing was typed that is not kept yet, and nothing is under way. */
  isQuiet(): boolean;
  /** The words here, as the database has them. `held`: why they stay on this device. */
  onKept(base: string | undefined, held: DraftHeld | undefined): void;
  /** Words of somebody else. */
  onTheirs(draft: Draft, base: string | undefined): void;
  /** The words here have another id from now on: somebody else's are under the one they had. */
  onMoved(id: string): void;
  /** Words of this draft went an own way: these, or those of somebody else. */
  onParted(how: DraftParted): void;
  onGone(how: "sent" | "discarded"): void;
  /** It was kept, and is not any more, and nobody meant it so: the database was taken away. */
  onLost(): void;
}

/** While the owner lives. */
export function createDraftFollower(
  api: ApiClient,
  of: () => { id: string; editor: string },
  follower: Follower,
): void {
  const view = createAnswer(api, "draft", of);
  let kept: string | undefined;
  let last: LiveView | undefined;
  createEffect(() => {
    const now = view();
    untrack(() => {
      const { id } = of();
      if (now === null && kept === id && follower.isQuiet()) follower.onLost();
      if (now !== undefined) kept = now?.draft === undefined ? undefined : id;
      take(now, of(), follower);
      if (now?.draft === undefined) return;
      const parted = partedSince(last, now);
      last = now;
      if (parted !== undefined) follower.onParted(parted);
    });
  });
}

type LiveView = Extract<DraftView, { draft: Draft }>;

/** How words parted, where this is news. */
function partedSince(last: LiveView | undefined, now: LiveView): DraftParted | undefined {
  if (now.left !== undefined && now.draft.id !== last?.draft.id) return now.left;
  const isNews = (words: string): boolean => last?.beside?.includes(words) !== true;
  return last !== undefined && now.beside?.some(isNews) === true ? "changed" : undefined;
}

function take(
  view: DraftView | undefined,
  { id, editor }: { id: string; editor: string },
  follower: Follower,
): void {
  if (view === undefined || view === null) return;
  if (view.gone !== undefined) {
    if (follower.isQuiet()) follower.onGone(view.gone);
    return;
  }
  const { draft, base, held } = view;
  if (view.editor === editor) {
    if (draft.id !== id) follower.onMoved(draft.id);
    follower.onKept(base, held);
  } else if (base === follower.base()) follower.onKept(base, held);
  // What is being typed is kept first; these words stay beside it.
  else if (follower.isQuiet()) follower.onTheirs(draft, base);
}
