import { For, Show, type JSX } from "solid-js";
import type { NoticeView } from "../../api/contract.ts";
import { useApp } from "../context.ts";
import { AdminLines } from "../parts/details.tsx";
import { late } from "../parts/late.tsx";
import { createQuery } from "../query.ts";
import { keepsFor, noticeText, words } from "../words.ts";

const SignInAgain = late(async () => (await import("./sign-in-again.tsx")).SignInAgain);

/** What is said once, calmly, above the list; and signing in again when the server wants it. */
export function Notices(): JSX.Element {
  const { api, session } = useApp();
  const notices = createQuery(api, "notices", () => null);
  return (
    <>
      <Show when={session().problem}>
        {(problem) => <SignInAgain detail={problem().detail} kind={problem().kind} />}
      </Show>
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
              <button
                type="button"
                class="button"
                onClick={() => void api.run("dismissNotice", { id: notice.id })}
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

function keepsOf({ keeps }: NoticeView): string {
  return keeps === undefined ? "" : keepsFor(keeps);
}
