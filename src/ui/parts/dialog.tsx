import { createUniqueId, onCleanup, onMount, type JSX } from "solid-js";
import "./dialog.css";

/** A modal dialog on the platform's own element: it traps focus, closes on Escape and gives focus back. */
export function Dialog(props: {
  title: string;
  class?: string;
  onClose: () => void;
  children: JSX.Element;
  actions?: JSX.Element;
}): JSX.Element {
  const id = createUniqueId();
  let element: HTMLDialogElement | undefined;
  let isOver = false;
  /** At once: the event that says so comes when the browser has the time, and the next one may be open by then. */
  function leave(): void {
    if (close()) props.onClose();
  }
  /** Gives the focus back while the dialog is still there. */
  function close(): boolean {
    if (isOver) return false;
    isOver = true;
    element?.close();
    return true;
  }
  onMount(() => element?.showModal());
  onCleanup(close);
  return (
    <dialog
      ref={element}
      class={`dialog ${props.class ?? ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
      onClose={leave}
      onClick={(event) => {
        if (event.target === element) leave();
      }}
    >
      <div class="dialog-content">
        <h2 id={id}>{props.title}</h2>
        {props.children}
        <div class="dialog-actions">{props.actions}</div>
      </div>
    </dialog>
  );
}
