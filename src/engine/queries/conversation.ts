/** One conversation with its messages, found by the ids of a permalink. */
import type {
  ConversationArgs,
  ConversationView,
  FormattedView,
  MessageView,
  NeighboursArgs,
  NeighboursView,
  OtherConversation,
  StrangerView,
} from "../../api/contract.ts";
import { shownLine } from "../../base/display.ts";
import { type Jid, parseJid } from "../../mail/address.ts";
import { type Conversation, listings, sleepsUntil } from "../../mail/conversation.ts";
import type { Message } from "../../mail/message.ts";
import { hrefOfConversation } from "../../mail/route.ts";
import { withVersions } from "../../mail/versions.ts";
import { readBodies } from "../../store/bodies.ts";
import { conversationRange, newerRange, olderRange, threadRange } from "../../store/keys.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { readLabels } from "../labels.ts";
import { briefNameOf, isKnown, readPeople } from "../people.ts";
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
    const [found, ...others] = await findConversations(tx, args, context.me);
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
      ...(await othersView(tx, args.with === undefined ? others : [])),
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

/** More than these nobody reads through. */
const MAX_OTHERS = 5;

/**
 * What the ids may mean, the likeliest first: the one with `with`, then the one with most people I know. A stranger who
 * learned an id has a conversation of his own under it. Each read is a way to the database and back, so what can be
 * asked together is.
 */
async function findConversations(tx: ReadTx, args: ConversationArgs, me: Jid): Promise<Found[]> {
  const messages = tx.objectStore("messages");
  const [byThread, byMessage] = await Promise.all([
    args.thread === undefined ? [] : messages.index("thread").getAll(threadRange(args.thread), 500),
    args.message === undefined ? [] : messages.index("mid").getAll(args.message, 50),
  ]);
  const meant = new Set(byMessage.map((row) => row.conversation));
  // A thread that is not here may have another name in the message that is.
  const hits = byThread.length > 0 ? byThread : byMessage;
  const ids = new Set(hits.map((row) => row.conversation));
  const read = async (id: number): Promise<Found | undefined> => {
    const conversation = await tx.objectStore("conversations").get(id);
    if (conversation === undefined) return undefined;
    const own = hits.filter((row) => row.conversation === id);
    // As a rule all of it was found by what it was looked for with.
    const isWhole = own.length === conversation.count;
    const newest = isWhole
      ? inTime(own).slice(-args.limit)
      : await newestMessages(tx, id, args.limit);
    const target = byMessage.find((row) => row.conversation === id);
    const rows = await withTarget(tx, newest, target, conversation);
    // What was deleted for good is not here.
    const left = rows.filter((row) => row.folder !== "gone");
    return left.length === 0 ? undefined : { conversation, rows: left };
  };
  const found = (await Promise.all([...ids].map(read))).filter((f) => f !== undefined);
  if (found.length < 2) return found;
  const known = await knownPeople(tx, found);
  const other = parseJid(args.with);
  const rank = ({ conversation: c }: Found): number =>
    (isWith(c, other, me) ? 1_000_000 : 0) +
    (meant.has(c.id) ? 100_000 : 0) +
    (c.kind === "mail" ? 10_000 : 0) +
    c.people.filter((p) => known.has(p.jid)).length * 100 +
    c.people.length;
  return found.sort((a, b) => rank(b) - rank(a));
}

/** Links of mine name me: it is the one I wrote in. */
function isWith(c: Conversation, other: Jid | undefined, me: Jid): boolean {
  if (other === undefined) return false;
  if (other === me) return c.sent > 0;
  return c.person === other || c.people.some((p) => p.jid === other);
}

/** Contacts, and whoever I wrote to. */
async function knownPeople(tx: ReadTx, found: readonly Found[]): Promise<Set<Jid>> {
  const people = await readPeople(
    tx,
    found.flatMap(({ conversation }) => conversation.people.map((p) => p.jid)),
  );
  return new Set([...people.values()].filter(isKnown).map(({ jid }) => jid));
}

async function othersView(
  tx: ReadTx,
  others: readonly Found[],
): Promise<{ others?: OtherConversation[] }> {
  const shown = others.slice(0, MAX_OTHERS).map(({ conversation }) => conversation);
  if (shown.length === 0) return {};
  const people = await readPeople(
    tx,
    shown.flatMap((c) => c.people.map((p) => p.jid)),
  );
  return {
    others: shown.map((c) => ({
      href: hrefOfConversation(c),
      subject: shownLine(c.subject, MAX_SUBJECT),
      people: c.people
        .slice(0, 3)
        .map(({ jid, nick }) => ({ jid, name: briefNameOf(people.get(jid), jid, nick) })),
    })),
  };
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

/** Longer stretches are not unrolled for one message. */
const MAX_UNROLLED = 2000;

/** A link may mean an older message than a conversation opens with: then everything since. Its own address means its newest. */
async function withTarget(
  tx: ReadTx,
  newest: Message[],
  target: Message | undefined,
  { id, root }: Conversation,
): Promise<Message[]> {
  const isIn = target === undefined || newest.some((row) => row.key === target.key);
  if (isIn || target.mid === root.mid) return newest;
  const index = tx.objectStore("messages").index("conversation");
  const since = IDBKeyRange.bound([id, target.at], conversationRange(id).upper);
  const rows = await index.getAll(since, MAX_UNROLLED + 1);
  return rows.length > MAX_UNROLLED ? newest : rows;
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
