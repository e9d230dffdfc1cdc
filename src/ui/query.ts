/** Queries as reactive values. The one place that knows Solid's store. */
import { createEffect, createSignal, onCleanup, untrack } from "solid-js";
import { createStore, reconcile, unwrap } from "solid-js/store";
import type { ApiClient } from "../api/client.ts";
import type { Queries, QueryName } from "../api/contract.ts";

export type QueryState<V> = {
  /** Undefined until the first answer. */
  value: V | undefined;
  error: string | undefined;
};

/**
 * Subscribes while the owner lives; resubscribes when the arguments change. Rows keep their identity by `key`, so only
 * what changed is drawn again. Arguments undefined: nothing is asked. `reset` decides whether the old value may stand
 * until the new arguments are answered (default: it may not).
 */
export function createQuery<Q extends QueryName>(
  api: ApiClient,
  name: Q,
  args: () => Queries[Q]["args"] | undefined,
  options: {
    key?: string;
    initial?: Queries[Q]["view"] | undefined;
    keeps?: (before: Queries[Q]["args"], now: Queries[Q]["args"]) => boolean;
  } = {},
): QueryState<Queries[Q]["view"]> {
  type View = Queries[Q]["view"];
  const [state, setState] = createStore<QueryState<View>>({
    value: options.initial,
    error: undefined,
  });
  let asked: Queries[Q]["args"] | undefined;
  createEffect(() => {
    const now = args();
    if (now === undefined) {
      setState("value", undefined as never);
      return;
    }
    untrack(() => {
      if (asked !== undefined && options.keeps?.(asked, now) !== true)
        setState("value", undefined as never);
    });
    asked = now;
    const stop = api.subscribe(
      name,
      now,
      (view) => setState("value", reconcile(view as never, { key: options.key ?? "id" })),
      (message) => setState("error", message),
    );
    onCleanup(stop);
  });
  return state;
}

/** A plain copy of a query's value, to keep or to send. */
export function plain<V>(value: V): V {
  return unwrap(value);
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

/** The time now, told again every minute: list times change by themselves. */
export function createMinute(): () => number {
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), 60_000);
  onCleanup(() => clearInterval(timer));
  return now;
}
