/**
 * Carries out the intents to send, oldest first, exactly once as far as the protocol allows: a copy is marked as
 * written *before* it is, so after a crash it is in doubt; doubt is settled in the archive, and only then is the copy
 * written again, with the same id.
 *
 *   waiting --mark written--> sending --ack or echo--> sent
 *                                |  stream ends before the ack
 *                                v
 *                           in doubt --found in the archive--> sent
 *                                '-----not found--> written again, same id
 */
import type { Jid } from "../mail/address.ts";
import type { Body, Message, MessageRecipient } from "../mail/message.ts";
import { copyFor } from "../mail/outgoing.ts";
import { buildMessage } from "../xmpp/message.ts";
import { queryArchive } from "../xmpp/mam.ts";
import type { Session } from "../xmpp/session.ts";
import { archivedArrival } from "./arrivals.ts";
import type { AccountContext } from "./context.ts";
import { changeRecipient, markSent } from "./delivery.ts";
import { ingest } from "./ingest.ts";
import { WORKING_STORES } from "./working-set.ts";

/** The clock here and the archive's may differ: look this much earlier. 10 minutes, in ms. */
const CLOCK_SLACK_MS = 10 * 60 * 1000;

export interface Outbox {
  /** Looks for work; calls while it works make it look again. */
  nudge(): void;
  /** Stanzas the server acknowledged, in the order they were written. */
  acked(ids: readonly string[]): void;
}

type Copy = { mid: string; to: Jid };

export function createOutbox(
  context: AccountContext,
  session: Session,
  options: {
    hasArchive: boolean;
    /** False where another tab may be sending by now. */
    isSurelyMine: () => Promise<boolean>;
    signal: AbortSignal;
    onError: (error: unknown) => void;
  },
): Outbox {
  /** Copies written on this stream, not acknowledged yet. */
  const written: Copy[] = [];
  let working = false;
  let again = false;

  async function work(): Promise<void> {
    do {
      again = false;
      const rows = await context.store.read(["outbox"], (tx) => tx.objectStore("outbox").getAll());
      for (const { key } of rows.sort((a, b) => a.createdAt - b.createdAt || a.key - b.key)) {
        if (options.signal.aborted) return;
        await sendMessage(key);
      }
    } while (again);
  }

  async function sendMessage(key: number): Promise<void> {
    const [message, body] = await context.store.read(["messages", "bodies"], (tx) =>
      Promise.all([tx.objectStore("messages").get(key), tx.objectStore("bodies").get(key)]),
    );
    if (message?.recipients === undefined || body === undefined) return;
    for (const recipient of message.recipients) {
      if (options.signal.aborted) return;
      if (recipient.state !== "waiting" && recipient.state !== "sending") continue;
      if (written.some((c) => c.mid === message.mid && c.to === recipient.jid)) continue;
      const settled = recipient.written && (await foundInArchive(message, recipient));
      if (!settled) await writeCopy(message, body, recipient.jid);
    }
  }

  async function writeCopy(message: Message, body: Body, to: Jid): Promise<void> {
    let stillWanted = false;
    await changeRecipient(context, message.mid, to, (r) => {
      stillWanted = r.state === "waiting" || r.state === "sending";
      return stillWanted ? { jid: r.jid, state: "sending", written: true } : r;
    });
    // A tab that was frozen just here would send what another one has sent meanwhile.
    if (!stillWanted || !(await options.isSurelyMine()) || options.signal.aborted) return;
    written.push({ mid: message.mid, to });
    session.send(buildMessage(copyFor(message, body, to)));
    if (!session.hasStreamManagement) {
      // A server handles a stream's stanzas in order (RFC 6120 section 10.1): an answer to a later ping is word enough.
      await session.ping();
      acked([message.mid]);
    }
  }

  async function foundInArchive(message: Message, recipient: MessageRecipient): Promise<boolean> {
    if (!options.hasArchive) return false;
    let start = message.at - CLOCK_SLACK_MS;
    for (;;) {
      const page = await queryArchive(session, {
        with: recipient.jid,
        start,
        max: 50,
        signal: options.signal,
      });
      const copies = page.items.filter(
        (i) => i.received.from === context.me && i.received.to === recipient.jid,
      );
      const match = copies.find(
        (i) => i.received.id === message.mid || i.received.originId === message.mid,
      );
      if (match !== undefined) {
        const arrival = archivedArrival(match, context.me, 0);
        if (arrival !== undefined)
          await context.store.write(WORKING_STORES, (tx) => ingest(tx, context.me, [arrival]));
        await markSent(context, message.mid, recipient.jid);
        context.bus.touch(["mail"]);
        return true;
      }
      const last = page.items.at(-1);
      if (page.complete || last === undefined || last.at <= start) return false;
      start = last.at;
    }
  }

  function acked(ids: readonly string[]): void {
    for (const id of ids) {
      const index = written.findIndex((copy) => copy.mid === id);
      const [copy] = index < 0 ? [] : written.splice(index, 1);
      if (copy !== undefined) markSent(context, copy.mid, copy.to).catch(options.onError);
    }
  }

  return {
    nudge() {
      if (working) {
        again = true;
        return;
      }
      working = true;
      work()
        .catch(options.onError)
        .finally(() => {
          working = false;
          if (again && !options.signal.aborted) this.nudge();
        });
    },
    acked,
  };
}
