import { createSignal, Show, type JSX } from "solid-js";
import { createView } from "../answer.ts";
import { useApp } from "../context.ts";
import { createNewVersion } from "../new-version.ts";
import { late } from "../parts/late.tsx";
import { Over } from "../parts/over.tsx";
import { words } from "../words.ts";
import { TroubleNotice } from "./trouble-notice.tsx";

/** Seldom, and with words of its own. */
export const NoticeList = late(async () => (await import("./notice.tsx")).NoticeList);

/** What is said once, calmly, above the list; and why there is no connection. */
export function Notices(): JSX.Element {
  const { api } = useApp();
  const notices = createView(api, "notices", () => null);
  return (
    <>
      <TroubleNotice />
      <NewVersion />
      <Show when={notices.value?.length}>
        <Over>
          <NoticeList />
        </Over>
      </Show>
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
