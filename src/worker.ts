/**
 * Composition root of the worker, one per tab, all alike: opens the account, serves queries and commands at once, and
 * stands in the queue for the lock; whoever holds it runs the engine, which is loaded only then.
 */
import type { CommandName, FromWorker, QueryName, ToWorker } from "./api/contract.ts";
import { createApiServer, type ServedQuery } from "./api/server.ts";
import { createSessions } from "./engine/sessions.ts";
import type { AccountContext } from "./engine/context.ts";
import { readConversation, readNeighbours } from "./engine/queries/conversation.ts";
import { readMailboxes } from "./engine/queries/mailboxes.ts";
import { readAvatar, readPeopleLike } from "./engine/queries/people.ts";
import { readNotices, readStatus } from "./engine/queries/status.ts";
import { readWindow } from "./engine/queries/window.ts";
import { readDraft } from "./engine/queries/draft.ts";
import { countOnlyHere } from "./engine/commands/only-here.ts";
import { markRead, markUnread } from "./engine/commands/mark-read.ts";

/** What a worker's global is to us; the page's own types call it a Window. */
const port = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
};

type Query = {
  topics: readonly string[];
  run: (context: AccountContext, args: never) => Promise<unknown>;
};

const QUERIES: Record<Exclude<QueryName, "session">, Query> = {
  status: { topics: ["status"], run: readStatus },
  notices: { topics: ["notices"], run: readNotices },
  mailboxes: { topics: ["mail", "drafts"], run: readMailboxes },
  window: { topics: ["mail", "drafts", "people", "status"], run: readWindow },
  conversation: { topics: ["mail", "people"], run: readConversation },
  neighbours: { topics: ["mail"], run: readNeighbours },
  draft: { topics: ["drafts"], run: readDraft },
  people: { topics: ["people"], run: readPeopleLike },
  avatar: { topics: ["avatars"], run: readAvatar },
};

type Command = (context: AccountContext, args: never) => Promise<unknown>;

const exportMail = async () => (await import("./engine/commands/export-mail.ts")).exportMail;

/** Commands that write are loaded when first used: reading mail does not wait for them. */
const COMMANDS: Partial<Record<CommandName, () => Promise<Command>>> = {
  markRead: async () => markRead,
  markUnread: async () => markUnread,
  beginDraft: async () => (await import("./engine/commands/drafts.ts")).beginDraft,
  saveDraft: async () => (await import("./engine/commands/drafts.ts")).saveDraft,
  discardDraft: async () => (await import("./engine/commands/drafts.ts")).discardDraft,
  send: async () => (await import("./engine/commands/send.ts")).send,
  retrySend: async () => (await import("./engine/commands/send.ts")).retrySend,
  editUnsent: async () => (await import("./engine/commands/send.ts")).editUnsent,
  discardUnsent: async () => (await import("./engine/commands/send.ts")).discardUnsent,
  attachment: async () => (await import("./engine/commands/export-mail.ts")).readAttachment,
  exportMail,
  countOnlyHere: async () => countOnlyHere,
  pauseSync: async () => (await import("./engine/commands/sync.ts")).pauseSync,
  resumeSync: async () => (await import("./engine/commands/sync.ts")).resumeSync,
  dismissNotice: async () => (await import("./engine/commands/sync.ts")).dismissNotice,
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
  retryGap: async () => tryNow(),
};

const api = createApiServer(
  {
    query(name): ServedQuery | undefined {
      if (name === "session") return { topics: ["session"], run: async () => sessions.view() };
      const query = QUERIES[name];
      const context = sessions.open?.context;
      return {
        topics: query.topics,
        run: async (args) => (context === undefined ? undefined : query.run(context, args)),
      };
    },
    command(name) {
      const ofSession = SESSION_COMMANDS[name];
      if (ofSession !== undefined) return ofSession;
      const context = sessions.open?.context;
      const load = COMMANDS[name];
      // What an ended session left can be had without signing in again.
      if (context === undefined && name === "exportMail")
        return async () => sessions.readLeftOver(await exportMail());
      if (context === undefined || load === undefined) return undefined;
      return async (args) => (await load())(context, args);
    },
  },
  (message) => port.postMessage(message),
);

function tryNow(): void {
  sessions.open?.wake();
  sessions.open?.context.bus.call("try-now");
}

port.addEventListener("message", ({ data }) => {
  switch (data.type) {
    case "start":
      sessions.start(data).catch((error: unknown) => {
        console.error("start:", error instanceof Error ? error.message : error);
      });
      return;
    case "visibility":
      sessions.setVisible(data.visible);
      return;
    case "online":
      if (data.online) tryNow();
      return;
    default:
      api.receive(data);
  }
});
