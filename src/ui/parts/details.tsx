import { createSignal, createUniqueId, Show, type JSX } from "solid-js";
import { firstWords } from "../words/first.ts";

/** Technical text of our own, one click away; what others had a say in: technical-details.tsx. */
export function Details(props: { text: string }): JSX.Element {
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
        {props.text}
      </pre>
    </Show>
  );
}
