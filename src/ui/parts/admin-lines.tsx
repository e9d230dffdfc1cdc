import { For, type JSX } from "solid-js";

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
