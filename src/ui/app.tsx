/** Decides what the page is: signing in, or the mail; loads the one it is. */
import { createSignal, ErrorBoundary, Match, onCleanup, Show, Switch, type JSX } from "solid-js";
import { render } from "solid-js/web";
import type { ApiClient } from "../api/client.ts";
import type { SessionView } from "../api/contract.ts";
import type { SignedIn } from "./context.ts";
import { Broken } from "./parts/broken.tsx";
import { late } from "./parts/late.tsx";
import type { SignedOutView } from "./sign-in/signed-out.tsx";
import { forgetTab } from "./snapshot.ts";
import { applyTheme } from "./theme.ts";

const Shell = late(async () => (await import("./shell.tsx")).Shell);
/** Seldom, and with words of its own. */
const NoStorage = late(async () => (await import("./storage/no-storage.tsx")).NoStorage);
const SignedOut = late(async () => (await import("./sign-in/signed-out.tsx")).SignedOut);

/** `tabAccount`: this tab was signed in before a reload, so the mail can be drawn before the worker has answered. */
export function renderApp(root: HTMLElement, api: ApiClient, tabAccount: string | undefined): void {
  applyTheme();
  (tabAccount === undefined ? SignedOut : Shell).ready();
  render(() => <Root api={api} tabAccount={tabAccount} />, root);
}

export function Root(props: { api: ApiClient; tabAccount: string | undefined }): JSX.Element {
  // oxlint-disable-next-line solid/reactivity -- the client and the tab's account never change
  const { api, tabAccount } = props;
  // Without the store of query.ts: the sign-in page does not wait for what only the mail needs.
  const [session, setSession] = createSignal<SessionView>();
  onCleanup(api.subscribe("session", null, (view) => void setSession(view)));

  /** Whose mail and drafts are in this tab: shown until the worker, or the one that takes its place, says who is signed in. */
  let owner: SignedIn | undefined =
    tabAccount === undefined
      ? undefined
      : { state: "signed-in", address: tabAccount as SignedIn["address"], keep: true };
  const signedIn = (): SignedIn | undefined => {
    const value = session();
    if (value?.state === "signed-in") {
      if (owner !== undefined && owner.address !== value.address) forgetTab();
      owner = value;
      return value;
    }
    return value === undefined || value.state === "starting" ? owner : undefined;
  };
  const signedOut = (): SignedOutView | undefined => {
    const value = session();
    if (value === undefined || value.state === "signed-in" || value.state === "starting")
      return undefined;
    if (value.state === "no-storage") return undefined;
    if (value.state === "signed-out") {
      owner = undefined;
      forgetTab();
    }
    // It will most likely be wanted; beside the signing in, not after it.
    if (value.state === "signing-in") Shell.ready();
    return value;
  };

  const noStorage = () => {
    const value = session();
    return value?.state === "no-storage" ? value : undefined;
  };

  return (
    <ErrorBoundary fallback={(error: unknown) => <Broken error={error} />}>
      <Switch>
        <Match when={signedIn() !== undefined}>
          <Show when={signedIn()?.address} keyed>
            {(_address) => <Shell api={api} session={signedIn() as SignedIn} />}
          </Show>
        </Match>
        <Match when={noStorage()}>{(value) => <NoStorage session={value()} />}</Match>
        <Match when={signedOut()}>{(value) => <SignedOut api={api} session={value()} />}</Match>
      </Switch>
    </ErrorBoundary>
  );
}
