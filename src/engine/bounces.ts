/**
 * Errors that come back for mail of mine (RFC 6120 section 8.3): whose they may be, which message and which recipients
 * they mean, and when they mean nothing any more.
 */
import { hashText } from "../base/hash.ts";
import type { Jid } from "../mail/address.ts";
import { domainOf } from "../mail/address.ts";
import { type Arrival, arrivalOf, type Message, type MessageRecipient } from "../mail/message.ts";
import type { Received, StanzaProblem } from "../mail/received.ts";
import { copiesWith } from "../mail/retraction.ts";
import type { AccountContext } from "./context.ts";
import { changeRecipient, messageSentAs } from "./delivery.ts";
import { isOfGhost } from "./ghost.ts";
import { ingest } from "./ingest.ts";
import { WORKING_STORES } from "./working-set.ts";

/** A bounce without an id is looked for among the messages sent last. */
const LATEST = 500;

/**
 * Takes an error. `archivedAt`: the archive's time of it; absent where it came live. One that fits no message of mine
 * and yet comes from somebody I wrote to is kept as what it is; a stranger's changes nothing.
 */
export async function takeBounce(
  context: AccountContext,
  received: Received,
  archivedAt?: number,
): Promise<void> {
  const { problem } = received;
  if (problem === undefined) return;
  const meant = await messageOf(context, received);
  if (meant === undefined) {
    if (received.id === undefined && archivedAt === undefined)
      await keepAsNotice(context, received);
    return;
  }
  for (const jid of meant.recipients) {
    await changeRecipient(context, meant.mid, jid, (r) =>
      isMoot(r, problem, archivedAt) ? r : refused(r, problem),
    );
  }
}

function refused(r: MessageRecipient, problem: StanzaProblem): MessageRecipient {
  return { ...r, state: "failed", written: true, reason: reasonOf(problem) };
}

function isMoot(r: MessageRecipient, problem: StanzaProblem, archivedAt?: number): boolean {
  if (!r.written || r.state === "delivered") return true;
  // The archive tells of an earlier copy, which was refused and is known to be.
  if (archivedAt !== undefined && r.again !== undefined && archivedAt <= r.again) return true;
  return r.state === "sent" && isOfGhost(problem);
}

type Meant = { mid: string; recipients: Jid[] };

/** The message an error is about: by its id, by the returned original's, by what it quotes, or the only one possible. */
async function messageOf(context: AccountContext, received: Received): Promise<Meant | undefined> {
  for (const id of [received.id, received.originId]) {
    if (id === undefined) continue;
    const row = await context.store.read(["messages"], (tx) => messageSentAs(tx, id));
    const copies = row === undefined ? undefined : copiesWith(row, id);
    const recipients = recipientsOf(context, copies, received);
    if (recipients.length > 0) return { mid: id, recipients };
  }
  if (received.id !== undefined) return undefined;
  const open = (await latestSent(context)).flatMap((row) => {
    const recipients = recipientsOf(context, row.recipients, received).filter((jid) =>
      row.recipients?.some((r) => r.jid === jid && (r.state === "sent" || r.state === "sending")),
    );
    return recipients.length === 0 ? [] : [{ row, mid: row.mid, recipients }];
  });
  const quoted = open.filter(({ row }) => quotes(received, row));
  const says = received.body !== undefined || received.subject !== undefined;
  const likely = says ? quoted : open;
  return likely.length === 1 ? likely[0] : undefined;
}

/** Whether an error carries the message's own text back. */
function quotes({ subject, body, thread }: Received, row: Message): boolean {
  if (thread !== undefined && thread.id !== row.thread) return false;
  return row.contentHash === hashText(JSON.stringify([subject ?? "", body ?? "", []]));
}

/**
 * Whom an error may speak for: its sender; everybody at a domain that cannot be reached, where the domain or my own
 * server says so; and my own server for the only recipient there is.
 */
function recipientsOf(
  { me }: AccountContext,
  copies: readonly MessageRecipient[] | undefined,
  { from, problem }: Received,
): Jid[] {
  const jids = (copies ?? []).map((r) => r.jid);
  if (jids.includes(from)) return [from];
  const atDomain = jids.filter((jid) => domainOf(jid) === from);
  const ofWholeDomain = problem?.condition.startsWith("remote-server-") === true;
  if (atDomain.length === 1 || ofWholeDomain) {
    if (atDomain.length > 0) return atDomain;
  }
  const isOwn = from === me || from === domainOf(me);
  return isOwn && jids.length === 1 ? jids : [];
}

async function latestSent(context: AccountContext): Promise<Message[]> {
  return context.store.read(["messages"], async (tx) => {
    const rows: Message[] = [];
    let cursor = await tx.objectStore("messages").openCursor(null, "prev");
    for (let seen = 0; cursor !== null && seen < LATEST; seen++) {
      const row = cursor.value;
      if (row.direction === "out" && row.recipients !== undefined) rows.push(row);
      cursor = await cursor.continue();
    }
    return rows;
  });
}

async function keepAsNotice(context: AccountContext, received: Received): Promise<void> {
  const { me } = context;
  const person = await context.store.read(["people"], (tx) =>
    tx.objectStore("people").get(received.from),
  );
  const isKnown = (person?.written ?? 0) > 0 || received.from === domainOf(me);
  const notice = isKnown ? noticeOf(received, me, context.now()) : undefined;
  if (notice === undefined) return;
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [notice]));
  context.bus.touch(["mail", "people"], { urgent: true });
}

/** An error that fits nothing, as a message from whoever sent it, with what it gave back. */
function noticeOf(received: Received, me: Jid, at: number): Arrival | undefined {
  const { problem, body = "" } = received;
  if (problem === undefined) return undefined;
  const asMail: Received = { ...received, type: "normal", body: body === "" ? " " : body };
  const arrival = arrivalOf(asMail, { me, at, unread: true });
  if (arrival === undefined) return undefined;
  return { ...arrival, message: { ...arrival.message, problem: reasonOf(problem) } };
}

/** Condition and the server's own words: "service-unavailable", "item-not-found: No such user". */
function reasonOf(problem: StanzaProblem): string {
  return problem.text === undefined || problem.text === ""
    ? problem.condition
    : `${problem.condition}: ${problem.text}`;
}
