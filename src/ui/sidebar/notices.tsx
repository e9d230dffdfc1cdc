import { createSignal, For, Show, type JSX } from "solid-js";
import { useApp } from "../context.ts";
import { createNewVersion } from "../new-version.ts";
import { late } from "../parts/late.tsx";
import { createQuery } from "../query.ts";
import { words } from "../words.ts";
import { TroubleNotice } from "./trouble-notice.tsx";

/** Seldom, and with words of its own. */
export const Notice = late(async () => (await import("./notice.tsx")).Notice);

/** What is said once, calmly, above the list; and why there is no connection. */
export function Notices(): JSX.Element {
  const { api } = useApp();
  const notices = createQuery(api, "notices", () => null);
  return (
    <>
      <TroubleNotice />
      <NewVersion />
      <For each={notices.value}>{(notice) => <Notice notice={notice} />}</For>
    </>
  );
}

function NewVersion(): JSX.Element {
  const isReady = createNewVersion();
  const [isPutOff, setPutOff] = createSignal(false);
  return (
    <Show when={isReady() && !isPutOff()}>
      <section class="notice" aria-label={words.newVersion.title}>
        <h2>{words.newVersion.title}</h2>
        <p>{words.newVersion.text}</p>
        <div class="notice-actions">
          <button type="button" class="button primary" onClick={() => location.reload()}>
            {words.reload}
          </button>
          <button type="button" class="button" onClick={() => setPutOff(true)}>
            {words.newVersion.notNow}
          </button>
        </div>
      </section>
    </Show>
  );
}
