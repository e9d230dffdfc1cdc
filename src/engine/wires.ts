/** The ends of a stream that exist before the session does: who is told what it brings, and why it ended. */
import { within } from "../base/within.ts";
import type { ConnectionError } from "../xmpp/connection-error.ts";
import type { Inbound } from "../xmpp/inbound.ts";
import type { SessionOptions } from "../xmpp/session.ts";
import type { ArchiveSync } from "./archive.ts";
import type { AccountContext } from "./context.ts";
import { takeInbound } from "./live.ts";
import type { Outbox } from "./outbox.ts";
import { openServerClock, type ServerClock } from "./server-clock.ts";
import type { StreamKeeper } from "./stream-keeper.ts";

/** How long an answer that mail does not depend on may hold mail up. ms */
export const FIRST_WORD_MS = 10_000;

/** What a lost one said is read again with the next stream: nobody waits for it to be written. */
export type NodeEvent = Extract<Inbound, { kind: "account-state" | "pep" }>;

export type Wires = {
  session: Pick<SessionOptions, "onInbound" | "onAcked" | "onAnswer" | "onClosed" | "software">;
  /** What the end of the stream says of the copies on their way is noted. */
  settled: () => Promise<void>;
  /** Runs by the server's time once that is known. */
  clock: ServerClock;
  setOutbox: (outbox: Outbox) => void;
  setArchive: (archive: ArchiveSync) => void;
  /** Whoever hears of changes to nodes of the own account. */
  onNode: (take: (event: NodeEvent) => void) => void;
  closed: Promise<void>;
  /** What ended the stream; a fault on our side comes before what it led to. */
  endedBy: () => unknown;
  /** The database or a bug, not the wire. */
  onFault: (error: unknown) => void;
};

/** `stream` is aborted when the stream ends. */
export function streamWires(
  context: AccountContext,
  stream: AbortController,
  keeper: StreamKeeper,
): Wires {
  let outbox: Outbox | undefined;
  let archive: ArchiveSync | undefined;
  const nodes: ((event: NodeEvent) => void)[] = [];
  const clock = openServerClock(context);
  let reason: ConnectionError | undefined;
  let fault: unknown;
  let settling: Promise<void> = Promise.resolve();
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  return {
    closed,
    endedBy: () => fault ?? reason,
    onFault: (error) => {
      fault ??= error;
    },
    settled: () => settling,
    clock,
    setOutbox: (made) => {
      outbox = made;
    },
    setArchive: (made) => {
      archive = made;
    },
    onNode: (take) => void nodes.push(take),
    session: {
      software: "Envoi",
      async onInbound(event) {
        if (event.kind === "account-state" || event.kind === "pep")
          for (const take of nodes) take(event);
        // What a resumed stream brings is there before the answer about the time.
        await within(FIRST_WORD_MS, clock.told);
        await takeInbound({ ...context, now: () => clock.now() }, event, clock.isSet);
        if (event.kind === "message" || event.kind === "carbon") archive?.follow();
      },
      onAcked(ids) {
        // Not for whatever else was acknowledged: the questions to the archive are, too, and it would never end.
        if (outbox?.acked(ids) === true) archive?.follow();
      },
      onAnswer: (kept) => keeper.answer(kept),
      onClosed: (error) => {
        reason = error;
        if (outbox !== undefined) settling = outbox.ended(error);
        stream.abort(error);
        close();
      },
    },
  };
}
