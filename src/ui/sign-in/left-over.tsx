import { createSignal, Show, type JSX } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { SessionView } from "../../api/contract.ts";
import { words } from "../words.ts";
import { SignIn } from "./sign-in.tsx";

/** A session ended without "Keep me signed in": what it left goes, after a word. */
export function LeftOver(props: {
  api: ApiClient;
  session: Extract<SessionView, { state: "left-over" }>;
}): JSX.Element {
  const [again, setAgain] = createSignal(false);
  return (
    <Show
      when={!again()}
      fallback={
        <SignIn api={props.api} session={props.session} initialAddress={props.session.address} />
      }
    >
      <main class="sign-in">
        <section class="sign-in-card" aria-labelledby="left-over">
          <h1 id="left-over">{words.leftOver.title}</h1>
          <p>{words.leftOver.text(props.session.address)}</p>
          <p>
            {props.session.onlyHere === 0
              ? words.leftOver.nothing
              : words.leftOver.some(props.session.onlyHere)}
          </p>
          <button type="button" class="button primary" onClick={() => setAgain(true)}>
            {words.leftOver.keep}
          </button>
          <button
            type="button"
            class="button danger"
            onClick={() => void props.api.run("discardLeftOver", null)}
          >
            {words.leftOver.discard}
          </button>
        </section>
      </main>
    </Show>
  );
}
