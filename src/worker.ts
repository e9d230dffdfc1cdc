/**
 * Composition root of the worker, one per tab, all alike: opens the account, serves queries and commands at once, and
 * stands in the queue for the lock; whoever holds it runs the engine. What an account answers is loaded with the
 * account, the engine with the lock: the sign-in page waits for neither.
 */
import type {
  CommandName,
  Commands,
  FromWorker,
  StatusView,
  ToWorker,
  WindowView,
} from "./api/contract.ts";
import { createApiServer, type ServedQuery } from "./api/server.ts";
import { createSessions } from "./engine/sessions.ts";

/** What a worker's global is to us; the page's own types call it a Window. */
const port = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
};

/** The database may still say "connected": what stopped the engine may have kept it from saying anything else. */
const STANDS_STILL: StatusView = {
  connection: { state: "offline" },
  sync: { state: "waiting", done: 0, mail: 0 },
};

let stopListening: (() => void) | undefined;

const sessions = createSessions(
  (reset) => {
    if (reset) {
      stopListening?.();
      stopListening = sessions.open?.context.bus.onTopics((topics, urgent) =>
        api.touch(topics, urgent),
      );
      api.touchAll();
    } else {
      api.touch(["session"], true);
    }
  },
  () => api.touch(["troubles", "status"], true),
  () => port.postMessage({ type: "part-missing" }),
);

// Requests of a transaction that was aborted fail one by one after it; whoever began it is told once, by the store.
addEventListener("unhandledrejection", (event) => {
  const reason: unknown = event.reason;
  const isOfStorage =
    reason instanceof DOMException && /^(Abort|QuotaExceeded|InvalidState)/.test(reason.name);
  if (isOfStorage) event.preventDefault();
});

/** Commands about who is signed in; they work without an open account. */
const SESSION_COMMANDS: {
  [C in CommandName]?: (args: Commands[C]["args"]) => Promise<unknown>;
} = {
  prepareSignIn: async () => sessions.prepare(),
  signIn: (args) => sessions.signIn(args),
  signInAgain: (args) => sessions.signInAgain(args),
  cancelSignIn: async () => sessions.cancelSignIn(),
  signOut: () => sessions.signOut(),
  leaveAccount: () => sessions.leaveAccount(),
  discardLeftOver: () => sessions.discardLeftOver(),
  dismissTrouble: async ({ kind }) => sessions.open?.troubles.clear(kind),
  reconnect: async () => tryNow(),
};

const api = createApiServer(
  {
    query(name): ServedQuery | undefined {
      if (name === "session") return { topics: ["session"], run: async () => sessions.view() };
      const account = sessions.open;
      if (account === undefined) return undefined;
      if (name === "troubles")
        return { topics: ["troubles"], run: async () => account.troubles.list() };
      if (name === "status" && account.troubles.standsStill())
        return { topics: ["status"], run: async () => STANDS_STILL };
      const { topics, run } = account.query(name);
      return {
        topics,
        run: async (args) => {
          const view = await run(account.context, args);
          if (name === "window") account.answered((view as WindowView).rows.length > 0);
          return view;
        },
      };
    },
    command(name) {
      const ofSession = SESSION_COMMANDS[name];
      if (ofSession !== undefined) return ofSession as (args: never) => Promise<unknown>;
      const account = sessions.open;
      // What an ended session left can be had without signing in again.
      if (account === undefined && name === "exportMail")
        return async (args) => {
          const { exportMail } = await import("./engine/commands/export-mail.ts");
          return sessions.readLeftOver((context) => exportMail(context, args));
        };
      const load = account?.command(name);
      if (account === undefined || load === undefined) return undefined;
      return async (args) => (await load())(account.context, args);
    },
  },
  (message) => port.postMessage(message),
);

function tryNow(): void {
  sessions.open?.tryNow();
}

port.addEventListener("message", ({ data }) => {
  switch (data.type) {
    case "start":
      sessions.start(data).catch((error: unknown) => {
        console.error("start:", error instanceof Error ? error.message : error);
      });
      return;
    case "ping":
      port.postMessage({ type: "pong" });
      return;
    case "visibility":
      sessions.setStance(data.stance);
      return;
    case "online":
      sessions.open?.wake(data.online ? "online" : "offline");
      return;
    default:
      api.receive(data);
  }
});
