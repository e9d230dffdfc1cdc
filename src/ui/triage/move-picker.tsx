/** Where to: a mailbox, a folder, or a new one; typing finds it. */
import { createMemo, createSignal, createUniqueId, For, onMount, type JSX } from "solid-js";
import type { LabelView } from "../../api/contract.ts";
import { labelName } from "../../mail/label.ts";
import { useApp } from "../context.ts";
import type { IconName } from "../parts/icon.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { say } from "../parts/toast.tsx";
import { createQuery } from "../query.ts";
import { mailboxName } from "../words.ts";
import { triageWords } from "../words/triage.ts";
import { closeDialog } from "./close-dialog.ts";
import { folded } from "./fold.ts";
import { ToolIcon } from "./icons.tsx";
import { doAct } from "./perform.ts";
import { endPicking, type Picking } from "./picking.ts";

type Choice = {
  key: string;
  text: string;
  icon: IconName | "folder" | "add";
  depth: number;
  hue?: number;
  /** A FolderId; a new folder's is not known yet. */
  to: string | undefined;
};

const MAILBOXES = ["inbox", "archive", "spam", "trash"] as const;

export function MovePicker(props: { what: Picking }): JSX.Element {
  const { api } = useApp();
  const labels = createQuery(api, "labels", () => null);
  const [text, setText] = createSignal("");
  const [active, setActive] = createSignal(0);
  const id = createUniqueId();
  let input: HTMLInputElement | undefined;
  onMount(() => input?.focus());

  const folders = (): LabelView[] => labels.value?.filter(({ kind }) => kind === "folder") ?? [];
  const choices = createMemo((): Choice[] => {
    const wanted = folded(text());
    const here = props.what.scene.place();
    const all: Choice[] = [
      ...folders().map(asChoice),
      ...MAILBOXES.map((to): Choice => ({
        key: to,
        text: mailboxName[to],
        icon: to,
        depth: 0,
        to,
      })),
    ].filter(({ to }) => to !== here && `folder:${to}` !== here);
    const name = labelName(text());
    const isNew =
      name !== undefined && folders().every((label) => folded(label.name) !== folded(name));
    const found = all.filter((choice) => folded(choice.text).includes(wanted));
    // What begins so comes first.
    if (wanted !== "")
      found.sort((a, b) => Number(isFirst(b, wanted)) - Number(isFirst(a, wanted)));
    const create: Choice = {
      key: "new",
      text: triageWords.newFolderNamed(name ?? ""),
      icon: "add",
      depth: 0,
      to: undefined,
    };
    return isNew ? [...found, create] : found;
  });
  const at = () => Math.min(active(), choices().length - 1);

  async function take(choice: Choice | undefined): Promise<void> {
    if (choice === undefined) return;
    const { scene, subject } = props.what;
    const name = choice.to === undefined ? (labelName(text()) ?? "") : choice.text;
    closeDialog(input ?? null);
    const to = choice.to ?? (await made(name));
    if (to === undefined) return;
    const isOwn = choice.to === undefined || choice.icon === "folder";
    doAct(scene, subject, { do: "move", to }, isOwn ? { name, folder: name } : {});
  }
  async function made(name: string): Promise<string | undefined> {
    const answer = await api.run("saveLabel", { kind: "folder", name }).catch(() => undefined);
    if (answer?.ok === true) return answer.id;
    say(answer === undefined ? triageWords.failed : triageWords.problem[answer.problem]);
    return undefined;
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const steps: Record<string, () => void> = {
      ArrowDown: () => setActive((at() + 1) % choices().length),
      ArrowUp: () => setActive((at() - 1 + choices().length) % choices().length),
      Enter: () => void take(choices()[at()]),
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
    document.getElementById(`${id}-${at()}`)?.scrollIntoView({ block: "nearest" });
  }

  return (
    <Dialog title={triageWords.moveTo} class="picker" onClose={endPicking}>
      <input
        ref={input}
        class="field"
        role="combobox"
        aria-label={triageWords.filterFolders}
        aria-expanded="true"
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={choices().length > 0 ? `${id}-${at()}` : undefined}
        autocomplete="off"
        maxlength={200}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={id} class="picker-list" role="listbox" aria-label={triageWords.moveTo}>
        <For each={choices()}>
          {(choice, index) => (
            <li
              id={`${id}-${index()}`}
              class="picker-item"
              role="option"
              aria-selected={index() === at()}
              style={{ "--depth": text() === "" ? choice.depth : 0, "--hue": choice.hue ?? 0 }}
              onPointerMove={() => setActive(index())}
              onClick={() => void take(choice)}
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

function asChoice({ id, name, hue, depth }: LabelView): Choice {
  return { key: id, text: name, icon: "folder", depth, hue, to: id };
}

function isFirst(choice: Choice, wanted: string): boolean {
  return folded(choice.text).startsWith(wanted);
}
