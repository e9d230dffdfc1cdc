/**
 * A copy in memory of what no server has: drafts and unsent mail. When the database is deleted while the app is open
 * (site data cleared, a developer's tools), this goes into the new one.
 */
import type { Draft } from "../mail/draft.ts";
import type { Body, Message, NewMessage } from "../mail/message.ts";
import { intentOf, withCopies } from "../mail/retraction.ts";
import type { DraftMark } from "../store/rows.ts";
import type { Topic } from "./bus.ts";
import type { AccountContext } from "./context.ts";
import { countOnlyHere } from "./commands/only-here.ts";
import { DraftShelf, readMarks } from "./draft-shelf.ts";
import { place } from "./placing.ts";
import { Timelines } from "./timeline.ts";
import { WORKING_STORES, WorkingSet } from "./working-set.ts";

export type Rescued = { drafts: number; waiting: number; lost: number };

export interface Rescue {
  /** Puts everything into the new database; what is there already stays. */
  restore(): Promise<Rescued>;
  stop(): void;
}

const KEPT: ReadonlySet<Topic> = new Set(["drafts", "outbox"]);

type Unsent = { message: Message; body: Body };

export function createRescue(context: AccountContext): Rescue {
  const { store, bus, me } = context;
  let drafts: Draft[] = [];
  /** Without them the account's copies of these drafts would be somebody else's. */
  let marks: ReadonlyMap<string, DraftMark> = new Map();
  let unsent: Unsent[] = [];
  /** Messages only this browser had. */
  let onlyHere = 0;
  let isDeleted = false;
  let reading = Promise.resolve();

  const stop = bus.onTopics((topics) => {
    if (topics.some((topic) => KEPT.has(topic))) inTurn(refresh);
    // Whether the account has a draft is announced as this one, and so is whatever else goes there.
    else if (topics.includes("state")) inTurn(refreshMarks);
    if (topics.includes("storage")) void recount();
  });
  inTurn(refresh);
  void recount();

  /** What was read later is newer. */
  function inTurn(read: () => Promise<void>): void {
    reading = reading.then(read);
  }

  async function refreshMarks(): Promise<void> {
    const read = await store.read(["meta"], (tx) => readMarks(tx)).catch(() => undefined);
    if (read !== undefined && !isDeleted) marks = read;
  }

  async function refresh(): Promise<void> {
    const read = await store
      .read(["drafts", "outbox", "messages", "bodies", "meta"], async (tx) => {
        const keys = await tx.objectStore("outbox").getAllKeys();
        const rows = await Promise.all(
          keys.map((key) =>
            Promise.all([tx.objectStore("messages").get(key), tx.objectStore("bodies").get(key)]),
          ),
        );
        return {
          drafts: await tx.objectStore("drafts").getAll(),
          marks: await readMarks(tx),
          unsent: rows.flatMap(([message, body]) =>
            message === undefined || body === undefined ? [] : [{ message, body }],
          ),
        };
      })
      .catch(() => undefined);
    if (read === undefined || isDeleted) return;
    ({ drafts, marks, unsent } = read);
  }

  async function recount(): Promise<void> {
    const count = await countOnlyHere(context).catch(() => undefined);
    if (count !== undefined && !isDeleted) onlyHere = count.messages;
  }

  return {
    async restore() {
      // What is read from now on is the new database's.
      isDeleted = true;
      const kept = { drafts, marks, unsent };
      await store.write(
        [...WORKING_STORES, "drafts"],
        async (tx) => {
          for (const draft of kept.drafts)
            if ((await tx.objectStore("drafts").get(draft.id)) === undefined)
              void tx.objectStore("drafts").put(draft);
          const shelf = await DraftShelf.open(tx, context.now());
          shelf.remember(kept.marks, new Set(kept.drafts.map(({ id }) => id)));
          shelf.flush();
          const set = await WorkingSet.open(tx, me);
          const timelines = new Timelines(tx);
          for (const { message, body } of kept.unsent) {
            const known = await tx.objectStore("messages").index("mid").count(message.mid);
            if (known > 0) continue;
            const row = await place(set, timelines, arrivalAgain(message, body));
            void tx
              .objectStore("outbox")
              .put({ key: row.key, mid: intentOf(row)?.mid ?? row.mid, createdAt: message.at });
          }
          await set.flush();
        },
        "strict",
      );
      const lost = onlyHere;
      onlyHere = 0;
      isDeleted = false;
      return { drafts: kept.drafts.length, waiting: kept.unsent.length, lost };
    },
    stop,
  };
}

/**
 * The copy here may be a moment older than what was lost: whatever may have been written to a stream counts as
 * written, so that the archive is asked before it goes out again.
 */
function arrivalAgain(
  message: Message,
  body: Body,
): { message: NewMessage; body: Omit<Body, "key"> } {
  const { key: _key, conversation: _conversation, ...rest } = message;
  const { key: _bodyKey, ...text } = body;
  const intent = intentOf(message);
  if (intent === undefined) return { message: rest, body: text };
  const recipients = intent.recipients.map((r) =>
    r.state === "waiting" ? { ...r, written: true } : r,
  );
  const { key: _k, conversation: _c, ...again } = withCopies(message, intent.mid, recipients);
  return { message: again, body: text };
}
