/** Sending, and what can be done with a message that is not sent yet. The network is the outbox's business. */
import type { Commands } from "../../api/contract.ts";
import { wordsOf } from "../../mail/account-state/draft-merge.ts";
import type { Draft } from "../../mail/draft.ts";
import { draftAgain } from "../../mail/draft-again.ts";
import { leastDelivered } from "../../mail/delivery.ts";
import type { Arrival, Body, Message, MessageRecipient } from "../../mail/message.ts";
import { copyFor, messageFromDraft } from "../../mail/outgoing.ts";
import { splitQuote } from "../../mail/snippet.ts";
import { intentOf, withCopies } from "../../mail/retraction.ts";
import { budgetOf } from "../../mail/stanza-limit.ts";
import { bccSaid } from "../../mail/state.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { WriteTx } from "../../store/schema.ts";
import { StorageError } from "../../store/storage-error.ts";
import { utf8Length } from "../../base/utf8.ts";
import { buildMessage } from "../../xmpp/message.ts";
import type { AccountContext } from "../context.ts";
import { DraftShelf } from "../draft-shelf.ts";
import { firstVersion } from "../first-version.ts";
import { hasWork, readByAnswer } from "../ingest.ts";
import { notePeople } from "../people.ts";
import { place } from "../placing.ts";
import { noteReadHere } from "../read-here.ts";
import { sentDraft } from "../sent-draft.ts";
import { type Clock, States } from "../states.ts";
import { Timelines } from "../timeline.ts";
import { WORKING_STORES, WorkingSet } from "../working-set.ts";
import { correctionOf } from "./correct.ts";

/** The archive shows a message again only around the time it was sent: the latest are enough. */
const MAX_DISCARDED = 500;

const SEND_STORES = [...WORKING_STORES, "drafts"] as const;

/**
 * Draft out, message and durable intent in: one transaction that waits for the disk. A refusal leaves the draft. The
 * draft's id becomes the message's: Send pressed twice, or in two tabs, finds the message there already.
 */
export async function send(
  context: AccountContext,
  { draft, ...writer }: Commands["send"]["args"],
): Promise<Commands["send"]["result"]> {
  const refusal = refuse(draft);
  if (refusal !== undefined) return { ok: false, ...refusal };
  try {
    const result = await context.store.write(
      SEND_STORES,
      async (tx): Promise<Commands["send"]["result"]> => {
        const shelf = await DraftShelf.open(tx, context.now());
        const mid = shelf.idFor(draft.id, writer.editor);
        const written = messageFromDraft(draft, {
          me: context.me,
          mid,
          thread: crypto.randomUUID(),
          now: context.now(),
        });
        const arrival =
          draft.corrects === undefined ? written : await correctionOf(tx, draft.corrects, written);
        const sent = await sentDraft(tx, mid);
        if (sent !== undefined)
          return isSameText(sent, arrival ?? written) ? { ok: true } : ALREADY_SENT;
        // Another device sent it: its message comes.
        if (shelf.mark(mid)?.gone?.how === "sent") return ALREADY_SENT;
        if (arrival === undefined) return NOT_CORRECTABLE;
        const large = tooLarge(arrival, budgetOf(await readMeta(tx, "stanzaLimit")));
        if (large !== undefined) return large;
        const set = await WorkingSet.open(tx, context.me);
        await set.prefetch([arrival.message]);
        const row = await sayBcc(set, shelf.clock, await place(set, new Timelines(tx), arrival));
        await markAnsweredRead(set, row);
        await set.flush();
        await notePeople(tx, context.me, [row]);
        void tx.objectStore("outbox").put({ key: row.key, mid: row.mid, createdAt: row.at });
        await shelf.end(mid, "sent", writer, wordsOf(draft));
        shelf.flush();
        return { ok: true };
      },
      "strict",
    );
    if (!result.ok) return result;
  } catch (error) {
    if (error instanceof StorageError)
      return { ok: false, problem: "storage", detail: error.message };
    throw error;
  }
  context.bus.touch(["mail", "outbox", "drafts", "people"], { urgent: true });
  return { ok: true };
}

const ALREADY_SENT = { ok: false, problem: "already-sent", detail: "" } as const;
const NOT_CORRECTABLE = { ok: false, problem: "not-correctable", detail: "" } as const;

function isSameText({ contentHash, recipients }: Message, { message }: Arrival): boolean {
  const jids = (list: readonly MessageRecipient[] = []): string =>
    list
      .map((r) => r.jid)
      .toSorted()
      .join(" ");
  return contentHash === message.contentHash && jids(recipients) === jids(message.recipients);
}

/** The largest of the copies as it would be written, against what the server takes: bytes of UTF-8, escaped. */
function tooLarge(
  { message, body }: Arrival,
  budget: number,
): Extract<Commands["send"]["result"], { ok: false }> | undefined {
  const row: Message = { ...message, key: 0, conversation: 0 };
  const text: Body = { ...body, key: 0 };
  const bytes = Math.max(
    ...(message.recipients ?? []).map(({ jid }) =>
      utf8Length(buildMessage(copyFor(row, text, jid)).toString()),
    ),
  );
  if (bytes <= budget) return undefined;
  return { ok: false, problem: "too-large", detail: `${bytes} of ${budget} bytes` };
}

