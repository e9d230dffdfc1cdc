/** One conversation with its messages, found by the ids of a permalink. */
import type {
  ConversationArgs,
  ConversationView,
  FormattedView,
  MessageView,
  NeighboursArgs,
  NeighboursView,
  StrangerView,
} from "../../api/contract.ts";
import { shownLine } from "../../base/display.ts";
import { parseJid } from "../../mail/address.ts";
import { type Conversation, listings, sleepsUntil } from "../../mail/conversation.ts";
import type { Message } from "../../mail/message.ts";
import { hrefOfConversation } from "../../mail/route.ts";
import { withVersions } from "../../mail/versions.ts";
import { readBodies } from "../../store/bodies.ts";
import { conversationRange, newerRange, olderRange, threadRange } from "../../store/keys.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { readLabels } from "../labels.ts";
import { readPeople } from "../people.ts";
import { formattedOf } from "./formatted.ts";
import { tagViews } from "./labels.ts";
import { everybodyOn, isStranger, MAX_SUBJECT, messageView } from "./message-view.ts";
import { readStrangers } from "./strangers.ts";

const STORES = ["messages", "bodies", "originals", "conversations", "people", "labels"] as const;
/** Larger HTML is asked for by itself. UTF-16 units */
const MAX_HTML = 100_000;

export async function readConversation(
  context: AccountContext,
  args: ConversationArgs,
): Promise<ConversationView> {
  return context.store.read(STORES, async (tx) => {
    const found = await findConversation(tx, args);
    if (found === undefined) return { state: "missing" };
    const { conversation, rows } = found;
    const shown = withVersions(rows);
    const newest = shown.at(-1)?.text;
    const [texts, people, labels, formatted] = await Promise.all([
      readBodies(
        tx,
        rows.map((row) => row.key),
      ),
      readPeople(
        tx,
        rows.flatMap((row) => everybodyOn(row)),
      ),
      conversation.tags === undefined ? [] : readLabels(tx),
      newest?.html === 1 ? formattedOf(tx, newest.key) : null,
    ]);
    const strangers = await readStrangers(
      tx,
      context,
      shown.flatMap(({ message }) => (isStranger(message, people) ? [message] : [])),
    );
    return {
      state: "found",
      id: `c${conversation.id}`,
      href: hrefOfConversation(conversation),
      subject: shownLine(conversation.subject, MAX_SUBJECT),
      kind: conversation.kind,
      unread: conversation.unread > 0,
      starred: conversation.starred !== undefined,
      muted: conversation.muted !== undefined,
      tags: tagViews(labels, Object.keys(conversation.tags ?? {})),
      folders: foldersOf(conversation),
      ...sleepOf(conversation),
      messages: shown.map((versioned) => ({
        ...messageView(versioned, texts, people, context),
        ...strangerOf(strangers.get(versioned.message.key)),
        ...(versioned.text === newest && isQuick(formatted) ? { formatted } : {}),
      })),
      older: Math.max(0, conversation.count - rows.length),
    };
  });
}

/** Home is the inbox, for chats too. */
function foldersOf(conversation: Conversation): string[] {
  const folders = new Set(Object.keys(conversation.folders ?? {}));
  const isHome = listings(conversation).some(({ place }) => place === "inbox" || place === "chats");
  if (isHome) folders.add("inbox");
  return [...folders];
}

function sleepOf(conversation: Conversation): { snoozedUntil?: number } {
  const until = sleepsUntil(conversation);
  return until === undefined ? {} : { snoozedUntil: until };
}

/** The newest message is shown unfolded: its HTML comes with it, where that is no load. */
function isQuick(formatted: FormattedView): boolean {
  return formatted !== null && formatted.html.length <= MAX_HTML;
}

function strangerOf(stranger: StrangerView | undefined): Pick<MessageView, "stranger"> {
  return stranger === undefined ? {} : { stranger };
}

type Found = { conversation: Conversation; rows: Message[] };

/**
 * Among conversations that share the id, the one with `with` wins; without it the one with the most people. Each read
 * is a way to the database and back, so what can be asked together is.
 */
async function findConversation(tx: ReadTx, args: ConversationArgs): Promise<Found | undefined> {
  const messages = tx.objectStore("messages");
  const rows =
    args.thread !== undefined
      ? await messages.index("thread").getAll(threadRange(args.thread), 500)
      : await messages.index("mid").getAll(args.message ?? "", 50);
  const ids = [...new Set(rows.map((row) => row.conversation))];
  const read = async (id: number): Promise<Found | undefined> => {
    const conversation = await tx.objectStore("conversations").get(id);
    if (conversation === undefined) return undefined;
    const own = rows.filter((row) => row.conversation === id);
    // As a rule all of it was found by what it was looked for with.
    const isWhole = own.length === conversation.count;
    return {
      conversation,
      rows: isWhole ? inTime(own).slice(-args.limit) : await newestMessages(tx, id, args.limit),
    };
  };
  const found = (await Promise.all(ids.map(read))).filter((f) => f !== undefined);
  const other = parseJid(args.with);
  const rank = (c: Conversation): number =>
    (c.kind === "mail" ? 1000 : 0) +
    (other !== undefined && (c.person === other || c.people.some((p) => p.jid === other))
      ? 10_000
      : 0) +
    c.people.length;
  for (const one of found) one.rows = one.rows.filter((row) => row.folder !== "gone");
  return found.sort((a, b) => rank(b.conversation) - rank(a.conversation))[0];
}

/** As the index has them. */
function inTime(rows: readonly Message[]): Message[] {
  return rows.toSorted((a, b) => a.at - b.at || a.key - b.key);
}

/** The newest messages of a conversation, oldest first. */
async function newestMessages(tx: ReadTx, conversation: number, limit: number): Promise<Message[]> {
  const messages = tx.objectStore("messages");
  const index = messages.index("conversation");
  const range = conversationRange(conversation);
  const [count, oldest] = await Promise.all([index.count(range), index.getAll(range, limit)]);
  if (count <= limit) return oldest;
  const keys = await index.getAllKeys(range);
  const rows = await Promise.all(keys.slice(-limit).map((key) => messages.get(key)));
  return rows.filter((row) => row !== undefined);
}

/** The conversations before and after one in a mailbox, for "Newer" and "Older". */
export async function readNeighbours(
  context: AccountContext,
  args: NeighboursArgs,
): Promise<NeighboursView> {
  const { mailbox } = args;
  if (mailbox === "drafts") return {};
  return context.store.read(["conversations", "entries"], async (tx) => {
    const own = await tx.objectStore("conversations").get(Number(args.id.slice(1)));
    if (own === undefined) return {};
    const at = listings(own).find(({ place }) => place === mailbox)?.at ?? own.at;
    const [newer, older] = await Promise.all([
      tx.objectStore("entries").openCursor(newerRange(mailbox, at, own.id), "prev"),
      tx.objectStore("entries").openCursor(olderRange(mailbox, at, own.id), "next"),
    ]);
    const href = async (id: number | undefined): Promise<string | undefined> => {
      const row =
        typeof id !== "number" ? undefined : await tx.objectStore("conversations").get(id);
      return row === undefined ? undefined : hrefOfConversation(row);
    };
    const [newerHref, olderHref] = await Promise.all([href(newer?.value), href(older?.value)]);
    return {
      ...(newerHref === undefined ? {} : { newer: newerHref }),
      ...(olderHref === undefined ? {} : { older: olderHref }),
    };
  });
}
