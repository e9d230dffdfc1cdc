/** What an open account answers to the page: every query and every command by name. */
import type { CommandName, QueryName } from "../api/contract.ts";
import type { AccountContext } from "./context.ts";
import { readLabelViews } from "./queries/labels.ts";
import { readMailboxes } from "./queries/mailboxes.ts";
import { readAvatar, readPeopleLike } from "./queries/people.ts";
import { readPreferences } from "./queries/preferences.ts";
import { readNotices, readStatus } from "./queries/status.ts";
import { readWindow } from "./queries/window.ts";

export type Query = {
  topics: readonly string[];
  run: (context: AccountContext, args: never) => Promise<unknown>;
};

type Later = typeof import("./queries/later.ts");

/** A query that is loaded when it is first asked, or when the list has been there for a while. */
function later<N extends keyof Later>(topics: readonly string[], name: N): Query {
  const load = async (): Promise<Query["run"]> => (await import("./queries/later.ts"))[name];
  return { topics, run: async (context, args) => (await load())(context, args) };
}

export const QUERIES: Record<Exclude<QueryName, "session" | "troubles">, Query> = {
  status: { topics: ["status"], run: readStatus },
  notices: { topics: ["notices"], run: readNotices },
  mailboxes: { topics: ["mail", "drafts"], run: readMailboxes },
  window: { topics: ["mail", "drafts", "people", "status", "labels"], run: readWindow },
  conversation: later(["mail", "people", "labels"], "readConversation"),
  sender: later(["blocking", "notices"], "readSender"),
  blocked: later(["blocking", "notices"], "readBlocked"),
  formatted: later(["mail"], "readFormatted"),
  source: later(["mail"], "readSource"),
  neighbours: later(["mail"], "readNeighbours"),
  draft: later(["drafts"], "readDraft"),
  people: { topics: ["people"], run: readPeopleLike },
  labels: { topics: ["labels"], run: readLabelViews },
  undo: later(["triage"], "readUndo"),
  triageProgress: later(["triage"], "readTriageProgress"),
  person: later(["mail", "people"], "readPerson"),
  lookUp: later(["lookups", "status"], "readLookUp"),
  storage: later(["storage", "notices"], "readStorage"),
  server: later(["notices"], "readServer"),
  devices: later(
    ["state", "status", "mail", "triage", "labels", "preferences", "drafts"],
    "readDevices",
  ),
  preferences: { topics: ["preferences"], run: readPreferences },
  news: later(["mail", "people", "status"], "readNews"),
  avatar: { topics: ["avatars"], run: readAvatar },
};

export type Command = (context: AccountContext, args: never) => Promise<unknown>;

/** Commands are loaded when first used: reading mail does not wait for them. */
export const COMMANDS: Partial<Record<CommandName, () => Promise<Command>>> = {
  markRead: async () => (await import("./commands/mark-read.ts")).markRead,
  triage: async () => (await import("./commands/triage.ts")).triage,
  undo: async () => (await import("./commands/undo.ts")).undo,
  saveLabel: async () => (await import("./commands/labels.ts")).saveLabel,
  deleteLabel: async () => (await import("./commands/labels.ts")).deleteLabel,
  block: async () => (await import("./commands/block.ts")).block,
  unblock: async () => (await import("./commands/block.ts")).unblock,
  beginDraft: async () => (await import("./commands/drafts.ts")).beginDraft,
  saveDraft: async () => (await import("./commands/drafts.ts")).saveDraft,
  discardDraft: async () => (await import("./commands/drafts.ts")).discardDraft,
  send: async () => (await import("./commands/send.ts")).send,
  retrySend: async () => (await import("./commands/send.ts")).retrySend,
  beginCorrection: async () => (await import("./commands/correct.ts")).beginCorrection,
  retract: async () => (await import("./commands/retract.ts")).retract,
  editUnsent: async () => (await import("./commands/send.ts")).editUnsent,
  discardUnsent: async () => (await import("./commands/send.ts")).discardUnsent,
  attachment: async () => (await import("./commands/attachment.ts")).readAttachment,
  exportMail: async () => (await import("./commands/export-mail.ts")).exportMail,
  saveNow: async () => (await import("./commands/save-now.ts")).saveNow,
  countOnlyHere: async () => (await import("./commands/only-here.ts")).countOnlyHere,
  pauseSync: async () => (await import("./commands/sync.ts")).pauseSync,
  resumeSync: async () => (await import("./commands/sync.ts")).resumeSync,
  retryGap: async () => (await import("./commands/sync.ts")).retryGap,
  lookUp: async () => (await import("./commands/look-up.ts")).lookUp,
  repairState: async () => (await import("./commands/repair-state.ts")).repairState,
  noteStorage: async () => (await import("./commands/sync.ts")).noteStorage,
  setPreference: async () => (await import("./commands/preferences.ts")).setPreference,
  dismissNotice: async () => (await import("./commands/sync.ts")).dismissNotice,
};
