/** Queries as reactive values. The one place that knows Solid's store. */
import { createEffect, createSignal, onCleanup, untrack } from "solid-js";
import { createStore, reconcile } from "solid-js/store";
import type { ApiClient } from "../api/client.ts";
import type { Queries, QueryName } from "../api/contract.ts";

export type QueryState<V> = {
  /** Undefined until the first answer. */
  value: V | undefined;
  error: string | undefined;
};

type Keeps<Q extends QueryName> = (before: Queries[Q]["args"], now: Queries[Q]["args"]) => boolean;

/**
 * Subscribes while the owner lives; resubscribes when the arguments change. Rows keep their identity by `key`, so only
 * what changed is drawn again. Arguments undefined: nothing is asked. `keeps` decides whether the old value may stand
 * until the new arguments are answered (default: it may not).
 */
export function createQuery<Q extends QueryName>(
  api: ApiClient,
  name: Q,
  args: () => Queries[Q]["args"] | undefined,
  options: { key?: string; keeps?: Keeps<Q> } = {},
): QueryState<Queries[Q]["view"]> {
  type View = Queries[Q]["view"];
  const [state, setState] = createStore<QueryState<View>>({ value: undefined, error: undefined });
  subscribe(api, name, args, {
    keeps: options.keeps,
    onValue: (view) =>
      setState(
        "value",
        view === undefined
          ? (undefined as never)
          : reconcile(view as never, { key: options.key ?? "id" }),
      ),
    onError: (message) => setState("error", message),
  });
  return state;
}

/** The same with each answer as it came, never changed: for who compares it by himself, as a long list does. */
export function createAnswer<Q extends QueryName>(
  api: ApiClient,
  name: Q,
  args: () => Queries[Q]["args"],
  options: { initial?: Queries[Q]["view"] | undefined; keeps?: Keeps<Q> } = {},
): () => Queries[Q]["view"] | undefined {
  const [view, setView] = createSignal(options.initial);
  subscribe(api, name, args, {
    keeps: options.keeps,
    onValue: (value) => setView(() => value),
    onError: () => undefined,
  });
  return view;
}

/** Where the old value may stand, arguments that change faster than they are answered wait: the last of them are asked. */
function subscribe<Q extends QueryName>(
  api: ApiClient,
  name: Q,
  args: () => Queries[Q]["args"] | undefined,
  handlers: {
    keeps: Keeps<Q> | undefined;
    onValue: (view: Queries[Q]["view"] | undefined) => void;
    onError: (message: string) => void;
  },
): void {
  let asked: Queries[Q]["args"] | undefined;
  let isOpen = false;
  let next: Queries[Q]["args"] | undefined;
  let stop: (() => void) | undefined;
  const answered = (): void => {
    isOpen = false;
    if (next !== undefined) ask(next);
  };
  function ask(now: Queries[Q]["args"]): void {
    stop?.();
    asked = now;
    next = undefined;
    isOpen = true;
    stop = api.subscribe(
      name,
      now,
      (view) => {
        handlers.onValue(view);
        answered();
      },
      (message) => {
        handlers.onError(message);
        answered();
      },
    );
  }
  createEffect(() => {
    const now = args();
    untrack(() => {
      const mayStand =
        asked !== undefined && now !== undefined && handlers.keeps?.(asked, now) === true;
      if (!mayStand && (asked !== undefined || now === undefined)) handlers.onValue(undefined);
      if (mayStand && isOpen) next = now;
      else if (now !== undefined) ask(now);
      else {
        stop?.();
        [asked, next, stop] = [undefined, undefined, undefined];
      }
    });
  });
  onCleanup(() => stop?.());
}

/** The first answer of a query, once. */
export function readOnce<Q extends QueryName>(
  api: ApiClient,
  name: Q,
  args: Queries[Q]["args"],
): Promise<Queries[Q]["view"]> {
  return new Promise((resolve, reject) => {
    const stop = api.subscribe(
      name,
      args,
      (view) => {
        resolve(view);
        queueMicrotask(() => stop());
      },
      (message) => {
        reject(new Error(message));
        queueMicrotask(() => stop());
      },
    );
  });
}

/** As `readOnce`, but no error is the last word: a worker that lacks a part of the app is replaced, and the next one answers. */
export function readAtLast<Q extends QueryName>(
  api: ApiClient,
  name: Q,
  args: Queries[Q]["args"],
): Promise<Queries[Q]["view"]> {
  return new Promise((resolve) => {
    const stop = api.subscribe(name, args, (view) => {
      resolve(view);
      queueMicrotask(() => stop());
    });
  });
}

/** The time now, told again every minute: list times change by themselves. */
export function createMinute(): () => number {
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), 60_000);
  onCleanup(() => clearInterval(timer));
  return now;
}
