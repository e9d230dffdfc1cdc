import { For, Show, type JSX } from "solid-js";
import type { NoticeView } from "../../api/contract.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { AdminLines } from "../parts/admin-lines.tsx";
import { DownloadMail } from "../parts/download-mail.tsx";
import { createQuery } from "../query.ts";
import { keepsFor, noticeText, words } from "../words/more.ts";

export function NoticeList(): JSX.Element {
  const { api } = useApp();
  const notices = createQuery(api, "notices", () => null);
  return <For each={notices.value}>{(notice) => <Notice notice={notice} />}</For>;
}

/** One thing that is said once: what it is, what it means, and "Got it". */
function Notice(props: { notice: NoticeView }): JSX.Element {
  const { api } = useApp();
  const said = () => noticeText[props.notice.id];
  return (
    <section class="notice" aria-label={said().title}>
      <h2>{said().title}</h2>
      <p>{said().text(props.notice.host, keepsOf(props.notice))}</p>
      <Show when={said().lines}>
        {(lines) => (
          <details>
            <summary>{words.forAdmin}</summary>
            <AdminLines lines={lines()} />
          </details>
        )}
      </Show>
      <div class="notice-actions">
        <Show when={props.notice.id === "storage-not-persistent"}>
          <DownloadMail api={api} />
        </Show>
        <button
          type="button"
          class="button"
          onClick={() => act(api, "dismissNotice", { id: props.notice.id })}
        >
          {words.gotIt}
        </button>
      </div>
    </section>
  );
}

function keepsOf({ keeps }: NoticeView): string {
  return keeps === undefined ? "" : keepsFor(keeps);
}
