/**
 * Takes messages into the database, whatever way they came: archive, live, carbon, offline queue. Idempotent: the
 * same copy twice, or two copies of one message by two ways, are one row.
 */
import type { Jid } from "../mail/address.ts";
import {
  type Answer,
  answeredAt,
  answerOf,
  answersAmong,
  mayBeAnswered,
} from "../mail/answered.ts";
import { leastDelivered } from "../mail/delivery.ts";
import {
  type Arrival,
  hasStrongId,
  type Message,
  type MessageRecipient,
  type Named,
} from "../mail/message.ts";
import { readMeta } from "../store/meta.ts";
import type { WriteTx } from "../store/schema.ts";
import { ruleStamp } from "../mail/clock.ts";
import { saidOf, withState } from "../mail/state.ts";
import { putAway } from "./follow-ups.ts";
import { isOfGhost } from "./ghost.ts";
import type { IdSieve } from "./id-sieve.ts";
import { notePeople } from "./people.ts";
import { moveInTime, place } from "./placing.ts";
import { takeReactions, withReactionsAhead } from "./reactions.ts";
import { markRetracted, takeRetractions } from "./retractions.ts";
import { eventsOf, Timelines } from "./timeline.ts";
import { States, withWhatWasSaid } from "./states.ts";
import { WorkingSet } from "./working-set.ts";

/** Two copies of a message without a good id are one if they lie this close: 10 minutes, in ms. */
const SAME_COPY_MS = 10 * 60 * 1000;

export type Ingested = {
  added: Message[];
  /** How many were copies of what is here. */
  known: number;
  /** Conversations whose rows changed. */
  touched: Set<number>;
};

/**
 * Writes a batch within the caller's transaction (stores: WORKING_STORES). The caller adds its cursor and commits.
 * `sieve`: for who takes in much at once.
 */
export async function ingest(
  tx: WriteTx,
  me: Jid,
  arrivals: readonly Arrival[],
  sieve?: IdSieve,
): Promise<Ingested> {
  const set = await WorkingSet.open(tx, me, sieve);
  const timelines = new Timelines(tx);
  const messages = arrivals.filter((a) => a.retracts === undefined && a.reacts === undefined);
  await Promise.all([
    set.prefetch(arrivals.map((a) => a.message)),
    loadTimelines(set, timelines, messages),
  ]);
  const added: Message[] = [];
  let copies = 0;
  const discarded = new Set(await readMeta(tx, "discarded"));
  await takeRetractions(
    set,
    arrivals.filter((a) => a.retracts !== undefined),
  );
  await takeReactions(
    set,
    arrivals.filter((a) => a.reacts !== undefined),
  );
  const spammers = new Set(await readMeta(tx, "spammers"));
  const states = new States(tx);
  const marked = await withReactionsAhead(tx, await markRetracted(tx, messages));
  for (const arrival of await asSaid(tx, marked)) {
    if (arrival.message.direction === "out" && discarded.has(arrival.message.mid)) continue;
    const known = await findCopy(set, arrival);
    if (known !== undefined) {
      await mergeCopy(set, states, timelines, known, arrival);
      copies++;
      continue;
    }
    const row = await place(set, timelines, arrival);
    added.push(await settleUnread(set, states, await putAway(set, states, row, spammers)));
  }
  states.flush();
  const touched = await set.flush();
  await notePeople(tx, me, added);
  return { added, known: copies, touched };
}

/** What somebody said of them before they came. */
async function asSaid(tx: WriteTx, arrivals: readonly Arrival[]): Promise<readonly Arrival[]> {
  const before = arrivals.map(({ message }) => message);
  const said = await withWhatWasSaid(tx, before);
  if (said === before) return arrivals;
  return arrivals.map((arrival, index) => ({
    ...arrival,
    message: said[index] ?? arrival.message,
  }));
}

