/**
 * A port to a worker that may hang. It is asked now and then whether it still listens; one that does not is stopped,
 * which ends its transactions and gives its locks back, and another takes its place: what was subscribed to is
 * subscribed to again, and commands without an answer fail. Nothing else would help: a worker that hangs inside a
 * transaction holds up the database for every tab.
 */
import type { Port } from "./client.ts";
import type { FromWorker, ToWorker } from "./contract.ts";

const BEAT_MS = 1500;
/** Askings without an answer, each on time: a tick that comes late says that this page was held up itself. */
const MISSES = 4;

/** What is needed of a Worker. */
export interface Stoppable extends Port {
  terminate(): void;
}

/** `open` makes a worker and tells it what a new one has to know. */
export function createRevivingPort(open: () => Stoppable): Port {
  const listeners = new Set<(event: { data: FromWorker }) => void>();
  const subscriptions = new Map<number, ToWorker>();
  const running = new Set<number>();
  let misses = 0;
  /** Before its first word it may still be on its way over a slow network. */
  let hasSpoken = false;
  let tickedAt = performance.now();
  let worker = connect();

  function connect(): Stoppable {
    const made = open();
    hasSpoken = false;
    made.addEventListener("message", ({ data }) => {
      if (made !== worker) return;
      hasSpoken = true;
      if (data.type === "pong") misses = 0;
      else tell(data);
    });
    return made;
  }

  function tell(data: FromWorker): void {
    if (data.type === "done" || data.type === "failed") running.delete(data.id);
    for (const listener of listeners) listener({ data });
  }

  function revive(): void {
    worker.terminate();
    misses = 0;
    worker = connect();
    for (const message of subscriptions.values()) worker.postMessage(message);
    for (const id of running) tell({ type: "failed", id, message: "the tab's worker hung" });
  }

  setInterval(() => {
    const now = performance.now();
    const onTime = now - tickedAt < BEAT_MS * 1.75;
    tickedAt = now;
    if (!onTime || !hasSpoken) misses = 0;
    if (misses >= MISSES) revive();
    misses++;
    worker.postMessage({ type: "ping" });
  }, BEAT_MS);

  return {
    postMessage(message) {
      if (message.type === "subscribe") subscriptions.set(message.id, message);
      if (message.type === "unsubscribe") subscriptions.delete(message.id);
      if (message.type === "run") running.add(message.id);
      worker.postMessage(message);
    },
    addEventListener(_type, listener) {
      listeners.add(listener);
    },
  };
}
