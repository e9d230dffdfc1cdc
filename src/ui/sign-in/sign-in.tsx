import { createSignal, onCleanup, onMount, Show, type JSX } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { SessionView } from "../../api/contract.ts";
import { late } from "../parts/late.tsx";
import { Brand } from "../parts/logo.tsx";
import { firstWords } from "../words/first.ts";
import type { Failure } from "./problem.tsx";
import type { DemoAccount } from "./seldom.tsx";
import "./sign-in.css";

/** Its texts are long and mostly not needed; here before anybody has typed a whole password. */
const Problem = late(async () => (await import("./problem.tsx")).Problem);
const seldom = () => import("./seldom.tsx");
const DemoAccounts = late(async () => (await seldom()).DemoAccounts);
const ConnectionSettings = late(async () => (await seldom()).ConnectionSettings);

/** Signing in takes less than this on a line that is not slow. ms */
const LATE_MS = 6000;

type PageConfig = { demo: DemoAccount[]; server?: string };

/** The first page. `session` is signed-out or signing-in. */
export function SignIn(props: {
  api: ApiClient;
  session: SessionView;
  initialAddress?: string;
}): JSX.Element {
  const [address, setAddress] = createSignal(props.initialAddress ?? "");
  const [password, setPassword] = createSignal("");
  const [keep, setKeep] = createSignal(true);
  const [showSettings, setShowSettings] = createSignal(false);
  const [wsUrl, setWsUrl] = createSignal("");
  const [failure, setFailure] = createSignal<Failure>();
  const [busy, setBusy] = createSignal(false);
  const [config, setConfig] = createSignal<PageConfig>({ demo: [] });
  let addressField: HTMLInputElement | undefined;
  let passwordField: HTMLInputElement | undefined;

  onMount(() => {
    void readPageConfig().then(setConfig);
    (address() === "" ? addressField : passwordField)?.focus();
  });

  const whole = (): string => {
    const { server } = config();
    const typed = address().trim();
    return typed !== "" && !typed.includes("@") && server !== undefined
      ? `${typed}@${server}`
      : typed;
  };
  /** What a name without a server is completed with, shown beside it. */
  const completion = (): string => {
    const { server } = config();
    return server === undefined || address().includes("@") ? "" : `@${server}`;
  };
  const domain = (): string => whole().split("@").at(-1)?.split("/")[0] ?? "";

  let isPrepared = false;
  function prepare(): void {
    Problem.ready();
    if (isPrepared) return;
    isPrepared = true;
    props.api.run("prepareSignIn", null).catch(() => undefined);
  }

  async function submit(account?: DemoAccount): Promise<void> {
    if (busy()) return;
    Problem.ready();
    setFailure(undefined);
    setBusy(true);
    if (account === undefined) setAddress(whole());
    const url = wsUrl().trim();
    try {
      const result = await props.api.run("signIn", {
        address: account?.address ?? whole(),
        password: account?.password ?? password(),
        keep: keep(),
        ...(url === "" || account !== undefined ? {} : { wsUrl: url }),
      });
      if (!result.ok)
        fail({ problem: result.problem, detail: result.detail, host: result.host ?? domain() });
    } catch (error) {
      fail({
        problem: "lost",
        detail: error instanceof Error ? error.message : String(error),
        host: domain(),
      });
    } finally {
      setBusy(false);
    }
  }

  function fail(failed: Failure): void {
    // The person called it off: nothing to tell.
    if (failed.detail === "cancelled") return;
    setFailure(failed);
    if (failed.problem === "wrong-password") {
      passwordField?.focus();
      passwordField?.select();
    } else if (failed.problem === "bad-address") addressField?.focus();
  }

  /** The host that gets the password, where it is not the address's own. */
  const elsewhere = (): string | undefined => {
    const session = signingIn();
    const host = session?.host;
    return host === undefined || session?.address.endsWith(`@${host.split(":")[0]}`) === true
      ? undefined
      : host;
  };
  const signingIn = () => (props.session.state === "signing-in" ? props.session : undefined);

  return (
    <main class="sign-in">
      <form
        class="sign-in-card"
        novalidate
        onInput={() => prepare()}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Brand />
        <Show when={failure()}>{(failed) => <Problem failure={failed()} />}</Show>
        <label class="sign-in-field">
          <span>{firstWords.address}</span>
          <span class="field sign-in-address">
            <input
              ref={addressField}
              type="text"
              name="username"
              inputmode="email"
              autocomplete="username"
              autocapitalize="off"
              spellcheck={false}
              placeholder={
                config().server === undefined ? firstWords.addressExample : firstWords.nameExample
              }
              value={address()}
              onInput={(event) => setAddress(event.currentTarget.value)}
            />
            <Show when={completion() !== ""}>
              <span class="sign-in-completion" aria-hidden="true">
                {completion()}
              </span>
            </Show>
          </span>
        </label>
        <label class="sign-in-field">
          <span>{firstWords.password}</span>
          <input
            ref={passwordField}
            class="field"
            type="password"
            name="password"
            autocomplete="current-password"
            value={password()}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <label class="sign-in-keep">
          <input
            type="checkbox"
            checked={keep()}
            onChange={(event) => setKeep(event.currentTarget.checked)}
          />
          <span>{firstWords.keep}</span>
        </label>
        <div class="sign-in-go" aria-live="polite">
          <Show
            when={busy() || signingIn()}
            fallback={
              <button type="submit" class="button primary sign-in-submit">
                {firstWords.signIn}
              </button>
            }
          >
            <div class="sign-in-progress">
              <p>{progressText(signingIn(), domain())}</p>
              <Show when={elsewhere()}>
                {(host) => <p class="sign-in-hint">{firstWords.passwordGoesTo(host())}</p>}
              </Show>
              <StillTrying />
            </div>
            <button
              type="button"
              class="button"
              onClick={() => void props.api.run("cancelSignIn", null)}
            >
              {firstWords.cancel}
            </button>
          </Show>
        </div>
        <button
          type="button"
          class="sign-in-more"
          aria-expanded={showSettings()}
          aria-controls="connection-settings"
          onClick={() => setShowSettings(!showSettings())}
        >
          {firstWords.connectionSettings}
        </button>
        <div id="connection-settings" hidden={!showSettings()}>
          <Show when={showSettings()}>
            <ConnectionSettings wsUrl={wsUrl()} onWsUrl={setWsUrl} />
          </Show>
        </div>
        <Show when={config().demo.length > 0}>
          <DemoAccounts
            accounts={config().demo}
            disabled={busy()}
            onChoose={(account: DemoAccount) => void submit(account)}
          />
        </Show>
      </form>
    </main>
  );
}

