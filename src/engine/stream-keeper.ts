/**
 * Keeps what is needed to go on with a stream after its socket, its tab or its holder is gone (XEP-0198 section 5), so
 * that the next holder takes the stream over instead of leaving a ghost session behind.
 *
 *   claim --(token)--> opened --> answer, online ... --> ended --> claim
 *
 * Why this is safe. Only the lock holder claims, and claiming puts a new token in the row: whoever finds another token
 * there writes nothing any more. The server closes the old socket of a stream that is taken over, so a holder that was
 * frozen meanwhile speaks into nothing. The count in the row is of committed stanzas only, and never behind what the
 * server was told; behind the truth it may be, and then the server sends again what the database already has.
 */
import type { Jid } from "../mail/address.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { StreamRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/schema.ts";
import type { ServerFeatures } from "../xmpp/disco.ts";
import { ConnectionError, type Session, type SessionOptions } from "../xmpp/session.ts";
import { isCovered, type ResumeState } from "../xmpp/stream-management.ts";
import type { AccountContext } from "./context.ts";

/** So often the same stream may be asked for in vain by a handshake that breaks; then a new one begins. */
const MAX_TRIES = 3;

/** What became of the stream before this one. */
export type EarlierStream = {
  id: string;
  /** How many of its stanzas the server had; undefined where it does not say. */
  handled: number | undefined;
};

export interface StreamKeeper {
  /** Takes the row over; what the next stream is to be opened with. */
  claim(): Promise<Pick<SessionOptions, "resumable" | "resume">>;
  /** Notes the stream that was opened. */
  opened(session: Session): Promise<void>;
  /** Before the server is told that so many of its stanzas are safe. */
  answer(kept: number): Promise<void>;
  /** Everything that a new stream needs was done. */
  online(features: ServerFeatures): Promise<void>;
  /** Notes how far the stream came. */
  ended(session: Session): Promise<void>;
  /** The handshake failed; a stream that cannot be taken over must not be asked for for ever. */
  refused(error: unknown): void;
  /** Inside a transaction that has "meta": whether this is still the holder. */
  isMine(tx: ReadTx): Promise<boolean>;
  /** What a resumed stream has from before; undefined where everything is to be done anew. */
  readonly known: ServerFeatures | undefined;
  readonly earlier: EarlierStream | undefined;
}

export function createStreamKeeper({ store }: AccountContext): StreamKeeper {
  let token = "";
  let before: ResumeState | undefined;
  let known: ServerFeatures | undefined;
  let earlier: EarlierStream | undefined;
  let tries = 0;
  let asked: string | undefined;
  let told = -1;
  let opening = Promise.withResolvers<void>();

  async function change(make: (row: StreamRow) => StreamRow): Promise<void> {
    await store.write(["meta"], async (tx) => {
      const row = await readMeta(tx, "stream");
      if (row?.token === token) putMeta(tx, "stream", make(row));
    });
  }

  return {
    async claim() {
      token = crypto.randomUUID();
      opening = Promise.withResolvers<void>();
      known = undefined;
      earlier = undefined;
      const [row, noArchive] = await store.write(["meta"], async (tx) => {
        const found = await Promise.all([readMeta(tx, "stream"), readMeta(tx, "noArchive")]);
        putMeta(tx, "stream", { inbound: 0, online: false, ...found[0], token });
        return found;
      });
      before = resumeOf(row);
      if (asked !== before?.id) tries = 0;
      asked = before?.id;
      if (tries >= MAX_TRIES) before = undefined;
      if (row?.online === true) known = row.features as ServerFeatures | undefined;
      // Without an archive a session that lingers would swallow mail meant for the offline queue.
      const resumable = noArchive !== true;
      return { resumable, ...(before === undefined ? {} : { resume: before }) };
    },

    async opened(session) {
      try {
        tries = 0;
        told = -1;
        if (before !== undefined) earlier = { id: before.id, handled: session.earlierHandled };
        if (!session.resumed) known = undefined;
        const { streamId: id, fullJid, resumed, earlierHandled } = session;
        if (resumed && id !== undefined && earlierHandled !== undefined)
          await store.write(["outbox"], (tx) => noteLost(tx, id, earlierHandled));
        await change((row) => {
          // What its last holder knew for certain is out of date from now on.
          if (resumed) return without(row, "sent");
          const fresh = { token, inbound: 0, online: false };
          return id === undefined ? fresh : { ...fresh, id, fullJid };
        });
      } finally {
        opening.resolve();
      }
    },

    async answer(kept) {
      await opening.promise;
      if (kept === told) return;
      await change((row) => (row.id === undefined ? row : { ...row, inbound: kept }));
      told = kept;
    },

    online: (features) => change((row) => ({ ...row, online: true, features: { ...features } })),

    async ended(session) {
      const state = await session.resumeState();
      await change((row) => {
        if (state === undefined) return { token, inbound: 0, online: false };
        return row.id === state.id ? { ...row, ...state } : row;
      });
    },

    refused(error) {
      const isOfWire = error instanceof ConnectionError;
      if (isOfWire && (error.problem === "lost" || error.problem === "timeout")) tries++;
    },

    async isMine(tx) {
      return (await readMeta(tx, "stream"))?.token === token;
    },

    get known() {
      return known;
    },
    get earlier() {
      return earlier;
    },
  };
}

/**
 * A resumed stream counts on from what the server had. Copies that it had not must be told apart now, while their
 * numbers are nobody else's: the next stanzas get the same ones, and a later count would seem to cover the copies.
 */
async function noteLost(tx: WriteTx, stream: string, handled: number): Promise<void> {
  const outbox = tx.objectStore("outbox");
  for (const row of await outbox.getAll()) {
    const copies = Object.entries(row.copies ?? {}).map(([jid, copy]) => {
      const { number, stream: of, ...rest } = copy;
      const isLost = of === stream && number !== undefined && !isCovered(number, handled);
      return [jid, isLost ? { ...rest, isLost: true as const } : copy] as const;
    });
    if (copies.some(([jid, copy]) => copy !== row.copies?.[jid as Jid]))
      void outbox.put({ ...row, copies: Object.fromEntries(copies) });
  }
}

function resumeOf(row: StreamRow | undefined): ResumeState | undefined {
  if (row?.id === undefined || row.fullJid === undefined) return undefined;
  const { id, fullJid, inbound, sent } = row;
  return { id, fullJid, inbound, ...(sent === undefined ? {} : { sent }) };
}

function without(row: StreamRow, name: "sent"): StreamRow {
  const { [name]: _gone, ...rest } = row;
  return rest;
}
