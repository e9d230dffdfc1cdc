import { onMount, Show, type JSX } from "solid-js";
import { firstWords } from "../words/first.ts";
import { Details } from "./details.tsx";
import { isMissingPart } from "../../base/missing-part.ts";
import "./problem.css";

/** A part of the page that failed says so; the rest goes on. */
export function Broken(props: { error: unknown }): JSX.Element {
  const text = () =>
    props.error instanceof Error
      ? `${props.error.name}: ${props.error.message}\n${props.error.stack ?? ""}`
      : String(props.error);
  const words = () => (isMissingPart(props.error) ? firstWords.missing : firstWords.broken);
  onMount(() => console.error(text()));
  return (
    <div class="problem" role="alert">
      <strong>{words().title}</strong>
      <p>{words().text}</p>
      <Show when={isMissingPart(props.error)}>
        <p>
          <button type="button" class="button" onClick={() => location.reload()}>
            {firstWords.reload}
          </button>
        </p>
      </Show>
      <Details text={text()} />
    </div>
  );
}
