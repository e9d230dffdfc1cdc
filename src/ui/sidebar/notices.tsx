import { createSignal, For, Show, type JSX } from "solid-js";
import type { NoticeView } from "../../api/contract.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { createNewVersion } from "../new-version.ts";
import { AdminLines } from "../parts/details.tsx";
import { late } from "../parts/late.tsx";
import { createQuery } from "../query.ts";
import { keepsFor, noticeText, words } from "../words.ts";
import { TroubleNotice } from "./trouble-notice.tsx";

/** Seldom, and with words of its own. */
const DownloadMail = late(async () => (await import("../parts/download-mail.tsx")).DownloadMail);

/** What is said once, calmly, above the list; and why there is no connection. */
export function Notices(): JSX.Element {
  const { api } = useApp();
  const notices = createQuery(api, "notices", () => null);
  return (
    <>
      <TroubleNotice />
      <NewVersion />
      <For each={notices.value}>
        {(notice) => (
          <section class="notice" aria-label={noticeText[notice.id].title}>
            <h2>{noticeText[notice.id].title}</h2>
            <p>{noticeText[notice.id].text(notice.host, keepsOf(notice))}</p>
            <Show when={noticeText[notice.id].lines}>
              {(lines) => (
                <details>
                  <summary>{words.forAdmin}</summary>
                  <AdminLines lines={lines()} />
                </details>
              )}
            </Show>
            <div class="notice-actions">
              <Show when={notice.id === "storage-not-persistent"}>
                <DownloadMail api={api} />
              </Show>
              <button
                type="button"
                class="button"
                onClick={() => act(api, "dismissNotice", { id: notice.id })}
              >
                {words.gotIt}
              </button>
            </div>
          </section>
        )}
      </For>
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

function keepsOf({ keeps }: NoticeView): string {
  return keeps === undefined ? "" : keepsFor(keeps);
}
