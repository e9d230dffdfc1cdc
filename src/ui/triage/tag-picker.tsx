/** Which tags: each of them with a box, half ticked where some of many have it. What is ticked is done at once. */
import { createMemo, createSignal, For, onMount, Show, type JSX } from "solid-js";
import type { LabelView, TagView } from "../../api/contract.ts";
import { labelName } from "../../mail/label.ts";
import { useApp } from "../context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { say } from "../parts/toast.tsx";
import { createQuery } from "../query.ts";
import { triageWords } from "../words/triage.ts";
import { closeDialog } from "../parts/close-dialog.ts";
import { folded } from "./fold.ts";
import { ToolIcon } from "./icons.tsx";
import { doAct } from "./perform.ts";
import { endPicking, type Picking } from "./picking.ts";

type Ticks = "true" | "false" | "mixed";

export function TagPicker(props: { what: Picking }): JSX.Element {
  const { api } = useApp();
  const labels = createQuery(api, "labels", () => null);
  const [text, setText] = createSignal("");
  /** What was ticked here lies over what the conversations had. */
  const [ticked, setTicked] = createSignal<ReadonlyMap<string, boolean>>(new Map());
  let input: HTMLInputElement | undefined;
  let group: HTMLDivElement | undefined;
  onMount(() => input?.focus());

  const tags = (): LabelView[] => labels.value?.filter(({ kind }) => kind === "tag") ?? [];
  const found = createMemo(() => {
    const wanted = folded(text());
    return tags().filter(({ name }) => folded(name).includes(wanted));
  });
  const fresh = createMemo((): string | undefined => {
    const name = labelName(text());
    const isKnown = name !== undefined && tags().some((tag) => folded(tag.name) === folded(name));
    return isKnown ? undefined : name;
  });
  const stateOf = (id: string): Ticks => {
    const own = ticked().get(id);
    if (own !== undefined) return own ? "true" : "false";
    const { tags: each, count } = props.what.subject;
    const having = each.filter((of) => of.some((tag) => tag.id === id)).length;
    if (having === 0) return "false";
    return having === count ? "true" : "mixed";
  };
  function toggle(tag: TagView): void {
    const on = stateOf(tag.id) !== "true";
    setTicked((before) => new Map(before).set(tag.id, on));
    const { id, name, hue } = tag;
    const act = { do: "tag", tag: id, on } as const;
    doAct(props.what.scene, props.what.subject, act, { name, tag: { id, name, hue } });
  }
  async function create(): Promise<void> {
    const name = fresh();
    if (name === undefined) return;
    const answer = await api.run("saveLabel", { kind: "tag", name }).catch(() => undefined);
    // Typed faster than the tags were read: one of that name is meant.
    const id = answer?.id;
    if (id === undefined)
      return say(answer?.ok === false ? triageWords.problem[answer.problem] : triageWords.failed);
    const hue = tags().find((tag) => tag.id === id)?.hue ?? 250;
    toggle({ id, name, hue });
    clear();
  }
  function clear(): void {
    setText("");
    if (input !== undefined) input.value = "";
    input?.focus();
  }
  function onFilterKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") move(0);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter") {
      const [first] = found();
      if (text() === "") closeDialog(input);
      else if (first === undefined) void create();
      else {
        toggle(first);
        clear();
      }
    } else return;
    event.preventDefault();
  }
  const boxes = (): HTMLElement[] => [...(group?.querySelectorAll<HTMLElement>("button") ?? [])];
  function move(to: number): void {
    boxes().at(to)?.focus();
  }
  function onGroupKey(event: KeyboardEvent): void {
    const at = boxes().indexOf(document.activeElement as HTMLElement);
    if (event.key === "ArrowDown") move((at + 1) % boxes().length);
    else if (event.key === "ArrowUp" && at > 0) move(at - 1);
    else if (event.key === "ArrowUp") input?.focus();
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(-1);
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey)
      return input?.focus();
    else return;
    event.preventDefault();
  }

  return (
    <Dialog
      title={triageWords.tag}
      class="picker"
      onClose={endPicking}
      actions={
        <button
          type="button"
          class="button primary"
          onClick={(event) => closeDialog(event.currentTarget)}
        >
          {triageWords.done}
        </button>
      }
    >
      <input
        ref={input}
        class="field"
        type="text"
        aria-label={triageWords.filterTags}
        placeholder={triageWords.filterTags}
        autocomplete="off"
        maxlength={200}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onFilterKey}
      />
      <div
        ref={group}
        class="picker-list"
        role="group"
        aria-label={triageWords.tags}
        onKeyDown={onGroupKey}
      >
        <For each={found()}>
          {(tag) => (
            <button
              type="button"
              class="picker-item"
              role="checkbox"
              aria-checked={stateOf(tag.id)}
              aria-label={tag.name}
              style={{ "--depth": text() === "" ? tag.depth : 0, "--hue": tag.hue }}
              onClick={() => toggle(tag)}
            >
              <span class="check" />
              <bdi class="tag-chip">{tag.name}</bdi>
            </button>
          )}
        </For>
        <Show when={fresh()}>
          {(name) => (
            <button type="button" class="picker-item" onClick={() => void create()}>
              <span class="picker-icon">
                <ToolIcon name="add" />
              </span>
              <bdi>{triageWords.newTagNamed(name())}</bdi>
            </button>
          )}
        </Show>
        <Show when={tags().length === 0 && fresh() === undefined}>
          <p class="picker-none">{triageWords.noTags}</p>
        </Show>
      </div>
    </Dialog>
  );
}
