/** A list that is narrowed by typing: arrows move, Enter takes (WAI-ARIA, combobox with a listbox). */
import { createMemo, createSignal, createUniqueId, For, onMount, type JSX } from "solid-js";
import type { LabelView } from "../../api/contract.ts";
import { Dialog } from "../parts/dialog.tsx";
import type { IconName } from "../parts/icon.tsx";
import { closeDialog } from "../parts/close-dialog.ts";
import { folded } from "./fold.ts";
import { ToolIcon } from "./icons.tsx";
import { endPicking } from "./picking.ts";

export type Choice = {
  /** Of the label or mailbox; undefined for one that is not there yet. */
  id: string | undefined;
  text: string;
  icon: IconName | "folder" | "tag" | "add";
  depth: number;
  hue?: number;
};

export function ChoicePicker(props: {
  title: string;
  /** Of the text. */
  label: string;
  choices: readonly Choice[];
  /** Stands last, for what was typed. */
  another?: (typed: string) => Choice | undefined;
  onTake: (choice: Choice, typed: string) => void;
}): JSX.Element {
  const [text, setText] = createSignal("");
  const [active, setActive] = createSignal(0);
  const id = createUniqueId();
  let input: HTMLInputElement | undefined;
  onMount(() => input?.focus());
  const found = createMemo((): Choice[] => {
    const another = props.another?.(text());
    const all = matching(props.choices, folded(text()));
    return another === undefined ? all : [...all, another];
  });
  const at = () => Math.min(active(), found().length - 1);
  function take(choice: Choice | undefined): void {
    if (choice === undefined) return;
    closeDialog(input);
    props.onTake(choice, text());
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const many = found().length;
    const steps: Record<string, () => void> = {
      ArrowDown: () => setActive((at() + 1) % many),
      ArrowUp: () => setActive((at() - 1 + many) % many),
      Enter: () => take(found()[at()]),
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
    document.getElementById(`${id}-${at()}`)?.scrollIntoView({ block: "nearest" });
  }
  return (
    <Dialog title={props.title} class="picker" onClose={endPicking}>
      <input
        ref={input}
        class="field"
        role="combobox"
        aria-label={props.label}
        aria-expanded="true"
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={found().length > 0 ? `${id}-${at()}` : undefined}
        placeholder={props.label}
        autocomplete="off"
        maxlength={200}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={id} class="picker-list" role="listbox" aria-label={props.title}>
        <For each={found()}>
          {(choice, index) => (
            <li
              id={`${id}-${index()}`}
              class="picker-item"
              role="option"
              aria-selected={index() === at()}
              style={{ "--depth": text() === "" ? choice.depth : 0, "--hue": choice.hue ?? 0 }}
              onPointerMove={() => setActive(index())}
              onClick={() => take(choice)}
            >
              <span class="picker-icon" data-hue={choice.hue}>
                <ToolIcon name={choice.icon} />
              </span>
              <bdi>{choice.text}</bdi>
            </li>
          )}
        </For>
      </ul>
    </Dialog>
  );
}

/** What begins so comes first. */
function matching(choices: readonly Choice[], wanted: string): Choice[] {
  const all = choices.filter((choice) => folded(choice.text).includes(wanted));
  const begins = (choice: Choice): number => Number(folded(choice.text).startsWith(wanted));
  return wanted === "" ? all : all.sort((a, b) => begins(b) - begins(a));
}

export function choiceOf({ id, kind, name, hue, depth }: LabelView): Choice {
  return { id, text: name, icon: kind, depth, hue };
}
