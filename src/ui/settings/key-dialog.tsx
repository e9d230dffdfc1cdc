/** Takes the next key, or the next two, for an action, and tells who would lose it. */
import { createSignal, onMount, Show, type JSX } from "solid-js";
import type { ActionId } from "../keys/actions.ts";
import { conflictsOf, remap } from "../keys/key-map.ts";
import { capsOf, strokeOf } from "../keys/key-name.ts";
import { Keys } from "../keys/keys.tsx";
import { CHORD_MS } from "../keys/listen.ts";
import { Dialog } from "../parts/dialog.tsx";
import { settingsWords } from "../words/settings.ts";
import { nameOf } from "./key-names.ts";

/** What the dialog itself needs: it must be left by the keyboard too. */
const OURS = ["Tab", "Shift+Tab", "Enter", "Escape", " "];
/** No page gets these. */
const BROWSERS = /^Mod\+(Shift\+)?[ntwq]$/;

export function KeyDialog(props: { id: ActionId; onClose: () => void }): JSX.Element {
  const [key, setKey] = createSignal<string>();
  let field: HTMLInputElement | undefined;
  let lastAt = 0;
  // After the dialog has put the focus where it thinks.
  onMount(() => queueMicrotask(() => field?.focus()));
  const losers = (): string[] => {
    const pressed = key();
    return pressed === undefined ? [] : conflictsOf(props.id, pressed).map(nameOf);
  };

  function onKeyDown(event: KeyboardEvent): void {
    const stroke = strokeOf(event);
    if (stroke === "Enter" && key() !== undefined) {
      event.preventDefault();
      return save(key());
    }
    if (stroke === undefined || OURS.includes(stroke) || event.repeat) return;
    event.preventDefault();
    event.stopPropagation();
    const before = performance.now() - lastAt < CHORD_MS ? key() : undefined;
    const isSecond = before !== undefined && !before.includes(" ");
    setKey(isSecond ? `${before} ${stroke}` : stroke);
    lastAt = isSecond ? 0 : performance.now();
  }
  function save(pressed: string | undefined): void {
    remap(props.id, pressed);
    props.onClose();
  }
  const caps = (): string => capsOf(key() ?? "").join(" ");

  return (
    <Dialog
      title={settingsWords.keyFor(nameOf(props.id))}
      onClose={() => props.onClose()}
      actions={
        <>
          <button type="button" class="button" onClick={() => save(undefined)}>
            {settingsWords.remove}
          </button>
          <button type="button" class="button" onClick={() => props.onClose()}>
            {settingsWords.cancel}
          </button>
          <button
            type="button"
            class="button primary"
            disabled={key() === undefined}
            onClick={() => save(key())}
          >
            {losers().length > 0 ? settingsWords.saveAnyway : settingsWords.save}
          </button>
        </>
      }
    >
      <p id="key-hint">{settingsWords.press}</p>
      <div class="key-field">
        <input
          ref={field}
          type="text"
          aria-label={settingsWords.pressed}
          aria-describedby="key-hint"
          autocomplete="off"
          readonly
          value={key() === undefined ? "" : caps()}
          onKeyDown={onKeyDown}
        />
        <Show when={key()}>{(pressed) => <Keys of={[pressed()]} />}</Show>
      </div>
      <div role="alert">
        <Show when={losers().length > 0}>
          <p>{settingsWords.conflict(caps(), losers().join(", "))}</p>
        </Show>
        <Show when={BROWSERS.test(key() ?? "")}>
          <p>{settingsWords.browserKey(caps())}</p>
        </Show>
      </div>
    </Dialog>
  );
}
