import type { JSX } from "solid-js";
import { words } from "../words.ts";
import "./opening.css";

/** In the corner where what was asked for will stand, if it takes its time to be loaded. */
export function Opening(): JSX.Element {
  return (
    <p class="opening" role="status">
      {words.opening}
    </p>
  );
}
