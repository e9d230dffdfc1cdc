/** The command palette: everything that can be done from here, by its name, each with its key. */
import {
  createEffect,
  createMemo,
  createSignal,
  createUniqueId,
  For,
  on,
  onMount,
  Show,
  untrack,
  type JSX,
} from "solid-js";
import { keysOf } from "../keys/key-map.ts";
import { strokeOf } from "../keys/key-name.ts";
import { Keys } from "../keys/keys.tsx";
import { ToolIcon } from "../triage/icons.tsx";
import { keyWords } from "../words/actions.ts";
import type { Asked } from "./asked.ts";
import { actionEntries, createPeopleEntries, iconOf, settingEntries } from "./entries.ts";
import { Marked } from "./marked.tsx";
import { type Ranked, ranked } from "./ranked.ts";
import { type PaletteEntry, sources } from "./sources.ts";
import "./palette.css";

/** So far a page key goes. */
const PAGE = 8;

export function Palette(props: { for: Asked; onClose: () => void }): JSX.Element {
  const [text, setText] = createSignal("");
  const [chosen, setChosen] = createSignal(0);
  const id = createUniqueId();
  let dialog: HTMLDialogElement | undefined;
  let isOver = false;
  let list: HTMLUListElement | undefined;
  // What could be done where the palette was called: it takes the focus away from there.
  const still = untrack(() =>
    props.for === "all" ? [...actionEntries(), ...settingEntries()] : [],
  );
  const people = createPeopleEntries(text);
  const added = (): PaletteEntry[] =>
    sources()
      .flatMap((source) => source(text()))
      .filter(({ kind }) => props.for === "all" || kind === props.for);
  const found = createMemo(() =>
    ranked(text(), [...still, ...added(), ...(props.for === "all" ? people() : [])]),
  );
  const current = (): number => Math.min(chosen(), found().length - 1);
  createEffect(on(text, () => setChosen(0), { defer: true }));
  createEffect(() => list?.children[current()]?.scrollIntoView({ block: "nearest" }));
  onMount(() => dialog?.showModal());

  /** At once: the event that says so comes when the browser has the time, and the next one may be open by then. */
  function leave(): void {
    if (isOver) return;
    isOver = true;
    dialog?.close();
    props.onClose();
  }

  function run(of: Ranked | undefined): void {
    if (of === undefined) return;
    // Closed first: the focus is back where it was when it is done.
    leave();
    of.entry.run();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const last = found().length - 1;
    const steps: Record<string, () => void> = {
      ArrowDown: () => setChosen(current() >= last ? 0 : current() + 1),
      ArrowUp: () => setChosen(current() <= 0 ? Math.max(0, last) : current() - 1),
      PageDown: () => setChosen(Math.max(0, Math.min(last, current() + PAGE))),
      PageUp: () => setChosen(Math.max(0, current() - PAGE)),
      Enter: () => run(found()[current()]),
    };
    const stroke = strokeOf(event) ?? "";
    // Its own key closes it again.
    const step = keysOf("palette").includes(stroke) ? leave : steps[stroke];
    if (step === undefined) return;
    event.preventDefault();
    step();
  }

  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label={keyWords.palette}
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
      onClose={() => leave()}
      onClick={(event) => {
        if (event.target === dialog) leave();
      }}
    >
      <input
        class="palette-text"
        type="text"
        role="combobox"
        aria-label={keyWords.searchActions}
        placeholder={keyWords.placeholder[props.for]}
        aria-autocomplete="list"
        aria-expanded={found().length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={found().length > 0 ? `${id}-${current()}` : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ul
        ref={list}
        id={`${id}-list`}
        class="palette-list"
        role="listbox"
        aria-label={keyWords.results}
      >
        <For each={found()}>
          {(of, index) => (
            <li
              id={`${id}-${index()}`}
              class="palette-entry"
              role="option"
              aria-selected={index() === current()}
              onPointerMove={() => setChosen(index())}
              onClick={() => run(of)}
            >
              <ToolIcon name={iconOf(of.entry)} />
              <span class="palette-label">
                <Marked text={of.entry.label} at={of.at} />
              </span>
              <Show when={of.entry.detail}>
                {(detail) => <bdi class="palette-detail">{detail()}</bdi>}
              </Show>
              <Show when={of.entry.key}>{(key) => <Keys of={[key()]} />}</Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={found().length === 0}>
        <p class="palette-none">{keyWords.nothingFound}</p>
      </Show>
      <span class="out-of-sight" role="status">
        {text().trim() === "" ? "" : keyWords.count(found().length)}
      </span>
    </dialog>
  );
}
