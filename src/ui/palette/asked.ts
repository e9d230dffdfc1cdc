import { createSignal } from "solid-js";

/** What the palette is opened for: everything, or going to a tag or a folder. */
export type Asked = "all" | "tag" | "folder";

const [askedFor, setAskedFor] = createSignal<Asked>();
export { askedFor };

export function openPalette(what: Asked = "all"): void {
  setAskedFor(what);
}

export function closePalette(): void {
  setAskedFor(undefined);
}
