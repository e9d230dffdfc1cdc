import type { JSX } from "solid-js";
import { triageWords } from "../words/triage.ts";
import { closeDialog } from "../parts/close-dialog.ts";

/** Leaves the dialog it stands in, and nothing is done. */
export function CancelButton(): JSX.Element {
  return (
    <button type="button" class="button" onClick={(event) => closeDialog(event.currentTarget)}>
      {triageWords.cancel}
    </button>
  );
}
