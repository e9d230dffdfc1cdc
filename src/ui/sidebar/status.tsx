import { createEffect, createSignal, onCleanup, Show, type JSX } from "solid-js";
import type { ConnectionView, SyncView } from "../../api/contract.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { Icon } from "../parts/icon.tsx";
import { createView } from "../answer.ts";
import { words } from "../words.ts";

/** The truth about the connection and about what is here. */
export function Status(): JSX.Element {
  const { api } = useApp();
  const status = createView(api, "status", () => null);
  const connection = (): ConnectionView => status.value?.connection ?? { state: "connecting" };
  const sync = (): SyncView => status.value?.sync ?? { state: "waiting", done: 0, mail: 0 };
  const share = (): number => {
    const { done, total } = sync();
    return total === undefined || total === 0 ? 0 : Math.min(1, done / total);
  };
  /** Level with the server it was; whether it is, nobody can say now. */
  const isUnknown = () =>
    connection().state !== "connected" &&
    ["up-to-date", "reading", "syncing"].includes(sync().state);
  const isSyncing = () => sync().state === "syncing" && connection().state === "connected";
  return (
    <section class="status" data-live aria-label={words.connectionAndSync}>
      <div class="status-line">
        <span class="status-dot" data-state={connection().state} />
        <span role="status" aria-label={words.connection.label} title={connection().host}>
          {words.connection[connection().state]}
        </span>
        <Show when={connection().state === "offline"}>
          <button type="button" class="status-act" onClick={() => act(api, "reconnect", null)}>
            {words.tryNow}
          </button>
        </Show>
      </div>
      <Show when={connection().state === "offline"}>
        <RetryIn ms={connection().retryInMs} />
      </Show>
      <div class="status-line">
        <span
          role="status"
          aria-label={words.sync.label}
          title={sync().state === "incomplete" ? words.sync.incompleteText : undefined}
        >
          {isUnknown() ? words.sync.offline : syncText(sync())}
        </span>
        <Show when={sync().state === "paused"}>
          <button
            type="button"
            class="status-icon"
            aria-label={words.sync.resume}
            title={words.sync.resume}
            onClick={() => act(api, "resumeSync", null)}
          >
            <Icon name="play" />
          </button>
        </Show>
      </div>
      <Show when={status.value?.unreadable}>
        {(n) => (
          <span class="status-note" title={words.unreadableText}>
            {words.unreadable(n())}
          </span>
        )}
      </Show>
      <Show when={isSyncing()}>
        <div class="status-line">
          <div class="status-bar" aria-hidden="true">
            <div style={{ transform: `scaleX(${share()})` }} />
          </div>
          <button
            type="button"
            class="status-icon"
            aria-label={words.sync.pause}
            title={words.sync.pause}
            onClick={() => act(api, "pauseSync", null)}
          >
            <Icon name="pause" />
          </button>
        </div>
      </Show>
    </section>
  );
}

const TOLD_SHORTLY: ReadonlySet<SyncView["state"]> = new Set([
  "syncing",
  "reading",
  "paused",
  "incomplete",
]);

/** Where the sidebar is hidden: one short line, seen only while there is something to tell. */
export function StatusLine(): JSX.Element {
  const { api } = useApp();
  const status = createView(api, "status", () => null);
  const state = () => status.value?.connection.state ?? "connecting";
  const sync = (): string => {
    const now = status.value?.sync;
    const isTold = now !== undefined && TOLD_SHORTLY.has(now.state);
    return isTold && state() === "connected" ? syncText(now) : "";
  };
  return (
    <span class="status-short" role="status" data-live aria-label={words.connection.label}>
      <span class={state() === "connected" ? "out-of-sight" : undefined}>
        {words.connection[state()]}
      </span>
      {sync() === "" ? "" : ` ${sync()}`}
    </span>
  );
}

/** Where the list is hidden, too: trouble with the connection, and nothing else. */
export function TroubleLine(): JSX.Element {
  const { api } = useApp();
  const status = createView(api, "status", () => null);
  const state = () => status.value?.connection.state ?? "connecting";
  const isTrouble = () =>
    state() === "offline" ||
    (state() === "connecting" && status.value?.connection.trouble !== undefined);
  return (
    <span class="status-short" role="status" data-live aria-label={words.connection.label}>
      <span class={isTrouble() ? undefined : "out-of-sight"}>{words.connection[state()]}</span>
    </span>
  );
}

/** How far the archive is here. */
export function syncText({ state, done, total, isSlow }: SyncView): string {
  switch (state) {
    case "syncing": {
      const text = words.sync.syncing(done, total);
      return isSlow === true ? `${text}. ${words.sync.slow}` : text;
    }
    case "incomplete":
      return words.sync.incomplete;
    case "paused":
      return words.sync.paused;
    case "reading":
      return words.sync.reading;
    case "up-to-date":
      return words.sync.upToDate;
    case "no-archive":
      return words.sync.noArchive;
    case "waiting":
      return words.sync.waiting;
  }
}

/**
 * Counts down beside the status, not in it: a status that changes every second would be read out every second. From
 * the moment it was told, by a clock that nobody can set.
 */
export function RetryIn(props: { ms: number | undefined }): JSX.Element {
  const [left, setLeft] = createSignal(0);
  createEffect(() => {
    const { ms } = props;
    if (ms === undefined) return setLeft(0);
    const dueAt = performance.now() + ms;
    const count = (): void => void setLeft(Math.max(0, dueAt - performance.now()));
    count();
    const timer = setInterval(count, 1000);
    onCleanup(() => clearInterval(timer));
  });
  return (
    <Show when={left() > 0}>
      <span class="status-retry">{words.retryIn(Math.ceil(left() / 1000))}</span>
    </Show>
  );
}
