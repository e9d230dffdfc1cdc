/**
 * Carries out the intents to send, oldest first, exactly once as far as the protocol allows: a copy is noted as written
 * *before* it is, with its place in the stream, so that after any crash the server's count or the archive can tell what
 * became of it (doubt.ts). Only what is surely not with the server is written again, with the same id.
 *
 *   waiting --noted--> sending --acknowledged, echo, archive--> sent
 *                         |  stream ends before the ack
 *                         v
 *                      in doubt --handled or found--> sent
 *                         '------surely not---------> written again, same id
 */
import type { Jid } from "../mail/address.ts";
import type { Body, Message, MessageRecipient } from "../mail/message.ts";
import { copyFor } from "../mail/outgoing.ts";
import { copiesWith, intentOf, retractionFor } from "../mail/retraction.ts";
import { budgetOf } from "../mail/stanza-limit.ts";
import { readMeta } from "../store/meta.ts";
import type { ArchivePoint, OutboxRow, WrittenCopy } from "../store/rows.ts";
import { ConnectionError } from "../xmpp/connection-error.ts";
import { buildMessage } from "../xmpp/message.ts";
import type { Session } from "../xmpp/session.ts";
import { StanzaError } from "../xmpp/stanza-error.ts";
import { utf8Length } from "../base/utf8.ts";
import { archivedArrival } from "./arrivals.ts";
import type { AccountContext } from "./context.ts";
import { changeRecipient, markFailed, markSent } from "./delivery.ts";
import { fateOf, findCopy, newestPoint, patienceMs } from "./doubt.ts";
import { ingest } from "./ingest.ts";
import { blameFor, type InFlight, isSuspect, tooLarge } from "./refusals.ts";
import type { StreamKeeper } from "./stream-keeper.ts";
import { WORKING_STORES } from "./working-set.ts";

/** So much may be on its way at once; a larger stanza goes alone. Bytes */
const WINDOW_BYTES = 32 * 1024;
/** The first pause between two looks for the same copy; the next is twice as long. ms */
const LOOK_AGAIN_MS = 700;

export interface Outbox {
  /** Looks for work; calls while it works make it look again. */
  nudge(): void;
  /** Stanzas the server acknowledged, in the order they were written. True where mail is among them. */
  acked(ids: readonly string[]): boolean;
  /** The stream is over: whether a copy is to blame. Resolves when that is noted. */
  ended(error: ConnectionError): Promise<void>;
}

type Job = { row: OutboxRow; message: Message; body: Body; recipient: MessageRecipient };

