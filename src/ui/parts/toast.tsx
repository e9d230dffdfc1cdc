import { createSignal, For, type JSX, Show } from "solid-js";
import "./toast.css";

export type ToastAction = { label: string; act: () => void };
type Said = { text: string; actions: readonly ToastAction[] };

const SHOWN_MS = 8000;
const [said, setSaid] = createSignal<Said>();
const [shown, setShown] = createSignal(false);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says one thing for a while; what can still be done about it is also elsewhere on the page. */
export function say(text: string, actions: readonly ToastAction[] = []): void {
  setSaid({ text, actions });
  setShown(true);
  wait();
}

function wait(): void {
  clearTimeout(timer);
  timer = setTimeout(hide, SHOWN_MS);
}

function hide(): void {
  clearTimeout(timer);
  setShown(false);
  setSaid(undefined);
}

/** It stays while somebody is at it. */
export function Toast(): JSX.Element {
  return (
    <div
      class="toast"
      data-shown={shown()}
      onPointerEnter={() => clearTimeout(timer)}
      onPointerLeave={wait}
      onFocusIn={() => clearTimeout(timer)}
      onFocusOut={wait}
    >
      <span role="status">
        <Show when={said()} keyed>
          {({ text }) => <span>{text}</span>}
        </Show>
      </span>
      <For each={said()?.actions}>
        {(action) => (
          <button
            type="button"
            class="toast-act"
            onClick={() => {
              hide();
              action.act();
            }}
          >
            {action.label}
          </button>
        )}
      </For>
    </div>
  );
}
