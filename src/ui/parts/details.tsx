import { createSignal, createUniqueId, For, Show, type JSX } from "solid-js";
import { spelledOut } from "../../base/spelled-out.ts";
import { firstWords } from "../words/first.ts";

/** The technical text, one click away. */
export function TechnicalDetails(props: { text: string }): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const id = createUniqueId();
  return (
    <Show when={props.text !== ""}>
      <button
        type="button"
        class="link"
        aria-expanded={open()}
        aria-controls={id}
        onClick={() => setOpen(!open())}
      >
        {firstWords.technicalDetails}
      </button>
      <pre id={id} class="snippet-code" dir="auto" hidden={!open()}>
        {spelledOut(props.text)}
      </pre>
    </Show>
  );
}

/** Lines an admin can paste. */
export function AdminLines(props: {
  lines: readonly { server: string; code: string }[];
}): JSX.Element {
  return (
    <For each={props.lines}>
      {(line) => (
        <div>
          <strong>{line.server}</strong>
          <code class="snippet-code">{line.code}</code>
        </div>
      )}
    </For>
  );
}
