import { createSignal, Show, type JSX } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { SessionView } from "../../api/contract.ts";
import { domainOf } from "../../mail/address.ts";
import { DownloadMail } from "../parts/download-mail.tsx";
import { WouldBeLost } from "../parts/would-be-lost.tsx";
import { lostLines, words } from "../words/more.ts";

/** A session ended without "Keep me signed in": what it left goes, after a word. */
export function LeftOver(props: {
  api: ApiClient;
  session: Extract<SessionView, { state: "left-over" }>;
  onSignIn: () => void;
}): JSX.Element {
  const [failed, setFailed] = createSignal(false);
  const lost = () => lostLines(props.session.only, domainOf(props.session.address));
  return (
    <main class="sign-in">
      <section class="sign-in-card" aria-labelledby="left-over">
        <h1 id="left-over">{words.leftOver.title}</h1>
        <p>{words.leftOver.text(props.session.address)}</p>
        <Show when={lost().length > 0} fallback={<p>{words.leftOver.nothing}</p>}>
          <WouldBeLost lines={lost()} />
          <p>{words.leftOver.some}</p>
        </Show>
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
