/** A page that shows whatever an account can answer, and hears of changes as every page does: by the topics that are told. */
import { createApiServer } from "../../src/api/server.ts";
import type { Queries } from "../../src/api/contract.ts";
import { QUERIES } from "../../src/engine/served.ts";
import type { Jid } from "../../src/mail/address.ts";
import { MAILBOXES, type Place } from "../../src/mail/place.ts";
import type { AccountContext } from "../../src/engine/context.ts";

/** What a link names that was opened. */
export const NOT_HERE = { message: "not-here", at: 0 };

type Name = keyof typeof QUERIES;

export interface PageOnTrial {
  /**
   * What a step changed of what the page may show, and what of that the page goes on showing as it was: by query and
   * arguments.
   */
  during(step: () => Promise<unknown>): Promise<{ changed: string[]; behind: string[] }>;
  /** Resolves when nothing is being read: what a step does after that is not read by chance. */
  rest(): Promise<void>;
}

/** `editor`: of a composer that has every draft open. */
export async function pageOf(account: AccountContext, editor: string): Promise<PageOnTrial> {
  const ids: string[] = [];
  const shown = new Map<string, string>();
  let running = 0;
  const api = createApiServer(
    {
      query(name) {
        const { topics, run } = QUERIES[name as Name];
        return {
          topics,
          async run(args) {
            running++;
            return run(account, args).finally(() => running--);
          },
        };
      },
      command: () => undefined,
    },
    (message) => {
      if (message.type === "query-error") throw new Error(message.message);
      if (message.type === "answer") shown.set(ids[message.id] ?? "", textOf(message.value));
    },
  );
  account.bus.onTopics((topics) => api.touch(topics, true));

  async function look(): Promise<void> {
    for (const { query, args } of await everythingIn(account, editor)) {
      const what = `${query} ${JSON.stringify(args)}`;
      if (ids.includes(what)) continue;
      api.receive({ type: "subscribe", id: ids.push(what) - 1, query, args });
    }
    await rest();
  }

  async function rest(): Promise<void> {
    do await new Promise((resolve) => setTimeout(resolve));
    while (running > 0);
  }

  return {
    rest,
    async during(step) {
      await look();
      const before = new Map(shown);
      await step();
      await rest();
      const changed: string[] = [];
      const behind: string[] = [];
      for (const what of ids) {
        const name = what.slice(0, what.indexOf(" ")) as Name;
        const args: unknown = JSON.parse(what.slice(name.length + 1));
        const now = textOf(await QUERIES[name].run(account, args as never));
        if (now !== before.get(what)) changed.push(what);
        if (now !== shown.get(what)) behind.push(what);
      }
      return { changed, behind };
    },
  };
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

type Everything = {
  me: Jid;
  keys: number[];
  mids: string[];
  conversations: string[];
  people: Jid[];
  places: Place[];
  drafts: string[];
  editor: string;
};

const once = (): null[] => [null];

/** What each query may be asked of all that is in the database. */
const ARGUMENTS: { [N in Name]: (all: Everything) => Queries[N]["args"][] } = {
  status: once,
  notices: once,
  mailboxes: once,
  window: ({ places }) => places.map((mailbox) => ({ mailbox, offset: 0, limit: 100 })),
  conversation: ({ mids }) => mids.map((message) => ({ message, limit: 100 })),
  sender: ({ keys }) => keys.map((key) => ({ key })),
  blocked: once,
  formatted: ({ keys }) => keys.map((key) => ({ key })),
  source: ({ keys }) => keys.map((key) => ({ key })),
  neighbours: ({ conversations }) => conversations.map((id) => ({ mailbox: "inbox", id })),
  draft: ({ drafts, editor }) => drafts.map((id) => ({ id, editor })),
  people: () => [{ text: "", limit: 100 }],
  labels: once,
  undo: once,
  triageProgress: once,
  person: ({ people }) => people.map((jid) => ({ jid, limit: 100 })),
  // Of what is here the conversation is shown.
  lookUp: () => [NOT_HERE],
  // It counts all there is of a large database: it hears of what the server keeps, and of no mail.
  storage: () => [],
  server: once,
  devices: once,
  preferences: once,
  news: once,
  avatar: ({ me, people }) => [me, ...people].map((jid) => ({ jid })),
};

async function everythingIn({ me, store }: AccountContext, editor: string) {
  const [messages, people, labels, drafts] = await store.read(
    ["messages", "people", "labels", "drafts"],
    (tx) =>
      Promise.all([
        tx.objectStore("messages").getAll(),
        tx.objectStore("people").getAllKeys(),
        tx.objectStore("labels").getAll(),
        tx.objectStore("drafts").getAllKeys(),
      ]),
  );
  const all: Everything = {
    me,
    keys: messages.map(({ key }) => key),
    mids: messages.map(({ mid }) => mid),
    conversations: messages.map(({ conversation }) => `c${conversation}`),
    people,
    places: [...MAILBOXES, ...labels.map(({ kind, id }) => `${kind}:${id}` as const)],
    drafts,
    editor,
  };
  return (Object.keys(ARGUMENTS) as Name[]).flatMap((query) =>
    ARGUMENTS[query](all).map((args) => ({ query, args })),
  );
}
