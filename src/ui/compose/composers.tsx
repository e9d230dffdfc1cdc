/** The composers that are open: docked windows, and the answer inside a conversation. */
import { createSignal, For, lazy, type JSX } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import { openDrafts, type OpenDraft } from "./open-drafts.ts";
import "./composers.css";

/** Loaded when first somebody writes. */
const Composer = lazy(async () => ({ default: (await import("./composer.tsx")).Composer }));

type Size = "normal" | "small" | "full";

export function Composers(): JSX.Element {
  return (
    <div class="composers">
      <For each={openDrafts().filter((o) => o.place === "window")}>
        {(open) => <Window open={open} />}
      </For>
    </div>
  );
}

function Window(props: { open: OpenDraft }): JSX.Element {
  const [size, setSize] = createSignal<Size>("normal");
  return (
    <div class="composer-window" data-size={size()}>
      <Composer
        initial={props.open.draft}
        byLink={props.open.byLink}
        windowed
        small={size() === "small"}
        onSize={(wanted: Size) => setSize(size() === wanted ? "normal" : wanted)}
      />
    </div>
  );
}

export function InlineReply(props: { open: OpenDraft; api: ApiClient }): JSX.Element {
  return (
    <div class="composer-inline">
      <Composer
        initial={props.open.draft}
        byLink={false}
        windowed={false}
        small={false}
        onSize={() => undefined}
      />
    </div>
  );
}
