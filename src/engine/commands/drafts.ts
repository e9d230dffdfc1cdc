/** Drafts: begun in memory, kept from the first change on. */
import type { Commands } from "../../api/contract.ts";
import type { Conversation } from "../../mail/conversation.ts";
import type { Draft } from "../../mail/draft.ts";
import { isEmptyDraft } from "../../mail/draft.ts";
import type { Message } from "../../mail/message.ts";
import { draftFrom, newDraft, type Original } from "../../mail/reply.ts";
import { splitQuote } from "../../mail/snippet.ts";
import { keepStep } from "../act.ts";
import type { AccountContext } from "../context.ts";
import { DraftShelf } from "../draft-shelf.ts";
import { firstVersion } from "../first-version.ts";
import { nameOf, readPeople } from "../people.ts";
import { sentDraft } from "../sent-draft.ts";

export async function beginDraft(
  context: AccountContext,
  args: Commands["beginDraft"]["args"],
): Promise<Draft> {
  const id = crypto.randomUUID();
  const now = context.now();
  return context.store.read(["messages", "bodies", "people", "conversations"], async (tx) => {
    if (args.key === undefined) {
      const people = await readPeople(tx, args.to ?? []);
      return newDraft(
        id,
        now,
        (args.to ?? []).map((jid) => {
          const name = nameOf(people.get(jid), jid);
          return name === jid ? { jid } : { jid, name };
        }),
      );
    }
    const message = await tx.objectStore("messages").get(args.key);
    if (message === undefined) return newDraft(id, now);
    const [body, people, conversation, first] = await Promise.all([
      tx.objectStore("bodies").get(message.key),
      readPeople(tx, [message.from]),
      tx.objectStore("conversations").get(message.conversation),
      firstVersion(tx, message),
    ]);
    const written = body?.body ?? "";
    const { body: text } =
      written === "" && args.text !== undefined
        ? { body: args.text }
        : splitQuote(written, body?.fallbacks ?? []);
    const senderName = nameOf(people.get(message.from), message.from, message.nick);
    // However often it was put right, the message answered is the first: everybody has that one.
    const answered = { ...message, mid: first.mid };
    const original = {
      message: answered,
      body: text,
      senderName,
      ...standsIn(message, conversation),
    };
    return draftFrom(args.kind, original, context.me, id, now);
  });
}

/**
 * Chat apps name neither subject nor thread when they answer a mail; what answers them goes on with the mail's. The chats
 * with a person have no subject and stay as they are.
 */
function standsIn(
  message: Message,
  conversation: Conversation | undefined,
): Pick<Original, "standsIn"> {
  if (message.kind !== "chat" || conversation === undefined || conversation.subject === "")
    return {};
  const { subject, root } = conversation;
  return {
    standsIn: { subject, ...(root.thread === undefined ? {} : { thread: root.thread }) },
  };
}

/**
 * Keeps a draft. One that says nothing any more does not replace one that did: it is dropped. One that was sent meanwhile,
 * from here or elsewhere, stays gone: a message is a draft or on its way, never both.
 */
export async function saveDraft(
  context: AccountContext,
  { draft, ...writer }: Commands["saveDraft"]["args"],
): Promise<Commands["saveDraft"]["result"]> {
  const savedAt = context.now();
  const result = await context.store.write(
    ["drafts", "messages", "meta"],
    async (tx) => {
      const shelf = await DraftShelf.open(tx, savedAt);
      const id = shelf.idFor(draft.id, writer.editor);
      const isSent =
        shelf.mark(id)?.gone?.how === "sent" || (await sentDraft(tx, id)) !== undefined;
      if (isSent) return { savedAt, sent: true, id };
      if (isEmptyDraft(draft)) await shelf.end(id, "discarded");
      else await shelf.write({ ...draft, id, updatedAt: savedAt }, writer);
      shelf.flush();
      return { savedAt, sent: false, id };
    },
    "strict",
  );
  context.bus.touch(["drafts"], { urgent: true });
  return result;
}

/** Thrown away, on every device; Undo brings it back to all of them. */
export async function discardDraft(
  context: AccountContext,
  args: Commands["discardDraft"]["args"],
): Promise<Commands["discardDraft"]["result"]> {
  const result = await context.store.write(
    ["drafts", "meta", "undo"],
    async (tx) => {
      const shelf = await DraftShelf.open(tx, context.now());
      const at = shelf.idFor(args.id, args.editor);
      const draft = await tx.objectStore("drafts").get(at);
      await shelf.end(at, "discarded");
      const id = shelf.clock.next();
      shelf.flush();
      if (draft === undefined) return {};
      const part = { at: context.now(), count: 1, changes: [], labels: [], drafts: [draft] };
      return { undo: await keepStep(tx, { name: "discard-draft", id }, part) };
    },
    "strict",
  );
  context.bus.touch(["drafts", "triage"], { urgent: true });
  return result;
}
