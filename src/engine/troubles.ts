/**
 * What is wrong with this browser's storage now, for the page. In memory only: the place where it would be kept is
 * what is wrong.
 */
import type { TroubleView } from "../api/contract.ts";

export interface Troubles {
  list(): TroubleView[];
  /** Nothing can be kept at all, so nothing is fetched. */
  standsStill(): boolean;
  /** Replaces what was said of this kind. */
  set(trouble: TroubleView): void;
  clear(kind: TroubleView["kind"]): void;
}

/** `onChange`: the page is to look again. */
export function createTroubles(onChange: () => void): Troubles {
  const known = new Map<TroubleView["kind"], TroubleView>();
  return {
    list: () => [...known.values()],
    standsStill: () => known.has("full") || known.has("newer") || known.has("closed"),
    set(trouble) {
      known.set(trouble.kind, trouble);
      onChange();
    },
    clear(kind) {
      if (known.delete(kind)) onChange();
    },
  };
}