/** Said once a try takes longer than most do. */
function StillTrying(): JSX.Element {
  const [isLate, setLate] = createSignal(false);
  const timer = setTimeout(() => setLate(true), LATE_MS);
  onCleanup(() => clearTimeout(timer));
  return (
    <Show when={isLate()}>
      <p class="sign-in-hint">{firstWords.stillTrying}</p>
    </Show>
  );
}

function progressText(
  session: Extract<SessionView, { state: "signing-in" }> | undefined,
  domain: string,
): string {
  if (session?.host !== undefined) return firstWords.connectingTo(session.host);
  return firstWords.lookingFor(domain);
}

async function readPageConfig(): Promise<PageConfig> {
  try {
    const response = await fetch(new URL("config.json", document.baseURI), { cache: "no-cache" });
    const data = (await response.json()) as { demo?: unknown; server?: unknown };
    const demo = Array.isArray(data.demo) ? data.demo.filter(isDemoAccount) : [];
    return { demo, ...(typeof data.server === "string" ? { server: data.server } : {}) };
  } catch {
    return { demo: [] };
  }
}

function isDemoAccount(value: unknown): value is DemoAccount {
  const account = value as Partial<Record<string, unknown>> | null;
  return ["label", "address", "password"].every((name) => typeof account?.[name] === "string");
}
