import { createSignal, Show, type Component, type JSX } from "solid-js";

export type Late<P extends object> = Component<P> & {
  /** Loads it before it is shown, so that showing it is at once. */
  ready: () => void;
  /** Loads it some seconds later: what may be wanted stays out of the way of what is. */
  soon: () => void;
};

/** ms */
const FIRST_MS = 5000;

/**
 * A component that is loaded when it is first shown. Solid's own `lazy` brings Suspense and resources with it, which
 * nothing here needs. A part that cannot be loaded throws where it stands, into the nearest error boundary, and is
 * asked for again the next time. `waiting`: what stands there meanwhile.
 */
export function late<P extends object>(
  load: () => Promise<Component<P>>,
  waiting?: () => JSX.Element,
): Late<P> {
  const [loaded, setLoaded] = createSignal<Component<P>>();
  const [failure, setFailure] = createSignal<unknown>();
  let loading: Promise<void> | undefined;
  const begin = (): void => {
    setFailure(undefined);
    loading ??= load().then(
      (component) => void setLoaded(() => component),
      (error: unknown) => {
        loading = undefined;
        setFailure(error);
      },
    );
  };
  function Part(props: P): JSX.Element {
    begin();
    return (
      <Show when={loaded()} fallback={rethrown(failure()) ?? waiting?.()}>
        {(component) => {
          const Loaded = component();
          return <Loaded {...props} />;
        }}
      </Show>
    );
  }
  const soon = (): void => void setTimeout(begin, FIRST_MS);
  return Object.assign(Part, { ready: begin, soon });
}

function rethrown(error: unknown): JSX.Element {
  if (error !== undefined) throw error;
  return undefined;
}
