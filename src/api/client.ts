/** The page's half of the contract: typed `subscribe` and `run` over one port. */
import type {
  CommandName,
  Commands,
  FromWorker,
  Queries,
  QueryName,
  ToWorker,
} from "./contract.ts";

/** What the client needs of a Worker or MessagePort. */
export interface Port {
  postMessage(message: ToWorker): void;
  addEventListener(type: "message", listener: (event: { data: FromWorker }) => void): void;
}

export interface ApiClient {
  /** Calls `onAnswer` with every answer until the returned function is called. */
  subscribe<Q extends QueryName>(
    query: Q,
    args: Queries[Q]["args"],
    onAnswer: (view: Queries[Q]["view"]) => void,
    onError?: (message: string) => void,
  ): () => void;
  /** Asks before anybody listens: whoever subscribes to the same soon gets the answer at once. */
  askAhead<Q extends QueryName>(query: Q, args: Queries[Q]["args"]): void;
  /** Rejects with an Error whose message is technical text; expected refusals are part of the result. */
  run<C extends CommandName>(command: C, args: Commands[C]["args"]): Promise<Commands[C]["result"]>;
  tell(message: Extract<ToWorker, { type: "visibility" | "online" | "start" }>): void;
}

type Listener = {
  onAnswer: (view: never) => void;
  onError?: ((message: string) => void) | undefined;
};
/** A subscription without a listener. */
type Ahead = { id: number; what: string; answer?: { value: unknown } };
type Waiting = { resolve: (value: never) => void; reject: (error: Error) => void };

/** Whoever has not come by then asks something else. ms */
const AHEAD_MS = 5000;

/** Makes the client on a port. Ids are per client and never reused. */
export function createApiClient(port: Port): ApiClient {
  let lastId = 0;
  const listeners = new Map<number, Listener>();
  const waiting = new Map<number, Waiting>();
  let ahead: Ahead | undefined;

  function stop(id: number): void {
    if (listeners.delete(id)) port.postMessage({ type: "unsubscribe", id });
  }

  /** The id of what was asked ahead, if it is this. */
  function taken(what: string): number | undefined {
    const { id, answer } = ahead?.what === what ? ahead : {};
    if (id === undefined) return undefined;
    ahead = undefined;
    if (answer !== undefined)
      queueMicrotask(() => listeners.get(id)?.onAnswer(answer.value as never));
    return id;
  }

  port.addEventListener("message", ({ data }) => {
    switch (data.type) {
      case "pong":
      case "part-missing":
        return;
      case "answer":
        listeners.get(data.id)?.onAnswer(data.value as never);
        return;
      case "query-error":
        listeners.get(data.id)?.onError?.(data.message);
        return;
      case "done":
        waiting.get(data.id)?.resolve(data.value as never);
        waiting.delete(data.id);
        return;
      case "failed":
        waiting.get(data.id)?.reject(new Error(data.message));
        waiting.delete(data.id);
        return;
    }
  });

  return {
    subscribe(query, args, onAnswer, onError) {
      const known = taken(JSON.stringify([query, args]));
      const id = known ?? ++lastId;
      listeners.set(id, { onAnswer: onAnswer as (view: never) => void, onError });
      if (known === undefined) port.postMessage({ type: "subscribe", id, query, args });
      return () => stop(id);
    },
    askAhead(query, args) {
      const what = JSON.stringify([query, args]);
      if (ahead?.what === what) return;
      if (ahead !== undefined) stop(ahead.id);
      const id = ++lastId;
      const asked: Ahead = { id, what };
      ahead = asked;
      listeners.set(id, { onAnswer: (value) => void (asked.answer = { value }) });
      port.postMessage({ type: "subscribe", id, query, args });
      setTimeout(() => {
        if (ahead !== asked) return;
        ahead = undefined;
        stop(id);
      }, AHEAD_MS);
    },
    run(command, args) {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (value: never) => void, reject });
        port.postMessage({ type: "run", id, command, args });
      });
    },
    tell(message) {
      port.postMessage(message);
    },
  };
}
