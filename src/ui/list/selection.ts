/** What is chosen in the list: some conversations, or all of the place but some. */
import { createSignal } from "solid-js";
import type { Place, TriageTarget } from "../../api/contract.ts";

export type Selection = {
  /** `ids` are those that are left out. */
  isAll: boolean;
  ids: ReadonlySet<string>;
};

const NONE: Selection = { isAll: false, ids: new Set() };
const [selection, setSelection] = createSignal(NONE);
export { selection };

/** Where a range begins, and what was chosen before it did. */
let range: { from: number; before: Selection } | undefined;

export function isSelected(id: string): boolean {
  return selection().isAll !== selection().ids.has(id);
}

/** How many of so many. */
export function selectedOf(total: number): number {
  const { isAll, ids } = selection();
  return isAll ? Math.max(0, total - ids.size) : ids.size;
}

export function isSelecting(): boolean {
  return selection().isAll || selection().ids.size > 0;
}

export function select(ids: Iterable<string>): void {
  range = undefined;
  setSelection({ isAll: false, ids: new Set(ids) });
}

/** However many there are, whether they are in the page or not. */
export function selectWhole(): void {
  range = undefined;
  setSelection({ isAll: true, ids: new Set() });
}

export function selectNone(): void {
  range = undefined;
  setSelection(NONE);
}

/** `index`: its place in the list, where a range may begin. */
export function toggleSelected(id: string, index: number): void {
  const { isAll, ids } = selection();
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  setSelection({ isAll, ids: next });
  range = { from: index, before: selection() };
}

/** A range begins here, unless one has begun. */
export function beginRange(index: number): void {
  range ??= { from: index, before: selection() };
}

/** Everything from where the range began to there; `idAt` is undefined for what is not in the page. */
export function extendTo(index: number, idAt: (index: number) => string | undefined): void {
  range ??= { from: index, before: selection() };
  const { from, before } = range;
  const next = new Set(before.ids);
  for (let at = Math.min(from, index); at <= Math.max(from, index); at++) {
    const id = idAt(at);
    if (id === undefined) continue;
    if (before.isAll) next.delete(id);
    else next.add(id);
  }
  setSelection({ isAll: before.isAll, ids: next });
}

/** The ends of the range, the lesser first. */
export function rangeTo(index: number): { from: number; to: number } {
  const from = range?.from ?? index;
  return { from: Math.min(from, index), to: Math.max(from, index) };
}

/** They are gone from the place, or were never in it. */
export function deselect(ids: readonly string[]): void {
  const before = selection();
  if (before.isAll || !ids.some((id) => before.ids.has(id))) return;
  const gone = new Set(ids);
  setSelection({ isAll: false, ids: new Set([...before.ids].filter((id) => !gone.has(id))) });
}

/** What is done now is done to them. */
export function selectedTarget(place: Place): TriageTarget {
  const { isAll, ids } = selection();
  return isAll ? { place, except: [...ids] } : { conversations: [...ids] };
}
