import { Show, type JSX } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { LabelView } from "../../api/contract.ts";
import { useApp } from "../context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { say } from "../parts/toast.tsx";
import { hrefOfPlace } from "../route.ts";
import { CancelButton } from "../triage/cancel-button.tsx";
import { closeDialog } from "../parts/close-dialog.ts";
import { triageWords, undoneText } from "../words/triage.ts";

/** That step and no other, however long its mail takes to move. */
async function takeBack(api: ApiClient, deleted: Promise<{ undo?: string }>): Promise<void> {
  try {
    const { undo } = await deleted;
    if (undo !== undefined) say(undoneText(await api.run("undo", { id: undo })));
  } catch {
    say(triageWords.failed);
  }
}

/** Says first what becomes of the mail, and of what stands inside. */
export function DeleteLabel(props: {
  label: LabelView;
  /** Labels directly in it. */
  inside: number;
  /** Conversations. */
  total: number;
  onClose: () => void;
}): JSX.Element {
  const { api } = useApp();
  function remove(event: MouseEvent & { currentTarget: HTMLElement }): void {
    const { id, kind, name } = props.label;
    closeDialog(event.currentTarget);
    const deleted = api.run("deleteLabel", { id });
    if (location.hash === hrefOfPlace(`${kind}:${id}`)) location.hash = "#/inbox";
    say(triageWords.deleted(name), [
      { label: triageWords.undo, act: () => void takeBack(api, deleted) },
    ]);
    deleted.catch(() => say(triageWords.failed));
  }
  return (
    <Dialog
      title={triageWords.deleteTitle(props.label.name)}
      onClose={() => props.onClose()}
      actions={
        <>
          <CancelButton />
          <button type="button" class="button danger" onClick={remove}>
            {triageWords.delete}
          </button>
        </>
      }
    >
      <p>
        {props.label.kind === "folder"
          ? triageWords.deleteFolder(props.total)
          : triageWords.deleteTag(props.total)}
      </p>
      <Show when={props.inside > 0}>
        <p>{triageWords.deleteInside(props.label.kind, props.inside)}</p>
      </Show>
    </Dialog>
  );
}