function refuse(
  draft: Draft,
): { problem: "no-recipient" | "empty" | "bad-address"; detail: string } | undefined {
  const open = [draft.pending.to, draft.pending.cc, draft.pending.bcc]
    .map((t) => t.trim())
    .find((t) => t !== "");
  if (open !== undefined) return { problem: "bad-address", detail: open };
  if (draft.to.length + draft.cc.length + draft.bcc.length === 0)
    return { problem: "no-recipient", detail: "" };
  if (draft.subject.trim() + draft.body.trim() + draft.quote.trim() === "")
    return { problem: "empty", detail: "" };
  return undefined;
}

/** Whom it goes to unseen, for my other devices: their archive has a copy for each, and no list (XEP-0033). */
async function sayBcc(set: WorkingSet, clock: Clock, row: Message): Promise<Message> {
  if (row.bcc.length === 0) return row;
  const states = new States(set.tx);
  await states.load([row]);
  const said = states.say(set, row, "bcc", bccSaid(row.bcc), states.make(clock, row, "bcc"));
  states.flush();
  return said;
}

/** What it answers and what stood before that was read; what came while it was written perhaps not. */
async function markAnsweredRead(set: WorkingSet, row: Message): Promise<void> {
  const states = new States(set.tx);
  const read = await readByAnswer(set, states, row);
  states.flush();
  await noteReadHere(set.tx, set.me, read);
}

/** Refused copies go out again, with the same id: the person asked for it, so the archive is not asked first. */
export async function retrySend(context: AccountContext, { key }: { key: number }): Promise<null> {
  await context.store.write(
    SEND_STORES,
    async (tx) => {
      const set = await WorkingSet.open(tx, context.me);
      const shown = await set.message(key);
      if (shown === undefined) return;
      const first = await set.message((await firstVersion(tx, shown)).key);
      const row = first?.retraction === undefined ? shown : first;
      const intent = intentOf(row);
      if (intent === undefined) return;
      set.change(withCopies(row, intent.mid, intent.recipients.map(again)));
      await set.flush();
      // Whatever was held against the copies, the person wants another try.
      void tx.objectStore("outbox").put({ key: row.key, mid: intent.mid, createdAt: row.at });
    },
    "strict",
  );
  context.bus.touch(["mail", "outbox"], { urgent: true });
  return null;
}

/** What the server never had is no second attempt: the archive cannot mistake it for the first. */
function again(r: MessageRecipient): MessageRecipient {
  if (r.state !== "failed") return r;
  const { jid, written } = r;
  return {
    jid,
    state: "waiting",
    written: false,
    ...(written ? { again: r.again ?? 0 } : {}),
  };
}

/** Takes what did not go out back into a draft; copies that went out stay. */
export async function editUnsent(
  context: AccountContext,
  { key }: { key: number },
): Promise<{ draft: Draft } | null> {
  let draft: Draft | null = null;
  await changeUnsent(
    context,
    key,
    (recipients, row, text) => {
      const left = recipients.filter((r) => !isHeldBack(r));
      const back = new Set(recipients.filter(isHeldBack).map((r) => r.jid));
      if (back.size > 0)
        draft = draftAgain(row, text, { id: crypto.randomUUID(), to: back, now: context.now() });
      return left;
    },
    (tx) => {
      if (draft !== null) void tx.objectStore("drafts").put(draft);
    },
  );
  return draft === null ? null : { draft };
}

export async function discardUnsent(
  context: AccountContext,
  { key }: { key: number },
): Promise<null> {
  await changeUnsent(context, key, (recipients) => recipients.filter((r) => !isHeldBack(r)));
  return null;
}

/** Surely not with the recipient: refused, or never written to a stream. */
function isHeldBack(recipient: MessageRecipient): boolean {
  return recipient.state === "failed" || (recipient.state === "waiting" && !recipient.written);
}

async function changeUnsent(
  context: AccountContext,
  key: number,
  change: (
    recipients: MessageRecipient[],
    row: Message,
    text: { body: string; quote: string },
  ) => MessageRecipient[],
  also?: (tx: WriteTx, row: Message) => void,
): Promise<void> {
  await context.store.write(
    SEND_STORES,
    async (tx) => {
      const set = await WorkingSet.open(tx, context.me);
      const row = await set.message(key);
      // What was taken back goes nowhere any more.
      if (row?.recipients === undefined || row.retraction !== undefined) return;
      const body = await set.body(key);
      const recipients = change(
        row.recipients,
        row,
        splitQuote(body?.body ?? "", body?.fallbacks ?? []),
      );
      const delivery = leastDelivered(recipients.map((r) => r.state));
      if (delivery === undefined) {
        set.remove(row);
        if (row.recipients.some((r) => r.written)) await noteDiscarded(tx, row.mid);
      } else set.change({ ...row, recipients, delivery });
      if (!hasWork(recipients)) void tx.objectStore("outbox").delete(key);
      await set.flush();
      also?.(tx, row);
    },
    "strict",
  );
  context.bus.touch(["mail", "outbox", "drafts"], { urgent: true });
}

async function noteDiscarded(tx: WriteTx, mid: string): Promise<void> {
  const known = (await readMeta(tx, "discarded")) ?? [];
  putMeta(tx, "discarded", [...known, mid].slice(-MAX_DISCARDED));
}