async function loadTimelines(
  set: WorkingSet,
  timelines: Timelines,
  arrivals: readonly Arrival[],
): Promise<void> {
  const spans = new Map<Jid, { from: number; to: number }>();
  const chatted = new Set<Jid>();
  for (const { message } of arrivals) {
    for (const { person, at, what } of eventsOf({ ...message, key: 0, conversation: 0 }, set.me)) {
      const span = spans.get(person);
      spans.set(person, { from: Math.min(span?.from ?? at, at), to: Math.max(span?.to ?? at, at) });
      if (what !== "my-mail") chatted.add(person);
    }
  }
  const loads: Promise<void>[] = [];
  for (const [person, { from, to }] of spans) {
    // Only a chat depends on what stands next to it.
    if (chatted.has(person) || set.mayHave("chats", person))
      loads.push(timelines.load(person, from, to));
    else timelines.skip(person);
  }
  await Promise.all(loads);
}

/** The row this is another copy of: PROTOCOL.md section 3, rule 5, hardened against ids that prove nothing. */
async function findCopy(set: WorkingSet, { message }: Arrival): Promise<Message | undefined> {
  for (const id of message.archiveIds) {
    const row = set.withArchiveId(id);
    if (row !== undefined) return set.message(row.key);
  }
  for (const row of set.withMid(message.mid)) {
    if (row.from !== message.from || row.kind !== message.kind) continue;
    // A draft that another device sent with other words, before this one could send it: that never left here.
    if (isUnwritten(row) && row.contentHash !== message.contentHash) continue;
    if (message.direction === "out" && hasStrongId(message)) return set.message(row.key);
    if (row.contentHash !== message.contentHash) continue;
    if (hasStrongId(message)) return set.message(row.key);
    const bothArchived = row.archiveIds.length > 0 && message.archiveIds.length > 0;
    if (bothArchived) continue;
    // The archive's word against a clock that nobody set, whichever of the two came first: near says nothing.
    const isGuessed =
      (row.guessedAt === 1 && message.archiveIds.length > 0) ||
      (message.guessedAt === 1 && row.archiveIds.length > 0);
    if (isGuessed || Math.abs(row.at - message.at) <= SAME_COPY_MS) return set.message(row.key);
  }
  return undefined;
}

function isUnwritten({ recipients }: Message): boolean {
  return recipients?.every((r) => r.state === "waiting" && !r.written) === true;
}

async function mergeCopy(
  set: WorkingSet,
  states: States,
  timelines: Timelines,
  row: Message,
  arrival: Arrival,
): Promise<void> {
  const { message, copyTo } = arrival;
  const merged: Message = { ...row };
  const fresh = message.archiveIds.filter((id) => !row.archiveIds.includes(id));
  if (fresh.length > 0) merged.archiveIds = [...row.archiveIds, ...fresh];
  const firstArchived = fresh.length > 0 && row.archiveIds.length === 0;
  // Also by less than a second: one server's archive knows whole seconds only, and its order is the one that counts.
  if (firstArchived) {
    merged.at = message.at;
    delete merged.guessedAt;
  }
  if (message.direction === "out") {
    merged.to = union(row.to, message.to, []);
    merged.cc = union(row.cc, message.cc, []);
    merged.bcc = union(row.bcc, message.bcc, [...merged.to, ...merged.cc]);
    if (copyTo !== undefined && row.recipients !== undefined) {
      merged.recipients = row.recipients.map((r) => (r.jid === copyTo ? confirmed(r) : r));
      const delivery = leastDelivered(merged.recipients.map((r) => r.state));
      if (delivery !== undefined) merged.delivery = delivery;
      if (merged.retraction === undefined && !hasWork(merged.recipients))
        void set.tx.objectStore("outbox").delete(row.key);
    }
  }
  if (firstArchived && message.direction === "out") await keepSource(set, row.key, arrival);
  if (isSame(row, merged)) return;
  set.change(firstArchived ? await asSaidOf(states, merged) : merged);
  if (merged.at !== row.at) await moveInTime(set, timelines, row, merged);
}

/** Others' words go to rows of the day they name (account-state/join.ts), and this one stood at another until now. */
async function asSaidOf(states: States, row: Message): Promise<Message> {
  await states.load([row]);
  return withState(row, saidOf(row, states.of(row)));
}

/** What went out from here has its stanza from the archive. */
async function keepSource(set: WorkingSet, key: number, { body }: Arrival): Promise<void> {
  const known = await set.body(key);
  if (known === undefined || known.apart !== undefined) return;
  if (known.source === undefined && body.source !== undefined)
    set.changeBody({ ...known, source: body.source });
}

