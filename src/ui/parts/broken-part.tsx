import type { JSX } from "solid-js";
import { words } from "../words.ts";
import { Broken } from "./broken.tsx";
import "./broken-part.css";

/** What was opened over the page and failed says so in a corner, and can be closed. */
export function BrokenPart(props: { error: unknown; onClose: () => void }): JSX.Element {
  return (
    <div class="broken-part">
      <Broken error={props.error} />
      <button type="button" class="button" onClick={() => props.onClose()}>
        {words.close}
      </button>
    </div>
  );
}
