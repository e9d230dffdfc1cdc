import { createSignal, ErrorBoundary, Show, type JSX } from "solid-js";
import { BrokenPart } from "./broken-part.tsx";

/**
 * Around what is loaded late and stands beside the rest: where it fails it says so in a corner, and the page stays as it
 * was. With `onClose` it can be opened again, and is tried again then; without, it is missing until the next reload.
 */
export function Over(props: { onClose?: () => void; children: JSX.Element }): JSX.Element {
  return (
    <ErrorBoundary
      fallback={(error: unknown, reset) => {
        const [isClosed, setClosed] = createSignal(false);
        const close = (): void => {
          if (props.onClose === undefined) return void setClosed(true);
          props.onClose();
          reset();
        };
        return (
          <Show when={!isClosed()}>
            <BrokenPart error={error} onClose={close} />
          </Show>
        );
      }}
    >
      {props.children}
    </ErrorBoundary>
  );
}
