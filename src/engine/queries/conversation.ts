/** One conversation with its messages, found by the ids of a permalink. */
import type {
  AttachmentView,
  ConversationArgs,
  ConversationView,
  MessageView,
  NeighboursArgs,
  NeighboursView,
  Person,
} from "../../api/contract.ts";
import { parseJid } from "../../mail/address.ts";
import type { Conversation } from "../../mail/conversation.ts";
import type { Body, Message, Named } from "../../mail/message.ts";
import { hrefOfConversation } from "../../mail/route.ts";
import { splitQuote } from "../../mail/snippet.ts";
import { conversationRange, newerRange, olderRange, threadRange } from "../../store/keys.ts";
import { isSound } from "../../store/sound.ts";
import type { PersonRow } from "../../store/rows.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { nameOf, readPeople } from "../people.ts";

export async function readConversation(
  context: AccountContext,
  args: ConversationArgs,
): Promise<ConversationView> {
  return context.store.read(["messages", "bodies", "conversations", "people"], async (tx) => {
    const conversation = await findConversation(tx, args);
    if (conversation === undefined) return { state: "missing" };
    const rows = await newestMessages(tx, conversation.id, args.limit);
    const bodies = await Promise.all(rows.map((row) => tx.objectStore("bodies").get(row.key)));
    const people = await readPeople(
      tx,
      rows.flatMap((row) => everybodyOn(row)),
    );
    return {
      state: "found",
      id: `c${conversation.id}`,
      href: hrefOfConversation(conversation),
      subject: conversation.subject,
      kind: conversation.kind,
      unread: conversation.unread > 0,
      messages: rows.map((row, index) => messageView(row, bodies[index], people, context)),
      older: Math.max(0, conversation.count - rows.length),
    };
  });
}

/** Among conversations that share the id, the one with `with` wins; without it the one with the most people. */
async function findConversation(
  tx: ReadTx,
  args: ConversationArgs,
): Promise<Conversation | undefined> {
  const messages = tx.objectStore("messages");
  const rows =
    args.thread !== undefined
      ? await messages.index("thread").getAll(threadRange(args.thread), 500)
      : await messages.index("mid").getAll(args.message ?? "", 50);
  const ids = [...new Set(rows.map((row) => row.conversation))];
  const found = (
    await Promise.all(ids.map((id) => tx.objectStore("conversations").get(id)))
  ).filter((c) => c !== undefined);
  const other = parseJid(args.with);
  const rank = (c: Conversation): number =>
    (c.kind === "mail" ? 1000 : 0) +
    (other !== undefined && (c.person === other || c.people.some((p) => p.jid === other))
      ? 10_000
      : 0) +
    c.people.length;
  return found.sort((a, b) => rank(b) - rank(a))[0];
}

/** The newest messages of a conversation, oldest first. */
async function newestMessages(tx: ReadTx, conversation: number, limit: number): Promise<Message[]> {
  const index = tx.objectStore("messages").index("conversation");
  const count = await index.count(conversationRange(conversation));
  if (count <= limit) return index.getAll(conversationRange(conversation));
  const rows: Message[] = [];
  let cursor = await index.openCursor(conversationRange(conversation), "prev");
  while (cursor !== null && rows.length < limit) {
    // A cursor gives damaged rows, too.
    if (isSound("messages", cursor.value)) rows.push(cursor.value);
    cursor = await cursor.continue();
  }
  return rows.reverse();
}

function everybodyOn(row: Message): Named["jid"][] {
  return [
    row.from,
    ...[...row.to, ...row.cc, ...row.bcc, ...(row.replyTo ?? [])].map((n) => n.jid),
  ];
}

function messageView(
  row: Message,
  stored: Body | undefined,
  people: Map<string, PersonRow>,
  { me }: AccountContext,
): MessageView {
  const named = (list: readonly Named[]): Person[] =>
    list.map(({ jid, name }) => ({
      jid,
      name: jid === me ? jid : nameOf(people.get(jid), jid, name),
    }));
  const { body, quote } = splitQuote(stored?.body ?? "", stored?.fallbacks ?? []);
  const replyTo = row.replyTo?.filter((n) => n.jid !== row.from) ?? [];
  const listed = [...row.to, ...row.cc];
  return {
    key: row.key,
    ...(row.mid.startsWith("#") ? {} : { id: row.mid }),
    kind: row.kind,
    direction: row.direction,
    from: { jid: row.from, name: nameOf(people.get(row.from), row.from, row.nick) },
    to: named(row.to),
    cc: named(row.cc),
    bcc: row.direction === "out" ? named(row.bcc) : [],
    bccToMe: row.direction === "in" && row.kind === "mail" && !listed.some((n) => n.jid === me),
    ...(replyTo.length === 0 ? {} : { replyTo: named(replyTo) }),
    at: row.at,
    subject: row.subject,
    body,
    quote,
    snippet: row.snippet,
    ...(row.lang === undefined ? {} : { lang: row.lang }),
    unread: row.unread === 1,
    attachments: row.attachments.map((meta, index) =>
      attachmentView(meta, stored?.sources[index] ?? []),
    ),
    ...(row.delivery === undefined ? {} : { delivery: row.delivery }),
    ...(row.recipients === undefined
      ? {}
      : {
          recipients: row.recipients.map(({ jid, state, reason }) => ({
            jid,
            name: nameOf(people.get(jid), jid),
            state,
            ...(reason === undefined ? {} : { reason }),
          })),
        }),
    ...(row.problem === undefined ? {} : { problem: row.problem }),
  };
}

function attachmentView(
  meta: Message["attachments"][number],
  sources: readonly string[],
): AttachmentView {
  const link = sources.find((s) => s.startsWith("https:"));
  const inline = sources.some((s) => s.startsWith("data:"));
  return {
    name: meta.name ?? "",
    mediaType: meta.mediaType ?? "",
    ...(meta.size === undefined ? {} : { size: meta.size }),
    where: inline ? "inline" : link === undefined ? "none" : "link",
    ...(link === undefined || inline ? {} : { url: link }),
  };
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
    const at = mailbox === "sent" || mailbox === "outbox" ? own.lastOutAt : own.at;
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
