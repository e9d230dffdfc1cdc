/** What the palette offers beyond actions: each part of the page adds its own while it lives. */
import { createSignal, onCleanup, onMount } from "solid-js";

export type PaletteKind = "action" | "mailbox" | "tag" | "folder" | "person" | "setting";

export type PaletteEntry = {
  /** Unlike every other's. */
  id: string;
  kind: PaletteKind;
  label: string;
  /** What it is found by besides its label. */
  also?: string;
  /** Beside the label: an address, a section. */
  detail?: string;
  /** Its key as key-map.ts writes it. */
  key?: string | undefined;
  run: () => void;
};

/** What there is; asked again as long as the palette is open, as a reactive value. `text`: what was typed. */
export type PaletteSource = (text: string) => readonly PaletteEntry[];

const [sources, setSources] = createSignal<readonly PaletteSource[]>([]);
export { sources };

/** Adds entries while the owner lives. They need not fit the text: the palette sorts out what does. */
export function createPaletteSource(source: PaletteSource): void {
  onMount(() => setSources([...sources(), source]));
  onCleanup(() => setSources(sources().filter((other) => other !== source)));
}
