import { createEffect, createSignal, onCleanup, Show, type JSX } from "solid-js";
import type { ConnectionView, SyncView } from "../../api/contract.ts";
import { useApp } from "../context.ts";
import { Icon } from "../parts/icon.tsx";
import { createQuery } from "../query.ts";
import { words } from "../words.ts";

/** The truth about the connection and about what is here. */
export function Status(): JSX.Element {
  const { api } = useApp();
  const status = createQuery(api, "status", () => null);
  const connection = (): ConnectionView => status.value?.connection ?? { state: "connecting" };
  const sync = (): SyncView => status.value?.sync ?? { state: "waiting", done: 0, mail: 0 };
  const share = (): number => {
    const { done, total } = sync();
    return total === undefined || total === 0 ? 0 : Math.min(1, done / total);
  };
  const isSyncing = () => sync().state === "syncing" && connection().state === "connected";
  return (
    <section class="status" aria-label={words.connectionAndSync}>
      <div class="status-line">
        <span class="status-dot" data-state={connection().state} />
        <span
          role="status"
          aria-label={words.connection.label}
          title={connection().detail ?? connection().host}
        >
          {words.connection[connection().state]}
        </span>
        <Show when={connection().state === "offline"}>
          <button type="button" class="status-act" onClick={() => void api.run("reconnect", null)}>
            {words.tryNow}
          </button>
        </Show>
      </div>
      <Show when={connection().state === "offline"}>
        <RetryIn at={connection().retryAt} />
      </Show>
      <div class="status-line">
        <span role="status" aria-label={words.sync.label}>
          {syncText(sync())}
        </span>
        <Show when={sync().state === "paused"}>
          <button
            type="button"
            class="status-icon"
            aria-label={words.sync.resume}
            title={words.sync.resume}
            onClick={() => void api.run("resumeSync", null)}
          >
            <Icon name="play" />
          </button>
        </Show>
      </div>
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
            onClick={() => void api.run("pauseSync", null)}
          >
            <Icon name="pause" />
          </button>
        </div>
      </Show>
    </section>
  );
}

/** Where the sidebar is hidden: one short line, only while there is something to tell. */
export function StatusLine(): JSX.Element {
  const { api } = useApp();
  const status = createQuery(api, "status", () => null);
  const text = (): string => {
    const { connection, sync } = status.value ?? {};
    if (connection === undefined || sync === undefined) return "";
    if (connection.state !== "connected") return words.connection[connection.state];
    return sync.state === "syncing" || sync.state === "paused" ? syncText(sync) : "";
  };
  return <span class="status-short">{text()}</span>;
}

/** How far the archive is here. */
export function syncText({ state, done, total }: SyncView): string {
  switch (state) {
    case "syncing":
      return words.sync.syncing(done, total);
    case "paused":
      return words.sync.paused;
    case "up-to-date":
      return words.sync.upToDate;
    case "no-archive":
      return words.sync.noArchive;
    case "waiting":
      return words.sync.waiting;
  }
}

/** Counts down beside the status, not in it: a status that changes every second would be read out every second. */
function RetryIn(props: { at: number | undefined }): JSX.Element {
  const [now, setNow] = createSignal(Date.now());
  createEffect(() => {
    if (props.at === undefined) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    onCleanup(() => clearInterval(timer));
  });
  const seconds = () => (props.at === undefined ? 0 : Math.ceil((props.at - now()) / 1000));
  return (
    <Show when={seconds() > 0}>
      <span class="status-retry">{words.retryIn(seconds())}</span>
    </Show>
  );
}
