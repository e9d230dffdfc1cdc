import { createSignal, Show, type JSX } from "solid-js";
import { useApp } from "../context.ts";
import { type Failure, Problem } from "../sign-in/problem.tsx";
import { words } from "../words.ts";
import { signInProblem } from "../words/problems.ts";

/** The server no longer lets us in: the mail stays, and the password is asked for in place. */
export function SignInAgain(props: { kind: Failure["problem"]; detail: string }): JSX.Element {
  const { api, session } = useApp();
  const [password, setPassword] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<Failure>();
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
