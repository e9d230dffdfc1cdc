import { createUniqueId, onMount, type JSX } from "solid-js";
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
  onMount(() => element?.showModal());
  return (
    <dialog
      ref={element}
      class={`dialog ${props.class ?? ""}`}
      aria-labelledby={id}
      onClose={() => props.onClose()}
      onClick={(event) => {
        if (event.target === element) element?.close();
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
