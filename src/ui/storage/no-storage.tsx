import { Show, type JSX } from "solid-js";
import type { SessionView } from "../../api/contract.ts";
import { TechnicalDetails } from "../parts/technical-details.tsx";
import { Brand } from "../parts/logo.tsx";
import { noStorage, storageWords } from "../words/storage.ts";
import "../sign-in/sign-in.css";
import "../parts/problem.css";

/** Instead of the mail: why the browser's storage cannot be opened, and what helps. */
export function NoStorage(props: {
  session: Extract<SessionView, { state: "no-storage" }>;
}): JSX.Element {
  const text = () => noStorage[props.session.problem];
  const isWaiting = () => props.session.problem === "older-tab" || props.session.problem === "slow";
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <Brand />
        <div
          class="problem"
          role={isWaiting() ? "status" : "alert"}
          data-error="storage"
          data-problem={props.session.problem}
        >
          <strong>{text().title}</strong>
          <p>{text().text}</p>
          <TechnicalDetails text={props.session.detail} />
        </div>
        <Show when={!isWaiting()}>
          <button type="button" class="button primary" onClick={() => location.reload()}>
            {props.session.problem === "newer" ? storageWords.reload : storageWords.tryAgain}
          </button>
        </Show>
      </div>
    </main>
  );
}
