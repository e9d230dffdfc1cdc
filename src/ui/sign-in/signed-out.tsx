import { createSignal, Show, type JSX } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { SessionView } from "../../api/contract.ts";
import { late } from "../parts/late.tsx";
import { SignIn } from "./sign-in.tsx";

/** Seldom, and with words of the mail. */
const LeftOver = late(async () => (await import("./left-over.tsx")).LeftOver);

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
  return (
    <Show
      when={leftOver()}
      fallback={<SignIn api={props.api} session={props.session} initialAddress={address()} />}
    >
      {(session) => (
        <LeftOver api={props.api} session={session()} onSignIn={() => setAgain(true)} />
      )}
    </Show>
  );
}
