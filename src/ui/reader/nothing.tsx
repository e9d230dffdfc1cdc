import { Show, type JSX } from "solid-js";
import { keyOf } from "../keys/key-map.ts";
import { words } from "../words.ts";

/** An address that leads nowhere, and the way back. */
export function NothingHere(props: { later?: "search" | "attachments" | undefined }): JSX.Element {
  return (
    <>
      <div class="bar" />
      <div class="nothing">
        <h1>{words.nothingHere}</h1>
        <p>{props.later === undefined ? words.nothingHereText : words.notYet[props.later]}</p>
        <div class="nothing-actions">
          <a class="button" href="#/inbox">
            {words.toInbox}
          </a>
        </div>
      </div>
    </>
  );
}

/** Beside the list, while nothing is chosen. A list without anything to choose speaks for itself. */
export function NoneOpen(props: { unread: number; isEmpty: boolean }): JSX.Element {
  return (
    <>
      <div class="bar" />
      <Show when={!props.isEmpty}>
        <div class="nothing calm">
          <h2>{words.noneOpen}</h2>
          <p>{words.noneOpenText(props.unread)}</p>
          <Show when={keysText()}>{(text) => <p>{text()}</p>}</Show>
        </div>
      </Show>
    </>
  );
}

/** What to press, as it is set here; nothing where single keys are off. */
function keysText(): string | undefined {
  const [next, previous, write] = [keyOf("next"), keyOf("previous"), keyOf("compose")];
  if (next === undefined || previous === undefined || write === undefined) return undefined;
  return words.noneOpenKeys(next, previous, write);
}
