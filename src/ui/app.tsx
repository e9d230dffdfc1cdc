/** Decides what the page is: signing in, or the mail. The mail itself is loaded when somebody is signed in. */
import {
  createSignal,
  ErrorBoundary,
  Match,
  Show,
  Switch,
  untrack,
  type Component,
  type JSX,
} from "solid-js";
import { Dynamic, render } from "solid-js/web";
import type { ApiClient } from "../api/client.ts";
import { App, type SignedIn } from "./context.ts";
import { Broken } from "./parts/broken.tsx";
import { createQuery } from "./query.ts";
import { createRoute } from "./route.ts";
import { SignIn } from "./sign-in/sign-in.tsx";
import { LeftOver } from "./sign-in/left-over.tsx";
import { dropSnapshots } from "./snapshot.ts";
import { applyTheme } from "./theme.ts";

/** `tabAccount`: this tab was signed in before a reload, so the mail can be drawn before the worker has answered. */
export function renderApp(root: HTMLElement, api: ApiClient, tabAccount: string | undefined): void {
  applyTheme();
  render(() => <Root api={api} tabAccount={tabAccount} />, root);
}

function Root(props: { api: ApiClient; tabAccount: string | undefined }): JSX.Element {
  // oxlint-disable-next-line solid/reactivity -- the client and the tab's account never change
  const { api, tabAccount } = props;
  const route = createRoute();
  const session = createQuery(api, "session", () => null);
  const [Shell, setShell] = createSignal<Component>();
  const loadShell = (): void => {
    if (Shell() === undefined)
      void import("./shell.tsx").then((module) => setShell(() => module.Shell));
  };
  untrack(() => tabAccount !== undefined && loadShell());

  const signedIn = (): SignedIn | undefined => {
    const value = session.value;
    if (value?.state === "signed-in") {
      loadShell();
      return value;
    }
    const early = value === undefined || value.state === "starting";
    return early && tabAccount !== undefined
      ? { state: "signed-in", address: tabAccount as SignedIn["address"], keep: true }
      : undefined;
  };
  const signedOut = () => {
    const value = session.value;
    if (value?.state !== "signed-out" && value?.state !== "signing-in") return undefined;
    if (value.state === "signed-out") dropSnapshots();
    return value;
  };
  const leftOver = () => (session.value?.state === "left-over" ? session.value : undefined);

  return (
    <ErrorBoundary fallback={(error: unknown) => <Broken error={error} />}>
      <Switch>
        <Match when={signedIn() !== undefined}>
          <Show when={Shell()}>
            {(component) => (
              <App.Provider value={{ api, route, session: () => signedIn() as SignedIn }}>
                <Show when={signedIn()?.address} keyed>
                  {(_address) => <Dynamic component={component()} />}
                </Show>
              </App.Provider>
            )}
          </Show>
        </Match>
        <Match when={leftOver()}>{(value) => <LeftOver api={api} session={value()} />}</Match>
        <Match when={signedOut()}>
          {(value) => <SignIn api={api} session={value()} initialAddress={lastAddress(value())} />}
        </Match>
      </Switch>
    </ErrorBoundary>
  );
}

function lastAddress(session: { state: string; lastAddress?: string }): string {
  return session.lastAddress ?? "";
}
