/** Markdown's reader is loaded when the first text needs it: most mail has none. */
import { createSignal } from "solid-js";
import type { Block } from "./tokens.ts";

type Read = (text: string) => Block[] | undefined;

const [reader, setReader] = createSignal<Read>();
let loading: Promise<void> | undefined;

/** The reader, or undefined until it is here; reactive. Where it cannot be loaded, the next text asks again. */
export function markdownReader(): Read | undefined {
  loading ??= import("./markdown.ts").then(
    ({ markdownBlocks }) => void setReader(() => markdownBlocks),
    () => void (loading = undefined),
  );
  return reader();
}
