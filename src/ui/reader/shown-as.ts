/** Which way a person wants each message shown, until the page is left: one switch for text and for foreign HTML. */
import { createSignal } from "solid-js";

export type ShownAs = "plain" | "formatted";

const [choices, setChoices] = createSignal<ReadonlyMap<number, ShownAs>>(new Map());

/** What was chosen for the message with this key, else `otherwise`. Reactive. */
export function shownAs(key: number, otherwise: ShownAs = "formatted"): ShownAs {
  return choices().get(key) ?? otherwise;
}

export function showAs(key: number, how: ShownAs): void {
  setChoices(new Map(choices()).set(key, how));
}
