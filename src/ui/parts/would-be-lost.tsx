import { For, type JSX } from "solid-js";
import { words } from "../words/more.ts";
import "./problem.css";

/** What no server has, before this browser's copy goes. */
export function WouldBeLost(props: { lines: readonly string[] }): JSX.Element {
  return (
    <section class="problem" aria-label={words.wouldBeLost}>
      <strong>{words.wouldBeLost}</strong>
      <ul>
        <For each={props.lines}>{(line) => <li>{line}</li>}</For>
      </ul>
    </section>
  );
}
