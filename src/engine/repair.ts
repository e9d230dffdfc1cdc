/**
 * Puts a damaged database right, in one transaction: what can be derived is made anew from the messages, what the
 * archive still has is fetched again, what nobody can read is taken out and counted. Runs when a damaged row is met.
 */
import { type Conversation, emptyConversation, withMessage } from "../mail/conversation.ts";
import type { Draft } from "../mail/draft.ts";
import type { Message } from "../mail/message.ts";
import { intentOf } from "../mail/retraction.ts";
import { preferencesOf } from "../mail/preferences.ts";
import { type PlaceTotals, putEntries } from "../store/entries.ts";
import { timelineKey } from "../store/keys.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { StoreName, WriteTx } from "../store/schema.ts";
import { isSound } from "../store/sound.ts";
import { liesIn, missingFolders } from "./labels.ts";
import type { AccountContext } from "./context.ts";
import { hasWork } from "./ingest.ts";
import { eventsOf, otherSideOf } from "./timeline.ts";

const STORES = [
  "meta",
  "messages",
  "bodies",
  "parts",
  "originals",
  "retractions",
  "conversations",
  "entries",
  "timeline",
  "drafts",
  "outbox",
  "people",
  "avatars",
  "state",
  "labels",
  "registers",
  "undo",
  "rejects",
] as const satisfies StoreName[];

/** What is kept of a row nobody can read. Characters. */
const MAX_KEPT = 20_000;

export type Repaired = {
  /** Damaged rows found. */
  rows: number;
  /** Messages among them that are fetched again. */
  refetched: boolean;
};

export async function repair(context: AccountContext): Promise<Repaired> {
  return context.store.write(STORES, async (tx) => {
    let rows = 0;
    for (const name of [
      "meta",
      "drafts",
      "people",
      "avatars",
      "outbox",
      "parts",
      "originals",
      "retractions",
      "state",
      "labels",
      "registers",
      "undo",
    ] as const)
      rows += await takeOut(tx, name, context.now());
    // What was taken out of the state, the account may still say.
    if (rows > 0) void tx.objectStore("meta").delete("stateItems");
    const bodies = await takeOut(tx, "bodies", context.now());
    const lost = await takeOut(tx, "messages", context.now());
    rows += lost + (await countUnsound(tx, "conversations")) + (await countUnsound(tx, "entries"));
    rows += await countUnsound(tx, "timeline");
    const bodiless = await mendBodies(tx);
    await deriveAll(tx, context);
    const refetched = lost + bodiless > 0;
    if (refetched) {
      // The archive is read anew from its newest end; what is here already merges with it.
      void tx.objectStore("meta").delete("ranges");
      void tx.objectStore("meta").delete("fetched");
    }
    return { rows: rows + Math.max(bodies, bodiless), refetched };
  });
}

/** Deletes the damaged rows of a store and keeps the beginning of each among the rejects. */
async function takeOut(tx: WriteTx, name: (typeof STORES)[number], now: number): Promise<number> {
  let count = 0;
  let cursor = await tx.objectStore(name).openCursor();
  while (cursor !== null) {
    const value: unknown = cursor.value;
    if (!isSound(name, value, cursor.key)) {
      count++;
      const draft = name === "drafts" ? salvaged(value, String(cursor.key), now) : undefined;
      if (draft !== undefined) await tx.objectStore("drafts").put(draft);
      else {
        await cursor.delete();
        const text = asText(value).slice(0, MAX_KEPT);
        void tx.objectStore("rejects").add({ at: now, why: `a damaged row of ${name}`, text });
      }
    }
    cursor = await cursor.continue();
  }
  return count;
}

function asText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

/** Whatever text of a damaged draft is left, as a draft. */
function salvaged(value: unknown, id: string, now: number): Draft | undefined {
  const part = (name: string): string => {
    const text = (value as Record<string, unknown> | null)?.[name];
    return typeof text === "string" ? text : "";
  };
  if (part("body") + part("subject") + part("quote") === "") return undefined;
  return {
    id,
    kind: "new",
    to: [],
    cc: [],
    bcc: [],
    pending: { to: "", cc: "", bcc: "" },
    subject: part("subject"),
    body: part("body"),
    quote: part("quote"),
    updatedAt: now,
  };
}