export function createOutbox(
  context: AccountContext,
  session: Session,
  options: {
    hasArchive: boolean;
    /** False where another tab may be sending by now. */
    isSurelyMine: () => Promise<boolean>;
    keeper: StreamKeeper;
    signal: AbortSignal;
    onError: (error: unknown) => void;
  },
): Outbox {
  const { keeper, signal } = options;
  const startedAt = performance.now();
  /** Copies written on this stream, until the database says that they are sent. */
  const written: (InFlight & { acked?: true })[] = [];
  /** Copies in doubt that were looked for: when to look again. */
  const looks = new Map<string, { at: number; pause: number }>();
  let working = false;
  let again = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });

  async function work(): Promise<void> {
    do {
      again = false;
      await pass();
    } while (again && !signal.aborted);
  }

  /** Every copy that is to go out, message by message; what holds one up holds up its recipient, nobody else. */
  async function pass(): Promise<void> {
    const rows = await context.store.read(["outbox"], (tx) => tx.objectStore("outbox").getAll());
    const oneByOne = rows.some((row) => Object.values(row.copies ?? {}).some(isSuspect));
    const heldUp = new Set<Jid>();
    for (const row of rows.sort((a, b) => a.key - b.key)) {
      const found = await load(row.key);
      for (const recipient of copiesOf(row, found?.message)) {
        if (signal.aborted) return;
        if (found === undefined || heldUp.has(recipient.jid) || !isOpen(recipient)) continue;
        if (written.some((c) => c.mid === row.mid && c.to === recipient.jid)) continue;
        const done = await carryOut({ row, recipient, ...found }, oneByOne);
        if (done === "full") return;
        if (done === "held-up") heldUp.add(recipient.jid);
      }
    }
  }

  async function load(key: number): Promise<{ message: Message; body: Body } | undefined> {
    const [message, body] = await context.store.read(["messages", "bodies"], (tx) =>
      Promise.all([tx.objectStore("messages").get(key), tx.objectStore("bodies").get(key)]),
    );
    return message === undefined || body === undefined ? undefined : { message, body };
  }

  async function carryOut(job: Job, oneByOne: boolean): Promise<"done" | "held-up" | "full"> {
    const { row, message, recipient } = job;
    const stanza = buildMessage(
      row.mid === message.mid
        ? copyFor(message, job.body, recipient.jid)
        : retractionFor(message, recipient.jid),
    );
    const bytes = utf8Length(stanza.toString());
    const noted = job.row.copies?.[recipient.jid];
    if (recipient.written && !(await isSettled(job, noted, bytes))) return "held-up";
    const current = await load(row.key);
    const still = copiesOf(row, current?.message).find((r) => r.jid === recipient.jid);
    if (still === undefined || !isOpen(still)) return "done";
    const budget = await budgetNow();
    if (bytes > budget) {
      await markFailed(context, row.mid, recipient.jid, tooLarge(bytes, budget));
      return "done";
    }
    const onTheirWay = unacked().reduce((sum, copy) => sum + copy.bytes, 0);
    if (onTheirWay > 0 && (oneByOne || onTheirWay + bytes > WINDOW_BYTES)) return "full";
    await write(job, stanza, bytes, noted);
    return "done";
  }

  async function write(
    { row: { mid }, recipient }: Job,
    stanza: ReturnType<typeof buildMessage>,
    bytes: number,
    noted: WrittenCopy | undefined,
  ): Promise<void> {
    const to = recipient.jid;
    const isRetry = recipient.again !== undefined && !recipient.written;
    const since = isRetry
      ? await pointNow(to)
      : recipient.written
        ? noted?.since
        : await knownPoint();
    const place = session.reserve();
    let stillWanted = true;
    let sent = false;
    try {
      const isNoted = await changeRecipient(
        context,
        mid,
        to,
        (r) => {
          stillWanted = isOpen(r);
          const next: MessageRecipient = { ...r, state: "sending", written: true };
          return stillWanted ? (isRetry ? { ...next, again: since?.at ?? 0 } : next) : r;
        },
        {
          only: (tx) => keeper.isMine(tx),
          copy: (old) => ({
            ...(session.streamId === undefined ? {} : { stream: session.streamId }),
            ...(place.number === undefined ? {} : { number: place.number }),
            ...(since === undefined ? {} : { since }),
            ...(old?.refusals === undefined ? {} : { refusals: old.refusals }),
          }),
        },
      );
      // A tab that was frozen just here would send what another one has sent meanwhile.
      stillWanted &&= isNoted;
      if (!isNoted) await claimAgain();
      if (!stillWanted || !(await options.isSurelyMine()) || signal.aborted) return;
      written.push({ mid, to, bytes });
      place.send(stanza);
      sent = true;
    } finally {
      // The place is noted as the copy's: nothing else may ever take it.
      if (stillWanted && !sent) session.abort();
      place.release();
    }
    if (!sent) return;
    if (!session.hasStreamManagement) {
      // A server handles a stream's stanzas in order (RFC 6120 section 10.1): an answer to a later ping is word enough.
      await session.ping();
      acked([mid]);
    }
  }

  /**
   * A tab that thawed at the wrong moment may have put its token over ours: the stream is ended, and the next one takes
   * the row again. Where the lock is no longer ours, it ends by itself.
   */
  async function claimAgain(): Promise<void> {
    const isOurs = await context.store.read(["meta"], (tx) => keeper.isMine(tx));
    if (!isOurs && (await options.isSurelyMine())) session.abort();
  }

  /** Whether nothing stands in the way of writing the copy (again): it is surely not with the server. */
  async function isSettled(
    { row: { mid }, recipient }: Job,
    noted: WrittenCopy | undefined,
    bytes: number,
  ): Promise<boolean> {
    const to = recipient.jid;
    const fate = fateOf(noted, keeper.earlier, session.resumed);
    if (fate === "not-handled") return true;
    if (fate === "handled") return markSent(context, mid, to).then(() => true);
    const name = `${mid} ${to}`;
    const now = performance.now();
    const look = looks.get(name) ?? { at: now, pause: LOOK_AGAIN_MS };
    if (now >= look.at) {
      if (options.hasArchive && (await lookFor(mid, to, noted?.since))) return true;
      const patientUntil = startedAt + patienceMs(noted, keeper.earlier, bytes);
      if (performance.now() >= patientUntil) return true;
      look.at = Math.min(performance.now() + look.pause, patientUntil);
      look.pause *= 2;
      looks.set(name, look);
    }
    wakeAt(look.at);
    return false;
  }

  /** True where the archive has it, and then the message says so. */
  async function lookFor(mid: string, to: Jid, since: ArchivePoint | undefined): Promise<boolean> {
    const item = await findCopy(session, { mid, to, since }, signal).catch((error: unknown) => {
      // An archive that will not be asked leaves the doubt; the same id is what is left then.
      if (isRefusal(error)) return undefined;
      throw error;
    });
    if (item === undefined) return false;
    const arrival = archivedArrival(item, context.me, 0);
    if (arrival !== undefined)
      await context.store.write(WORKING_STORES, (tx) => ingest(tx, context.me, [arrival]));
    await markSent(context, mid, to);
    context.bus.touch(["mail"]);
    return true;
  }

  function wakeAt(at: number): void {
    clearTimeout(timer);
    if (!signal.aborted) timer = setTimeout(nudge, Math.max(0, at - performance.now()));
  }

  async function pointNow(to: Jid): Promise<ArchivePoint | undefined> {
    if (!options.hasArchive) return undefined;
    return newestPoint(session, to, signal).catch((error: unknown) => {
      if (isRefusal(error)) return undefined;
      throw error;
    });
  }

  async function knownPoint(): Promise<ArchivePoint | undefined> {
    const ranges = await context.store.read(["meta"], (tx) => readMeta(tx, "ranges"));
    const newest = ranges?.at(-1);
    return newest === undefined ? undefined : { id: newest.newestId, at: newest.newestAt };
  }

  async function budgetNow(): Promise<number> {
    return budgetOf(await context.store.read(["meta"], (tx) => readMeta(tx, "stanzaLimit")));
  }

  function acked(ids: readonly string[]): boolean {
    let isMail = false;
    for (const id of ids) {
      const copy = unacked().find((c) => c.mid === id);
      if (copy === undefined) continue;
      isMail = true;
      copy.acked = true;
      markSent(context, copy.mid, copy.to)
        .then(() => {
          written.splice(written.indexOf(copy), 1);
          nudge();
        })
        .catch(options.onError);
    }
    return isMail;
  }

  function unacked(): typeof written {
    return written.filter((copy) => copy.acked === undefined);
  }

  function nudge(): void {
    if (working) {
      again = true;
      return;
    }
    working = true;
    work()
      .catch(options.onError)
      .finally(() => {
        working = false;
        if (again && !signal.aborted) nudge();
      });
  }

  return { nudge, acked, ended: (error) => blameFor(context, error, unacked()) };
}

/** The row's stanzas; none where something else is to be done for the message by now. */
function copiesOf({ mid }: OutboxRow, message: Message | undefined): MessageRecipient[] {
  return message === undefined || intentOf(message)?.mid !== mid
    ? []
    : (copiesWith(message, mid) ?? []);
}

function isOpen(recipient: MessageRecipient): boolean {
  return recipient.state === "waiting" || recipient.state === "sending";
}

/** The archive said no, or nothing at all; the stream itself lives. */
function isRefusal(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.problem === "timeout";
  return error instanceof StanzaError;
}
