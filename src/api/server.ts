/**
 * The worker's half of the contract. A subscription is a query that is run again, whole, when one of its topics is
 * touched; answers equal to the last one are not sent. While much changes at once (synchronising) a query runs at
 * most every PACE_MS; what a person just did is shown at once.
 */
import type { CommandName, FromWorker, QueryName, ToWorker } from "./contract.ts";

const PACE_MS = 120;

export type ServedQuery = {
  topics: readonly string[];
  run: (args: never) => Promise<unknown>;
};

export type Served = {
  query: (name: QueryName) => ServedQuery | undefined;
  command: (name: CommandName) => ((args: never) => Promise<unknown>) | undefined;
};

export interface ApiServer {
  /** Runs the subscriptions again that depend on one of the topics. */
  touch(topics: readonly string[], urgent: boolean): void;
  /** Everything changed: another account, or none. */
  touchAll(): void;
  receive(message: ToWorker): void;
}

type Subscription = {
  id: number;
  name: QueryName;
  args: unknown;
  /** By a clock that nobody sets. */
  lastRunAt: number;
  lastAnswer: string | undefined;
  running: boolean;
  /** Touched while it ran: what it read may be out of date. */
  again: "no" | "paced" | "urgent";
  timer: ReturnType<typeof setTimeout> | undefined;
};

/** Serves queries and commands. `served` is asked at each run, so it may change with the account. */
export function createApiServer(served: Served, post: (message: FromWorker) => void): ApiServer {
  const subscriptions = new Map<number, Subscription>();

  async function run(sub: Subscription, urgent: boolean): Promise<void> {
    clearTimeout(sub.timer);
    sub.timer = undefined;
    if (sub.running) {
      sub.again = urgent || sub.again === "urgent" ? "urgent" : "paced";
      return;
    }
    sub.running = true;
    sub.lastRunAt = performance.now();
    try {
      const value = await served.query(sub.name)?.run(sub.args as never);
      if (value !== undefined && subscriptions.has(sub.id)) answer(sub, value);
    } catch (error) {
      post({ type: "query-error", id: sub.id, message: technicalText(error) });
    } finally {
      sub.running = false;
      const { again } = sub;
      sub.again = "no";
      if (again !== "no") schedule(sub, again === "urgent");
    }
  }

  function answer(sub: Subscription, value: unknown): void {
    const text = comparable(value);
    if (text !== undefined && text === sub.lastAnswer) return;
    sub.lastAnswer = text;
    post({ type: "answer", id: sub.id, value });
  }

  function schedule(sub: Subscription, urgent: boolean): void {
    const wait = urgent ? 0 : sub.lastRunAt + PACE_MS - performance.now();
    if (wait <= 0) void run(sub, urgent);
    else sub.timer ??= setTimeout(() => void run(sub, false), wait);
  }

  async function runCommand(id: number, name: CommandName, args: unknown): Promise<void> {
    try {
      const command = served.command(name);
      if (command === undefined) throw new Error(`"${name}" needs an account that is signed in`);
      const value = await command(args as never);
      post({ type: "done", id, value: value ?? null });
    } catch (error) {
      post({ type: "failed", id, message: technicalText(error) });
    }
  }

  return {
    touch(topics, urgent) {
      for (const sub of subscriptions.values()) {
        const depends = served.query(sub.name)?.topics.some((t) => topics.includes(t)) ?? false;
        if (depends) schedule(sub, urgent);
      }
    },
    touchAll() {
      for (const sub of subscriptions.values()) schedule(sub, true);
    },
    receive(message) {
      switch (message.type) {
        case "subscribe": {
          const { id, query: name, args } = message;
          const sub: Subscription = {
            id,
            name,
            args,
            lastRunAt: 0,
            lastAnswer: undefined,
            running: false,
            again: "no",
            timer: undefined,
          };
          subscriptions.set(id, sub);
          void run(sub, true);
          return;
        }
        case "unsubscribe":
          clearTimeout(subscriptions.get(message.id)?.timer);
          subscriptions.delete(message.id);
          return;
        case "run":
          void runCommand(message.id, message.command, message.args);
          return;
        default:
          return;
      }
    },
  };
}

/** JSON of an answer; bytes are compared by length only (avatars change rarely and by topic). */
function comparable(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Uint8Array ? `bytes:${part.byteLength}` : part,
  );
}

function technicalText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${error.name}: ${error.message}${cause}`;
}