async function countUnsound(tx: WriteTx, name: (typeof STORES)[number]): Promise<number> {
  let count = 0;
  let cursor = await tx.objectStore(name).openCursor();
  while (cursor !== null) {
    if (!isSound(name, cursor.value, cursor.key)) count++;
    cursor = await cursor.continue();
  }
  return count;
}

/** Messages without their text: fetched again where the archive has them, else the beginning is what is left. */
async function mendBodies(tx: WriteTx): Promise<number> {
  const [messages, bodies, start] = await Promise.all([
    tx.objectStore("messages").getAllKeys(),
    tx.objectStore("bodies").getAllKeys(),
    readMeta(tx, "archiveStart"),
  ]);
  const known = new Set(bodies);
  let count = 0;
  for (const key of messages) {
    if (known.has(key)) continue;
    const row = await tx.objectStore("messages").get(key);
    if (row === undefined) continue;
    count++;
    const isArchived = row.archiveIds.length > 0 && row.at >= (start?.at ?? 0);
    if (isArchived && row.recipients === undefined) void tx.objectStore("messages").delete(key);
    else
      void tx
        .objectStore("bodies")
        .put({ key, body: row.snippet, fallbacks: [], sources: row.attachments.map(() => []) });
  }
  return count;
}

/** Conversations, mailboxes, counters, timeline and outbox, from the messages alone. */
async function deriveAll(tx: WriteTx, { me }: AccountContext): Promise<void> {
  const messages = await tx.objectStore("messages").getAll();
  const { chatsAsMail } = preferencesOf(await readMeta(tx, "preferences"));
  const conversations = fold(messages, me);
  if (chatsAsMail)
    for (const conversation of conversations.values())
      if (conversation.kind === "chat") conversation.asMail = 1;
  const missing = await missingFolders(tx, conversations.values());
  for (const conversation of conversations.values())
    if (liesIn(conversation, missing)) conversation.stray = 1;
  const totals: PlaceTotals = {};
  for (const name of ["conversations", "entries", "timeline"] as const)
    void tx.objectStore(name).clear();
  for (const conversation of conversations.values()) {
    putEntries(tx, totals, undefined, conversation);
    void tx.objectStore("conversations").put(conversation);
  }
  for (const message of messages)
    for (const event of eventsOf(message, me))
      void tx.objectStore("timeline").put(event, timelineKey(event.person, event.at, event.key));
  await mendOutbox(tx, messages);
  putMeta(tx, "totals", totals);
  putMeta(tx, "nextMessage", messages.reduce((max, m) => Math.max(max, m.key), 0) + 1);
  putMeta(tx, "nextConversation", Math.max(0, ...conversations.keys()) + 1);
}

function fold(messages: readonly Message[], me: AccountContext["me"]): Map<number, Conversation> {
  const withMail = new Set(messages.filter((m) => m.kind === "mail").map((m) => m.conversation));
  const conversations = new Map<number, Conversation>();
  for (const message of messages) {
    const id = message.conversation;
    const known =
      conversations.get(id) ??
      (withMail.has(id)
        ? emptyConversation(id, "mail")
        : emptyConversation(id, "chat", otherSideOf(message, me) ?? message.from));
    conversations.set(id, withMessage(known, message, me));
  }
  return conversations;
}

/** The intent to send exists exactly while there is work. */
async function mendOutbox(tx: WriteTx, messages: readonly Message[]): Promise<void> {
  const known = new Set(await tx.objectStore("outbox").getAllKeys());
  for (const message of messages) {
    const { key, at } = message;
    const intent = intentOf(message);
    const isWork = intent !== undefined && hasWork(intent.recipients);
    if (isWork && !known.has(key))
      void tx.objectStore("outbox").put({ key, mid: intent.mid, createdAt: at });
    if (isWork) known.delete(key);
  }
  for (const key of known) void tx.objectStore("outbox").delete(key);
}
