import { For, Show, type JSX } from "solid-js";
import { actionWord, keyWords } from "../words/actions.ts";
import { capsOf } from "./key-name.ts";
import { chord, followers } from "./listen.ts";
import "./keys.css";

/** What can follow the first key of a chord. For the eyes: whoever hears it has pressed the second key long since. */
export function HintBar(): JSX.Element {
  return (
    <Show when={chord()}>
      {(first) => (
        <div class="key-hints" role="note" aria-label={keyWords.hints(capsOf(first()).join(""))}>
          <kbd>{capsOf(first())}</kbd>
          <ul>
            <For each={followers(first())}>
              {({ key, id }) => (
                <li>
                  <kbd>{capsOf(key)}</kbd>
                  <span>{actionWord[id]}</span>
                </li>
              )}
            </For>
          </ul>
        </div>
      )}
    </Show>
  );
}
