import { Show, type JSX } from "solid-js";
import type { LabelView } from "../../api/contract.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { say } from "../parts/toast.tsx";
import { hrefOfPlace } from "../route.ts";
import { CancelButton } from "../triage/cancel-button.tsx";
import { closeDialog } from "../parts/close-dialog.ts";
import { undo } from "../triage/acts.ts";
import { triageWords } from "../words/triage.ts";

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
    act(api, "deleteLabel", { id });
    if (location.hash === hrefOfPlace(`${kind}:${id}`)) location.hash = "#/inbox";
    const back = { label: triageWords.undo, act: () => void undo(api, undefined) };
    say(triageWords.deleted(name), [back]);
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
