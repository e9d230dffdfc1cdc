import { onMount, Show, type JSX } from "solid-js";
import { firstWords } from "../words/first.ts";
import { Details } from "./details.tsx";
import { isMissingPart } from "../../base/missing-part.ts";
import "./problem.css";

/** A part of the page that failed says so; the rest goes on. `onClose`: it was opened, and can be closed. */
export function Broken(props: { error: unknown; onClose?: () => void }): JSX.Element {
  const text = () =>
    props.error instanceof Error
      ? `${props.error.name}: ${props.error.message}\n${props.error.stack ?? ""}`
      : String(props.error);
  const words = () => (isMissingPart(props.error) ? firstWords.missing : firstWords.broken);
  onMount(() => console.error(text()));
  return (
    <div class="problem broken" classList={{ floats: props.onClose !== undefined }} role="alert">
      <strong>{words().title}</strong>
      <p>{words().text}</p>
      <p>
        <Show when={isMissingPart(props.error)}>
          <button type="button" class="button" onClick={() => location.reload()}>
            {firstWords.reload}
          </button>
        </Show>{" "}
        <Show when={props.onClose}>
          {(close) => (
            <button type="button" class="button" onClick={() => close()()}>
              {firstWords.close}
            </button>
          )}
        </Show>
      </p>
      <Details text={text()} />
    </div>
  );
}
