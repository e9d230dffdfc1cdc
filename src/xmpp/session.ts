/** A stream to the account's server: what a program that has one can do, and how to get one. */
import type { Element } from "@xmpp/xml";
import type { FullJid, Jid } from "../mail/address.ts";
import { ConnectionError } from "./connection-error.ts";
import { type Credential, withoutToken } from "./credential.ts";
import type { FastToken } from "./fast-token.ts";
import type { Inbound } from "./inbound.ts";
import type { IqRequest } from "./iq.ts";
import { LiveSession } from "./live-session.ts";
import type { ArchiveListener } from "./mam.ts";
import type { WaitingStream } from "./discovery.ts";
import { mayGoOn, negotiate } from "./negotiation.ts";
import { Sasl2Broken, TokenRefused } from "./sasl2-offer.ts";
import type { ScramKeys } from "./scram.ts";
import { connectSocket, type XmppSocket } from "./socket.ts";
import type { ResumeState } from "./stream-management.ts";
import { StreamReader } from "./stream-reader.ts";

export { ConnectionError } from "./connection-error.ts";

/** For each step of the negotiation: a server may take 20 s for every answer. */
const STEP_MS = 25_000;
/** Answers that a stream takes to set up, at least. */
const STEPS = 4;

export type SessionOptions = {
  /** WebSocket URL. */
  service: string;
  jid: Jid;
  credential: Credential;
  scramSeen: boolean;
  /** Stable per browser profile. */
  clientId: string;
  software: string;
  /** false: the server's newer ways to sign in (XEP-0388) did not work lately. */
  sasl2?: boolean;
  /** Name in the resource where it may be bound while signing in; the server then drops its offline messages. */
  bindTag?: string;
  /** A stream to `service` that was opened for a look: gone on with where that is as good, and closed else. */
  waiting?: WaitingStream;
  /** ms for each step of the negotiation. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Asks the server to keep the stream when the socket is lost; who asks is to use `resumeState`. */
  resumable?: boolean;
  /**
   * Goes on where an earlier stream ended, if the server still knows it. What of that stream the server never got is not
   * written again: `earlierHandled` says how far it came.
   */
  resume?: ResumeState;
  /** In order; the stanza counts as handled when the promise ends. A rejection ends the stream unacknowledged. */
  onInbound: (event: Inbound) => void | Promise<void>;
  /** Ids of stanzas the server has, in the order they were sent. */
  onAcked?: (ids: string[]) => void;
  /** Before the server is told how many of its stanzas are safe here: a promise is waited for. */
  onAnswer?: (kept: number) => void | Promise<void>;
  onClosed: (reason: ConnectionError) => void;
};

export interface Session {
  readonly jid: Jid;
  readonly fullJid: FullJid;
  readonly domain: string;
  readonly mechanism: string;
  /** SCRAM was offered now or before. */
  readonly scramSeen: boolean;
  readonly keys: ScramKeys | undefined;
  /** XEP-0484: to sign in with next time, instead of `keys`. Keep it before it is used. */
  readonly token: FastToken | undefined;
  /** What was wrong with the server's newer ways to sign in, where they had to be left aside. */
  readonly trouble: string | undefined;
  /** Carbons are on already. */
  readonly hasCarbons: boolean;
  readonly hasStreamManagement: boolean;
  /** The stream of `options.resume` went on: presence, carbons and everything unread are as they were. */
  readonly resumed: boolean;
  /** How many stanzas of the stream of `options.resume` its server had; undefined where it does not say. */
  readonly earlierHandled: number | undefined;
  /** The server's name for the stream, where it can be resumed. */
  readonly streamId: string | undefined;
  /** XEP-0478. */
  readonly maxStanzaBytes: number | undefined;
  /** Resolves with the answer. Rejects with StanzaError (an answer), or ConnectionError (none, "timeout" for silence). */
  iq(request: IqRequest): Promise<Element>;
  /** Throws ConnectionError when the stream is closed. */
  send(stanza: Element): void;
  /** Keeps every other stanza back until this one is written or given up: its number can be noted before. */
  reserve(): Reservation;
  /** Resolves when the server answered, so everything sent before has been handled. Rejects with ConnectionError. */
  ping(timeoutMs?: number): Promise<void>;
  /**
   * After sleep, or a change of network: asks at once and ends the stream where no answer comes soon. Resolves with the
   * answer, rejects with ConnectionError.
   */
  probe(): Promise<void>;
  /** Whether somebody looks (XEP-0352); says it where the server wants to know. */
  setActive(isActive: boolean): void;
  /** Results of one archive query, until the returned function is called. */
  onArchiveResult(queryId: string, listener: ArchiveListener): () => void;
  /** After the end: what the next stream may go on from; nothing after a clean close. Waits for commits under way. */
  resumeState(): Promise<ResumeState | undefined>;
  close(): Promise<void>;
  abort(): void;
}

/** The next place in a stream. */
export interface Reservation {
  /** In the server's count (XEP-0198); undefined without stream management. */
  readonly number: number | undefined;
  /** Throws ConnectionError when the stream is closed. */
  send(stanza: Element): void;
  /** Gives the place up; without effect after `send`. */
  release(): void;
}

/**
 * Opens a stream. Rejects with ConnectionError; a wrong password is told at once and the socket closed. Where the
 * server refuses its own token, or its SASL2 does not work, the same account is tried once more without it.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  let { credential } = options;
  let sasl2 = options.sasl2 ?? true;
  let trouble: string | undefined;
  for (;;) {
    try {
      return await openOnce({ ...options, credential, sasl2 }, trouble);
    } catch (error) {
      const rest = withoutToken(credential);
      if (error instanceof TokenRefused) {
        if (rest === undefined) throw new ConnectionError("wrong-password", error.message);
        credential = rest;
      } else if (error instanceof Sasl2Broken) {
        if (rest === undefined || !sasl2) throw new ConnectionError("lost", error.message);
        trouble = error.message;
        sasl2 = false;
        credential = rest;
      } else throw error;
    }
  }
}

async function openOnce(
  options: SessionOptions & { sasl2: boolean },
  trouble: string | undefined,
): Promise<Session> {
  const timeoutMs = options.timeoutMs ?? STEP_MS;
  const startedAt = performance.now();
  const { socket, features } = await connect(options, timeoutMs);
  const reader = new StreamReader(socket, timeoutMs, options.signal);
  try {
    const negotiated = await negotiate(options, socket, reader, features);
    reader.check();
    for (const element of reader.stop()) negotiated.early.push({ element, counted: true });
    negotiated.trouble ??= trouble;
    return new LiveSession(options, socket, negotiated, (performance.now() - startedAt) / STEPS);
  } catch (error) {
    reader.stop();
    socket.close();
    throw error;
  }
}

/** By the stream that is there already, or a new one. `features`: what the server offers, where it has said so. */
async function connect(
  options: SessionOptions & { sasl2: boolean },
  timeoutMs: number,
): Promise<{ socket: XmppSocket; features?: Element }> {
  const { waiting } = options;
  if (waiting !== undefined && mayGoOn(options, waiting.features)) {
    const socket = waiting.take();
    if (socket !== undefined) return { socket, features: waiting.features };
  }
  waiting?.drop();
  return { socket: await connectSocket(options.service, timeoutMs, options.signal) };
}