/** Work is left while a copy is waiting, under way or refused. */
export function hasWork(recipients: readonly MessageRecipient[]): boolean {
  return recipients.some(
    (r) => r.state === "waiting" || r.state === "sending" || r.state === "failed",
  );
}

/**
 * A copy of mine in the archive or on another device proves that my server took it. It says nothing against a bounce
 * that came after, unless that was a ghost's; and nothing of a copy sent again after one.
 */
function confirmed(recipient: MessageRecipient): MessageRecipient {
  const { jid, state, again } = recipient;
  if (state === "delivered" || state === "sent" || again !== undefined) return recipient;
  if (state === "failed" && !isOverruled(recipient)) return recipient;
  return { jid, state: "sent", written: true };
}

/** Our own verdict that it is too large was wrong, or the bounce was a ghost's (PROTOCOL.md section 3, rule 5). */
function isOverruled({ reason = "" }: MessageRecipient): boolean {
  const [condition = "", text = ""] = reason.split(/: ?(.*)/s);
  return condition === "too-large" || isOfGhost({ condition, text });
}

function union(a: readonly Named[], b: readonly Named[], except: readonly Named[]): Named[] {
  const known = new Set([...a, ...except].map((n) => n.jid));
  const more = b.filter((n) => !known.has(n.jid));
  return more.length === 0 ? [...a] : [...a, ...more];
}

function isSame(a: Message, b: Message): boolean {
  return (
    a.at === b.at &&
    a.archiveIds.length === b.archiveIds.length &&
    a.to.length === b.to.length &&
    a.cc.length === b.cc.length &&
    a.bcc.length === b.bcc.length &&
    a.delivery === b.delivery &&
    JSON.stringify(a.recipients) === JSON.stringify(b.recipients)
  );
}

/** Marks read what an answer proves to have been read, whichever of the two comes first. Returns the row as it is then. */
async function settleUnread(set: WorkingSet, states: States, row: Message): Promise<Message> {
  const conversation = await set.conversation(row.conversation);
  if (conversation?.kind !== "mail" || conversation.unread === 0) return row;
  if (row.direction === "out") await readByAnswer(set, states, row);
  else if (mayBeAnswered(conversation, row) && (await concernsUnread(set, row)))
    await readAnswered(set, states, row, answersAmong(await set.messagesOf(conversation.id)));
  return (await set.message(row.key)) ?? row;
}

/** Whether an answer to it proves anything that is not known: of itself, or of what stands before it. */
async function concernsUnread(set: WorkingSet, { at, conversation }: Message): Promise<boolean> {
  return (await set.unreadOf(conversation)).some((unread) => unread.at <= at);
}

/** Marks read what a message of mine proves to have been read; what it names is in the set. Returns what was unread. */
export async function readByAnswer(
  set: WorkingSet,
  states: States,
  row: Message,
): Promise<Message[]> {
  const answer = answerOf(row, (mid) =>
    set.withMid(mid).filter((other) => other.conversation === row.conversation),
  );
  return answer === undefined ? [] : readAnswered(set, states, row, [answer]);
}

async function readAnswered(
  set: WorkingSet,
  states: States,
  { conversation }: Message,
  answers: readonly Answer[],
): Promise<Message[]> {
  const read: Message[] = [];
  if (answers.length === 0) return read;
  for (const unread of await set.unreadOf(conversation)) {
    const at = answeredAt(unread, answers);
    if (at === undefined) continue;
    await asAnswered(set, states, unread, at);
    read.push(unread);
  }
  return read;
}

/** Read, since it was answered then. Where somebody said that it is unread, the later word counts. */
export async function asAnswered(
  set: WorkingSet,
  states: States,
  row: Message,
  answeredAt: number,
): Promise<Message> {
  await states.load([row]);
  if (states.of(row).read !== undefined)
    return states.say(set, row, "read", true, ruleStamp(answeredAt));
  const read = asRead(row);
  set.change(read);
  return read;
}

function asRead(row: Message): Message {
  const { unread: _unread, ...rest } = row;
  return rest;
}
