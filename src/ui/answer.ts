/** Answers of the worker as reactive values, each as it came. What keeps parts of the one before is in query.ts. */
import { createEffect, createSignal, onCleanup, untrack } from "solid-js";
import type { ApiClient } from "../api/client.ts";
import type { Queries, QueryName } from "../api/contract.ts";

export type QueryState<V> = {
  /** Undefined until the first answer. */
  value: V | undefined;
  error: string | undefined;
};

export type Keeps<Q extends QueryName> = (
  before: Queries[Q]["args"],
  now: Queries[Q]["args"],
) => boolean;

/** A small value that is drawn whole: told again where anything of it changed. Its `error` is nobody's. */
export function createView<Q extends QueryName>(
  api: ApiClient,
  name: Q,
  args: () => Queries[Q]["args"] | undefined,
): { readonly value: Queries[Q]["view"] | undefined } {
  type View = Queries[Q]["view"];
  const [view, setView] = createSignal<View | undefined>(undefined, { equals: isSame });
  subscribe(api, name, args, {
    keeps: undefined,
    onValue: (value) => setView(() => value),
    onError: () => undefined,
  });
  return {
    get value() {
      return view();
    },
  };
}

/** Of plain data. */
function isSame(before: unknown, now: unknown): boolean {
  return before === now || JSON.stringify(before) === JSON.stringify(now);
}

/** Each answer as it came, never changed: for who compares it by himself, as a long list does. */
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
export function subscribe<Q extends QueryName>(
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
