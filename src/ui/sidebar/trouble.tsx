import { createSignal, Match, Show, Switch, type JSX } from "solid-js";
import type { ConnectionView, TroubleKind } from "../../api/contract.ts";
import { needsPerson } from "../../mail/status.ts";
import { useApp } from "../context.ts";
import { TechnicalDetails } from "../parts/technical-details.tsx";
import { type Failure, Problem } from "../sign-in/problem.tsx";
import { words } from "../words.ts";
import { troubleText } from "../words/trouble.ts";
import { RetryIn } from "./status.tsx";

/** A password mends these. */
const ASKS_PASSWORD: ReadonlySet<TroubleKind> = new Set(["wrong-password", "no-password", "gone"]);

/** Why there is no connection: an alert where the person must act, a quiet note elsewhere. */
export function TroubleSection(props: {
  kind: TroubleKind;
  connection: ConnectionView;
}): JSX.Element {
  const { api, session } = useApp();
  const host = () => session().address.split("@").at(-1) ?? "";
  const isUrgent = () => needsPerson(props.kind);
  const isMendedHere = () => ASKS_PASSWORD.has(props.kind) || props.kind === "outdated";
  return (
    <section
      class="notice trouble"
      role={isUrgent() ? "alert" : undefined}
      aria-label={troubleText[props.kind].title}
      data-error={props.kind}
    >
      <h2>{troubleText[props.kind].title}</h2>
      <p>{troubleText[props.kind].text(host())}</p>
      <Switch>
        <Match when={ASKS_PASSWORD.has(props.kind)}>
          <PasswordAgain host={host()} />
        </Match>
        <Match when={props.kind === "outdated"}>
          <div class="notice-actions">
            <button type="button" class="button primary" onClick={() => location.reload()}>
              {words.reload}
            </button>
          </div>
        </Match>
      </Switch>
      <div class="notice-actions">
        <Show when={props.connection.state === "offline" && !isMendedHere()}>
          {/* On a desk the sidebar has both. */}
          <span class="trouble-retry">
            <RetryIn ms={props.connection.retryInMs} />
            <button type="button" class="button" onClick={() => void api.run("reconnect", null)}>
              {words.tryNow}
            </button>
          </span>
        </Show>
        <TechnicalDetails text={props.connection.trouble?.detail ?? ""} />
      </div>
    </section>
  );
}

function PasswordAgain(props: { host: string }): JSX.Element {
  const { api, session } = useApp();
  const [password, setPassword] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<Failure>();
  async function submit(): Promise<void> {
    setBusy(true);
    const result = await api.run("signInAgain", { password: password() });
    setBusy(false);
    setFailed(
      result.ok
        ? undefined
        : { problem: result.problem, detail: result.detail, host: result.host ?? props.host },
    );
  }
  return (
    <>
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
          placeholder={words.password}
          autocomplete="current-password"
          value={password()}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
        <button type="submit" class="button primary" disabled={busy() || password() === ""}>
          {words.signIn}
        </button>
      </form>
    </>
  );
}
