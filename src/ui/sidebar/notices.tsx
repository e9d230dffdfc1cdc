import { createSignal, For, Show, type JSX } from "solid-js";
import type { NoticeView } from "../../api/contract.ts";
import { useApp } from "../context.ts";
import { AdminLines } from "../parts/details.tsx";
import { createQuery } from "../query.ts";
import { Problem } from "../sign-in/sign-in.tsx";
import { keepsFor, noticeText, signInProblem, words } from "../words.ts";

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

function SignInAgain(props: { kind: keyof typeof signInProblem; detail: string }): JSX.Element {
  const { api, session } = useApp();
  const [password, setPassword] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<{
    problem: keyof typeof signInProblem;
    detail: string;
    host: string;
  }>();
  const host = () => session().address.split("@").at(-1) ?? "";
  async function submit(): Promise<void> {
    setBusy(true);
    const result = await api.run("signInAgain", { password: password() });
    setBusy(false);
    setFailed(
      result.ok
        ? undefined
        : { problem: result.problem, detail: result.detail, host: result.host ?? host() },
    );
  }
  return (
    <section class="notice again" role="alert" data-error={props.kind}>
      <h2>
        {props.kind === "wrong-password" ? words.again.title : signInProblem[props.kind].title}
      </h2>
      <p>
        {props.kind === "wrong-password"
          ? words.again.text(host())
          : signInProblem[props.kind].text(host())}
      </p>
      <Show when={failed()}>{(failure) => <Problem failure={failure()} />}</Show>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <input
          type="text"
          name="username"
          autocomplete="username"
          value={session().address}
          hidden
          readonly
        />
        <input
          class="field"
          type="password"
          aria-label={words.password}
          autocomplete="current-password"
          value={password()}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
        <button type="submit" class="button primary" disabled={busy() || password() === ""}>
          {words.signIn}
        </button>
      </form>
    </section>
  );
}
