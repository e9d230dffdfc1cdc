/** Until when: the usual times, or one that is typed; what was understood of it is shown before it counts. */
import { createMemo, createSignal, createUniqueId, For, onMount, Show, type JSX } from "solid-js";
import { parseWhen, presetsAt } from "../../mail/when.ts";
import { Dialog } from "../parts/dialog.tsx";
import { fullTime, soonTime } from "../time.ts";
import { presetName, triageWords } from "../words/triage.ts";
import { closeDialog } from "../parts/close-dialog.ts";
import { doAct } from "./perform.ts";
import { endPicking, type Picking } from "./picking.ts";

type Time = { name: string; at: number | undefined };

export function SnoozePicker(props: { what: Picking }): JSX.Element {
  const now = Date.now();
  const id = createUniqueId();
  const [text, setText] = createSignal("");
  const [active, setActive] = createSignal(0);
  let input: HTMLInputElement | undefined;
  let list: HTMLUListElement | undefined;
  const understood = createMemo(() => parseWhen(text(), Date.now()));
  const times = (): Time[] => [
    ...presetsAt(now).map((preset) => ({ name: presetName[preset.id], at: preset.at })),
    ...(props.what.subject.isSnoozed ? [{ name: triageWords.wake, at: undefined }] : []),
  ];
  const options = (): HTMLElement[] => [...(list?.children ?? [])] as HTMLElement[];
  onMount(() => options()[0]?.focus());

  function take(at: number | undefined): void {
    const { scene, subject } = props.what;
    closeDialog(input);
    if (at === undefined) doAct(scene, subject, { do: "unsnooze" });
    else doAct(scene, subject, { do: "snooze", until: at }, { name: soonTime(at, Date.now()) });
  }
  function focus(to: number): void {
    setActive(to);
    options()[to]?.focus();
  }
  function onListKey(event: KeyboardEvent): void {
    const last = times().length - 1;
    const at = active();
    if (event.key === "ArrowDown" && at < last) focus(at + 1);
    else if (event.key === "ArrowUp" && at > 0) focus(at - 1);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") input?.focus();
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(last);
    else if (event.key === "Enter" || event.key === " ") take(times()[at]?.at);
    // Whoever types means a time of their own: the letter goes there.
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) return input?.focus();
    else return;
    event.preventDefault();
  }
  function onInputKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      const at = understood();
      if (at !== undefined) take(at);
    } else if (event.key === "ArrowDown") focus(0);
    else if (event.key === "ArrowUp") focus(times().length - 1);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog
      title={triageWords.snoozeUntil}
      class="picker"
      onClose={endPicking}
      actions={
        <Show when={understood()}>
          {(at) => (
            <button type="button" class="button primary" onClick={() => take(at())}>
              {triageWords.snooze}
            </button>
          )}
        </Show>
      }
    >
      <ul
        ref={list}
        class="picker-list"
        role="listbox"
        aria-label={triageWords.times}
        onKeyDown={onListKey}
      >
        <For each={times()}>
          {(time, index) => (
            <li
              class="picker-item"
              role="option"
              aria-selected={index() === active()}
              aria-label={time.name}
              aria-description={time.at === undefined ? undefined : soonTime(time.at, now)}
              tabindex={index() === active() ? 0 : -1}
              onFocus={() => setActive(index())}
              onPointerMove={() => setActive(index())}
              onClick={() => take(time.at)}
            >
              <span>{time.name}</span>
              <Show when={time.at}>
                {(at) => <span class="picker-time" data-time={soonTime(at(), now)} />}
              </Show>
            </li>
          )}
        </For>
      </ul>
      <label class="picker-when">
        <span>{triageWords.when}</span>
        <input
          ref={input}
          class="field"
          type="text"
          placeholder={triageWords.whenExample}
          autocomplete="off"
          maxlength={100}
          aria-describedby={id}
          aria-invalid={text() !== "" && understood() === undefined}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onInputKey}
        />
      </label>
      <p id={id} class="picker-understood" role="status">
        <Show when={text().trim() !== ""}>
          <Show when={understood()} fallback={triageWords.notUnderstood}>
            {(at) => <>{triageWords.until(fullTime(at()))}</>}
          </Show>
        </Show>
      </p>
    </Dialog>
  );
}
