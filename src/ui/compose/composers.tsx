/** The composers that are open: docked windows, and the answer inside a conversation. */
import {
  createEffect,
  createSignal,
  ErrorBoundary,
  For,
  onCleanup,
  onMount,
  Show,
  untrack,
  type JSX,
} from "solid-js";
import { useApp } from "../context.ts";
import { afterRows } from "../listed.ts";
import { takeWishes, wishes } from "./asked.ts";
import type { ApiClient } from "../../api/client.ts";
import { BrokenPart } from "../parts/broken-part.tsx";
import { late } from "../parts/late.tsx";
import { Opening } from "../parts/opening.tsx";
import * as code from "./open-drafts.ts";
import {
  closeDraft,
  forgetDrafts,
  latestOf,
  openDrafts,
  type OpenDraft,
  raised,
  restoreComposers,
} from "./open-drafts.ts";

/** Loaded when first somebody writes, or when the shell has the time. */
const Composer = late(async () => (await import("./composer.tsx")).Composer, Opening);

type Size = "normal" | "small" | "full";

/** ms after the first rows */
const WARM_MS = 3000;

/** Stands on the page for as long as the mail does. */
export function Composers(): JSX.Element {
  const { api, session } = useApp();
  onMount(() => void restoreComposers(api, session().address));
  onCleanup(forgetDrafts);
  onCleanup(afterRows(WARM_MS, Composer.ready));
  createEffect(() => {
    if (wishes().length === 0) return;
    untrack(() => {
      for (const fulfil of takeWishes()) fulfil(code);
    });
  });
  const windows = () => openDrafts().filter((o) => o.place === "window");
  return (
    <Show when={windows().length > 0}>
      <div class="composers">
        <For each={windows()}>
          {(open) => (
            <ErrorBoundary
              fallback={(error: unknown) => (
                <BrokenPart error={error} onClose={() => closeDraft(open.draft.id)} />
              )}
            >
              <Window open={open} />
            </ErrorBoundary>
          )}
        </For>
      </div>
    </Show>
  );
}

function Window(props: { open: OpenDraft }): JSX.Element {
  const [size, setSize] = createSignal<Size>("normal");
  createEffect(() => {
    if (raised()?.id === props.open.draft.id && untrack(size) === "small") setSize("normal");
  });
  return (
    <div class="composer-window" data-size={size()}>
      <Composer
        initial={untrack(() => latestOf(props.open))}
        editor={props.open.editor}
        base={props.open.base}
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
        initial={untrack(() => latestOf(props.open))}
        editor={props.open.editor}
        base={props.open.base}
        byLink={false}
        windowed={false}
        small={false}
        onSize={() => undefined}
      />
    </div>
  );
}
