import { createSignal, Show, type JSX } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { SessionView } from "../../api/contract.ts";
import { DownloadMail } from "../parts/download-mail.tsx";
import { words } from "../words/more.ts";

/** A session ended without "Keep me signed in": what it left goes, after a word. */
export function LeftOver(props: {
  api: ApiClient;
  session: Extract<SessionView, { state: "left-over" }>;
  onSignIn: () => void;
}): JSX.Element {
  const [failed, setFailed] = createSignal(false);
  return (
    <main class="sign-in">
      <section class="sign-in-card" aria-labelledby="left-over">
        <h1 id="left-over">{words.leftOver.title}</h1>
        <p>{words.leftOver.text(props.session.address)}</p>
        <Show when={props.session.onlyHere + props.session.changes === 0}>
          <p>{words.leftOver.nothing}</p>
        </Show>
        <Show when={props.session.onlyHere}>{(n) => <p>{words.leftOver.some(n())}</p>}</Show>
        <Show when={props.session.changes}>{(n) => <p>{words.leftOver.changes(n())}</p>}</Show>
        <Show when={failed()}>
          <p class="problem" role="alert">
            {words.leftOver.noDownload}
          </p>
        </Show>
        <div class="sign-in-choices">
          <button type="button" class="button primary" onClick={() => props.onSignIn()}>
            {words.leftOver.keep}
          </button>
          <DownloadMail api={props.api} onFailed={() => setFailed(true)} />
          <button
            type="button"
            class="button danger"
            onClick={() => void props.api.run("discardLeftOver", null)}
          >
            {words.leftOver.discard}
          </button>
        </div>
      </section>
    </main>
  );
}
