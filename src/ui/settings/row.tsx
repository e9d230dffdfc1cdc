import type { JSX } from "solid-js";

/** One fact of the settings. */
export function Row(props: { name: string; children: JSX.Element }): JSX.Element {
  return (
    <div class="settings-row">
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
