/** A tag's or folder's name, colour, and what it stands in: a new one's, or another for one there is. */
import { createSignal, createUniqueId, For, onMount, Show, type JSX } from "solid-js";
import type { LabelView } from "../../api/contract.ts";
import { HUES, type LabelKind } from "../../mail/label.ts";
import { useApp } from "../context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { say } from "../parts/toast.tsx";
import { CancelButton } from "../triage/cancel-button.tsx";
import { closeDialog } from "../parts/close-dialog.ts";
import { HUE_NAMES, triageWords } from "../words/triage.ts";
import "./label-dialog.css";

export type Editing = {
  kind: LabelKind;
  /** Absent: a new one. */
  label?: LabelView;
  /** What the focus is on. */
  field?: "name" | "colour" | "inside";
};

export function LabelDialog(props: {
  what: Editing;
  labels: readonly LabelView[];
  onClose: () => void;
}): JSX.Element {
  const { api } = useApp();
  const id = createUniqueId();
  // oxlint-disable-next-line solid/reactivity -- a dialog is about one label from beginning to end
  const { kind, label, field } = props.what;
  const [hue, setHue] = createSignal(label?.hue ?? nextHue());
  const [problem, setProblem] = createSignal("");
  let form: HTMLFormElement | undefined;
  let name: HTMLInputElement | undefined;
  let inside: HTMLSelectElement | undefined;
  onMount(() => {
    const radio = form?.querySelector<HTMLElement>("[type=radio]:checked");
    (field === "colour" ? radio : field === "inside" ? inside : name)?.focus();
    if (field === "name") name?.select();
  });

  /** New ones take turns. */
  function nextHue(): number {
    const used = props.labels.filter((other) => other.kind === kind).length;
    return HUES[(used * 3) % HUES.length] ?? HUES[0];
  }
  /** It, and what stands in it, cannot hold it. */
  const parents = (): LabelView[] => {
    const within = new Set(label === undefined ? [] : [label.id]);
    return props.labels.filter((other) => {
      if (other.kind !== kind) return false;
      if (other.inside !== undefined && within.has(other.inside)) within.add(other.id);
      return !within.has(other.id);
    });
  };
  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const typed = name?.value ?? "";
    const answer = await api
      .run("saveLabel", {
        ...(label === undefined ? {} : { id: label.id }),
        kind,
        name: typed,
        hue: hue(),
        inside: inside?.value === "" ? null : (inside?.value ?? null),
      })
      .catch(() => undefined);
    if (answer?.ok === true) {
      closeDialog(form);
      say(label === undefined ? triageWords.made(typed) : triageWords.saved(typed));
      return;
    }
    setProblem(answer === undefined ? triageWords.failed : triageWords.problem[answer.problem]);
    (answer?.problem === "inside" ? inside : name)?.focus();
  }

  return (
    <Dialog
      title={
        label === undefined
          ? kind === "tag"
            ? triageWords.newTag
            : triageWords.newFolder
          : triageWords.edit(kind, label.name)
      }
      onClose={() => props.onClose()}
      actions={
        <>
          <CancelButton />
          <button type="submit" class="button primary" form={id}>
            {triageWords.save}
          </button>
        </>
      }
    >
      <form ref={form} id={id} class="label-form" novalidate onSubmit={(event) => void save(event)}>
        <label class="label-field">
          <span>{triageWords.name}</span>
          <input
            ref={name}
            class="field"
            type="text"
            dir="auto"
            autocomplete="off"
            maxlength={200}
            value={label?.name ?? ""}
            aria-invalid={problem() !== ""}
            aria-describedby={`${id}-problem`}
            onInput={() => setProblem("")}
          />
        </label>
        <div class="label-field">
          <span aria-hidden="true">{triageWords.colour}</span>
          <div class="hues" role="radiogroup" aria-label={triageWords.colour}>
            <For each={HUES}>
              {(each, index) => (
                <input
                  type="radio"
                  class="hue"
                  name={`${id}-hue`}
                  style={{ "--hue": each }}
                  aria-label={HUE_NAMES[index()] ?? ""}
                  title={HUE_NAMES[index()] ?? ""}
                  checked={each === hue()}
                  onChange={() => setHue(each)}
                />
              )}
            </For>
          </div>
        </div>
        <label class="label-field">
          <span>{triageWords.inside}</span>
          <select ref={inside} class="field">
            <option value="">{triageWords.top}</option>
            <For each={parents()}>
              {(parent) => (
                <option value={parent.id} selected={parent.id === label?.inside}>
                  {`${"\u2003".repeat(parent.depth)}${parent.name}`}
                </option>
              )}
            </For>
          </select>
        </label>
        <p id={`${id}-problem`} class="label-problem" role="alert">
          <Show when={problem() !== ""}>{problem()}</Show>
        </p>
      </form>
    </Dialog>
  );
}
