/**
 * Composition root of the worker, one per tab, all alike: opens the account, serves queries and commands at once, and
 * stands in the queue for the lock; whoever holds it runs the engine. What an account answers is loaded with the
 * account, the engine with the lock: the sign-in page waits for neither.
 */
import type { CommandName, FromWorker, ToWorker } from "./api/contract.ts";
import { createApiServer, type ServedQuery } from "./api/server.ts";
import { createSessions } from "./engine/sessions.ts";

/** What a worker's global is to us; the page's own types call it a Window. */
const port = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
};

let stopListening: (() => void) | undefined;

const sessions = createSessions((reset) => {
  if (reset) {
    stopListening?.();
    stopListening = sessions.open?.context.bus.onTopics((topics, urgent) =>
      api.touch(topics, urgent),
    );
    api.touchAll();
  } else {
    api.touch(["session"], true);
  }
});

/** Commands about who is signed in; they work without an open account. */
const SESSION_COMMANDS: Partial<Record<CommandName, (args: never) => Promise<unknown>>> = {
  signIn: (args) => sessions.signIn(args),
  signInAgain: (args) => sessions.signInAgain(args),
  cancelSignIn: async () => sessions.cancelSignIn(),
  signOut: () => sessions.signOut(),
  leaveAccount: () => sessions.leaveAccount(),
  discardLeftOver: () => sessions.discardLeftOver(),
  reconnect: async () => tryNow(),
};

const api = createApiServer(
  {
    query(name): ServedQuery | undefined {
      if (name === "session") return { topics: ["session"], run: async () => sessions.view() };
      const account = sessions.open;
      if (account === undefined) return undefined;
      const { topics, run } = account.queries[name];
      return { topics, run: (args) => run(account.context, args) };
    },
    command(name) {
      const ofSession = SESSION_COMMANDS[name];
      if (ofSession !== undefined) return ofSession;
      const account = sessions.open;
      // What an ended session left can be had without signing in again.
      if (account === undefined && name === "exportMail")
        return async () => {
          const { exportMail } = await import("./engine/commands/export-mail.ts");
          return sessions.readLeftOver(exportMail);
        };
      const load = account?.commands[name];
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
