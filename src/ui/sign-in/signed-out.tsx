import { createSignal, onCleanup, Show, type JSX } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { SessionView } from "../../api/contract.ts";
import { late } from "../parts/late.tsx";
import { SignIn } from "./sign-in.tsx";

/** Seldom, and with words of the mail. */
const LeftOver = late(async () => (await import("./left-over.tsx")).LeftOver);
/** For who followed somebody's "write to me" and has not chosen yet to do that here. */
const Card = late(async () => (await import("../share/card.tsx")).Card);
const CARD = /^#\/to\/[^?](?!.*[?&]write)/;

export type SignedOutView = Extract<
  SessionView,
  { state: "signed-out" | "signing-in" | "left-over" }
>;

/** Every page before the mail. One form through all of them: what was typed outlives a change of state. */
export function SignedOut(props: { api: ApiClient; session: SignedOutView }): JSX.Element {
  const [again, setAgain] = createSignal(false);
  const leftOver = () =>
    props.session.state === "left-over" && !again() ? props.session : undefined;
  const address = (): string =>
    props.session.state === "signed-out"
      ? (props.session.lastAddress ?? "")
      : props.session.address;
  const [hash, setHash] = createSignal(location.hash);
  const onChange = (): void => void setHash(location.hash);
  addEventListener("hashchange", onChange);
  onCleanup(() => removeEventListener("hashchange", onChange));
  return (
    <Show
      when={!CARD.test(hash()) || props.session.state === "signing-in"}
      fallback={<Card hash={hash()} />}
    >
      <Show
        when={leftOver()}
        fallback={<SignIn api={props.api} session={props.session} initialAddress={address()} />}
      >
        {(session) => (
          <LeftOver api={props.api} session={session()} onSignIn={() => setAgain(true)} />
        )}
      </Show>
    </Show>
  );
}
