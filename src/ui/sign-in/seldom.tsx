/** The parts of the sign-in page that most visits never see: the form does not wait for them. */
import { For, type JSX } from "solid-js";
import { seldomWords } from "../words/seldom.ts";
import "./seldom.css";

export type DemoAccount = { label: string; address: string; password: string };

/** A button for each account that `npm start` made. */
export function DemoAccounts(props: {
  accounts: readonly DemoAccount[];
  disabled: boolean;
  onChoose: (account: DemoAccount) => void;
}): JSX.Element {
  return (
    <div class="sign-in-demo">
      <For each={props.accounts}>
        {(account) => (
          <button
            type="button"
            class="button"
            disabled={props.disabled}
            onClick={() => props.onChoose(account)}
          >
            {account.label}
          </button>
        )}
      </For>
    </div>
  );
}

export function ConnectionSettings(props: {
  wsUrl: string;
  onWsUrl: (url: string) => void;
}): JSX.Element {
  return (
    <>
      <label class="sign-in-field">
        <span>{seldomWords.wsUrl}</span>
        <input
          class="field"
          type="url"
          autocomplete="off"
          spellcheck={false}
          aria-describedby="ws-url-hint"
          value={props.wsUrl}
          onInput={(event) => props.onWsUrl(event.currentTarget.value)}
        />
      </label>
      <p id="ws-url-hint" class="sign-in-hint">
        {seldomWords.wsUrlHint}
      </p>
    </>
  );
}
