/** Queries as reactive values. The one place that knows Solid's store, which nothing needs before the first rows. */
import { createStore, reconcile } from "solid-js/store";
import type { ApiClient } from "../api/client.ts";
import type { Queries, QueryName } from "../api/contract.ts";
import { type Keeps, type QueryState, subscribe } from "./answer.ts";

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
