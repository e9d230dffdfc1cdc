/**
 * A port to a worker that may hang. It is asked now and then whether it still listens; one that does not is stopped,
 * which ends its transactions and gives its locks back, and another takes its place: what was subscribed to is
 * subscribed to again, and commands without an answer fail. Nothing else would help: a worker that hangs inside a
 * transaction holds up the database for every tab. One that could not load a part of the app, as when the network went
 * right after the sign-in, is replaced as soon as parts can be had: browsers remember for a worker's life what failed.
 */
import type { Port } from "./client.ts";
import type { FromWorker, ToWorker } from "./contract.ts";

const BEAT_MS = 1500;
/** Askings without an answer; a tick that comes late does not count: this page was held up itself, or the machine is. */
const MISSES = 4;

/** From one replacement for want of a part to the next, ever longer. ms */
const [FIRST_WAIT_MS, LAST_WAIT_MS] = [1000, 60_000];

/** What is needed of a Worker. */
export interface Stoppable extends Port {
  terminate(): void;
}

/** `open` makes a worker and tells it what a new one has to know; `hasParts`: the web server gives parts of this version. */
export function createRevivingPort(open: () => Stoppable, hasParts: () => Promise<boolean>): Port {
  const listeners = new Set<(event: { data: FromWorker }) => void>();
  const subscriptions = new Map<number, ToWorker>();
  const running = new Set<number>();
  let misses = 0;
  let waitMs = FIRST_WAIT_MS;
  let lame: Stoppable | undefined;
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
      else if (data.type === "part-missing") void replaceLame();
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

  async function replaceLame(): Promise<void> {
    if (lame === worker) return;
    lame = worker;
    while (lame === worker) {
      const ms = waitMs;
      waitMs = Math.min(LAST_WAIT_MS, waitMs * 2);
      await new Promise((resolve) => {
        setTimeout(resolve, ms);
        addEventListener("online", resolve, { once: true });
      });
      if (lame === worker && (await hasParts()) && lame === worker) revive();
    }
  }

  setInterval(() => {
    const now = performance.now();
    const onTime = now - tickedAt < BEAT_MS * 1.75;
    tickedAt = now;
    if (!hasSpoken) misses = 0;
    else if (onTime && misses++ >= MISSES) revive();
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
