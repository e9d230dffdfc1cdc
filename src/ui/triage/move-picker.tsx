/** Where to: a mailbox, a folder, or a new one; typing finds it. */
import type { JSX } from "solid-js";
import type { LabelView } from "../../api/contract.ts";
import { labelName } from "../../mail/label.ts";
import { useApp } from "../context.ts";
import { say } from "../parts/toast.tsx";
import { createQuery } from "../query.ts";
import { mailboxName } from "../words.ts";
import { triageWords } from "../words/triage.ts";
import { type Choice, choiceOf, ChoicePicker } from "./choice-picker.tsx";
import { folded } from "./fold.ts";
import { doAct } from "./perform.ts";
import type { Picking } from "./picking.ts";

const MAILBOXES = ["inbox", "archive", "spam", "trash"] as const;

export function MovePicker(props: { what: Picking }): JSX.Element {
  const { api } = useApp();
  const labels = createQuery(api, "labels", () => null);
  const folders = (): LabelView[] => labels.value?.filter(({ kind }) => kind === "folder") ?? [];
  const choices = (): Choice[] => {
    const here = props.what.scene.place();
    const all: Choice[] = [
      ...folders().map(choiceOf),
      ...MAILBOXES.map((id): Choice => ({ id, text: mailboxName[id], icon: id, depth: 0 })),
    ];
    return all.filter(({ id }) => id !== here && `folder:${id}` !== here);
  };
  const another = (typed: string): Choice | undefined => {
    const name = labelName(typed);
    if (name === undefined || folders().some((label) => folded(label.name) === folded(name)))
      return undefined;
    return { id: undefined, text: triageWords.newFolderNamed(name), icon: "add", depth: 0 };
  };
  async function take(choice: Choice, typed: string): Promise<void> {
    const { scene, subject } = props.what;
    const name = choice.id === undefined ? (labelName(typed) ?? "") : choice.text;
    const to = choice.id ?? (await made(name));
    if (to === undefined) return;
    const isOwn = choice.id === undefined || choice.icon === "folder";
    doAct(scene, subject, { do: "move", to }, isOwn ? { name, folder: name } : {});
  }
  async function made(name: string): Promise<string | undefined> {
    const answer = await api.run("saveLabel", { kind: "folder", name }).catch(() => undefined);
    // Typed faster than the folders were read: it is there already, and meant.
    if (answer?.id !== undefined) return answer.id;
    say(answer?.ok === false ? triageWords.problem[answer.problem] : triageWords.failed);
    return undefined;
  }
  return (
    <ChoicePicker
      title={triageWords.moveTo}
      label={triageWords.filterFolders}
      choices={choices()}
      another={another}
      onTake={(choice, typed) => void take(choice, typed)}
    />
  );
}
