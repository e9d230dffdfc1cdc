import { For, Show, type JSX } from "solid-js";
import { keyWords } from "../words/actions.ts";
import { capsOf } from "./key-name.ts";
import "./keys.css";

/** Keys as caps: "g" "i" is a chord, "o or Enter" two ways. */
export function Keys(props: {
  of: readonly string[];
  /** It is set, and does nothing now. */
  isOff?: (key: string) => boolean;
}): JSX.Element {
  return (
    <span class="keys">
      <For each={props.of}>
        {(key, index) => (
          <>
            <Show when={index() > 0}>
              <span class="keys-or">{keyWords.or}</span>
            </Show>
            <For each={capsOf(key)}>
              {(cap) => <kbd classList={{ off: props.isOff?.(key) === true }}>{cap}</kbd>}
            </For>
          </>
        )}
      </For>
    </span>
  );
}
