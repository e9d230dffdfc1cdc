/** A stream to the account's server once it is set up, and what goes over it until it is closed. */
import { type Element, xml } from "@xmpp/xml";
import { domainOf, type FullJid, type Jid } from "../mail/address.ts";
import { ConnectionError } from "./connection-error.ts";
import { type Credential, withoutToken } from "./credential.ts";
import { buildClientState } from "./csi.ts";
import type { FastToken } from "./fast.ts";
import { type Inbound, readInbound, readRosterPush } from "./inbound.ts";
import { createIqCaller, DEFAULT_TIMEOUT_MS, type IqRequest } from "./iq.ts";
import { createLiveness, type Liveness, slowestMs } from "./liveness.ts";
import { type ArchiveListener, salvageResult } from "./mam.ts";
import { negotiate, type Negotiated } from "./negotiation.ts";
import { answerRequest, NS_PING } from "./requests.ts";
import { Sasl2Broken } from "./sasl2.ts";
import { TokenRefused } from "./sasl2-sign-in.ts";
import type { ScramKeys } from "./scram.ts";
import type { StanzaName } from "./frame.ts";
import { connectSocket, isFraming, type XmppSocket } from "./socket.ts";
import { parseStreamError } from "./stream-error.ts";
import { NS_SM, type ResumeState } from "./stream-management.ts";
import { utf8Length } from "../base/utf8.ts";
import { StreamReader } from "./stream-reader.ts";

export { ConnectionError } from "./connection-error.ts";

const NS_STREAM = "http://etherx.jabber.org/streams";
const NS_STREAMS = "urn:ietf:params:xml:ns:xmpp-streams";

/** For each step of the negotiation: a server may take 20 s for every answer. */
const STEP_MS = 25_000;
/** Answers that a stream takes to set up, at least. */
const STEPS = 4;
/** A clean close waits this long for commits under way. */
const CLOSE_MS = 1000;

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
  const socket = await connectSocket(options.service, timeoutMs, options.signal);
  const reader = new StreamReader(socket, timeoutMs, options.signal);
  try {
    const negotiated = await negotiate(options, socket, reader);
    reader.check();
    for (const element of reader.stop()) negotiated.early.push({ element, counted: true });
    negotiated.trouble ??= trouble;
    return new OpenSession(options, socket, negotiated, (performance.now() - startedAt) / STEPS);
  } catch (error) {
    reader.stop();
    socket.close();
    throw error;
  }
}

class OpenSession implements Session {
  readonly jid: Jid;
  readonly fullJid: FullJid;
  readonly domain: string;
  readonly mechanism: string;
  readonly scramSeen: boolean;
  readonly keys: ScramKeys | undefined;
  readonly token: FastToken | undefined;
  readonly trouble: string | undefined;
  readonly hasCarbons: boolean;
  readonly hasStreamManagement: boolean;
  readonly resumed: boolean;
  readonly earlierHandled: number | undefined;
  readonly streamId: string | undefined;
  readonly maxStanzaBytes: number | undefined;
  private readonly options: SessionOptions;
  private readonly socket: XmppSocket;
  private readonly sm: Negotiated["sm"];
  private readonly hasClientState: boolean;
  private readonly iqs = createIqCaller(
    () => this.jid,
    () => this.fullJid,
    (stanza) => this.send(stanza),
  );
  private readonly archiveQueries = new Map<string, ArchiveListener>();
  private readonly liveness: Liveness;
  private closed: ConnectionError | undefined;
  private isOver = false;
  /** Something could not be kept: nothing after it is handled, or it would be acknowledged with the rest. */
  private isBroken = false;
  /** Stanzas are handed over one after another; each waits for the commit of the one before. */
  private order: Promise<void> = Promise.resolve();
  /** Stanzas behind a reserved place. */
  private held: Element[] | undefined;

  constructor(
    options: SessionOptions,
    socket: XmppSocket,
    negotiated: Negotiated,
    answerMs: number,
  ) {
    this.liveness = createLiveness({
      ask: () => this.askForLife(),
      bytesWaiting: () => this.bytesWaiting(),
      answerMs,
      onDead: () => this.end(new ConnectionError("timeout", "the server stopped answering")),
    });
    this.options = options;
    this.socket = socket;
    this.jid = options.jid;
    this.domain = domainOf(options.jid);
    this.fullJid = negotiated.fullJid;
    this.mechanism = negotiated.mechanism;
    this.scramSeen = negotiated.scramSeen;
    this.keys = negotiated.keys;
    this.token = negotiated.token;
    this.trouble = negotiated.trouble;
    this.hasCarbons = negotiated.hasCarbons;
    this.resumed = negotiated.resumed;
    this.earlierHandled = negotiated.earlierHandled;
    this.streamId = negotiated.sm?.id;
    this.maxStanzaBytes = negotiated.maxStanzaBytes;
    this.sm = negotiated.sm;
    this.hasClientState = negotiated.hasClientState;
    this.hasStreamManagement = this.sm !== undefined;
    socket.onElement = (element, text) => this.take(element, true, text);
    socket.onSkipped = (text, name) => this.skip(text, name);
    socket.onClosed = (error) => this.over(error);
    this.begin(negotiated);
  }

  iq(request: IqRequest): Promise<Element> {
    const wanted = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    // A server answers in order: first it must take what is on its way to it.
    return this.iqs.request({ ...request, timeoutMs: wanted + slowestMs(this.bytesWaiting()) });
  }

  send(stanza: Element): void {
    if (this.closed !== undefined) throw this.closed;
    if (this.held === undefined) this.write(stanza);
    else this.held.push(stanza);
  }

  reserve(): Reservation {
    if (this.closed !== undefined) throw this.closed;
    if (this.held !== undefined) throw new Error("one place at a time");
    this.held = [];
    let over = false;
    const end = (first: Element[]): void => {
      if (over) return;
      over = true;
      const held = this.held ?? [];
      this.held = undefined;
      if (this.closed !== undefined && first.length > 0) throw this.closed;
      if (this.closed === undefined) for (const stanza of [...first, ...held]) this.write(stanza);
    };
    return {
      number: this.sm?.next,
      send: (stanza) => end([stanza]),
      release: () => end([]),
    };
  }

  private write(stanza: Element): void {
    stanza.attrs["xmlns"] ??= "jabber:client";
    const text = stanza.toString();
    this.sm?.sent(stanza, utf8Length(text));
    this.socket.sendText(text);
    this.liveness.sent();
  }

  /** What a slow server must take before it can answer; without acknowledgements the browser's own buffer is all we see. */
  private bytesWaiting(): number {
    return Math.max(this.sm?.waiting.bytes ?? 0, this.socket.buffered());
  }

  async ping(timeoutMs?: number): Promise<void> {
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const child = xml("ping", { xmlns: NS_PING });
    await this.iq({ type: "get", to: this.domain, child, ...limit }).catch((error: unknown) => {
      // Any answer will do, also "service-unavailable"; silence will not.
      if (error instanceof ConnectionError) throw error;
    });
  }

  async probe(): Promise<void> {
    if (this.closed !== undefined) throw this.closed;
    this.liveness.probe();
    await this.ping();
  }

  setActive(isActive: boolean): void {
    if (this.closed !== undefined) throw this.closed;
    if (this.hasClientState) this.socket.send(buildClientState(isActive));
  }

  onArchiveResult(queryId: string, listener: ArchiveListener): () => void {
    this.archiveQueries.set(queryId, listener);
    return () => this.archiveQueries.delete(queryId);
  }

  async resumeState(): Promise<ResumeState | undefined> {
    await this.order;
    return this.isOver || this.closed === undefined ? undefined : this.sm?.state(this.fullJid);
  }

  async close(): Promise<void> {
    if (this.closed !== undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
    await Promise.race([this.order, late]);
    clearTimeout(timer);
    if (this.closed !== undefined) return;
    this.isOver = true;
    if (this.sm !== undefined) this.socket.send(this.sm.answer());
    this.socket.close();
  }

  abort(): void {
    this.end(new ConnectionError("lost", "given up"));
  }

  /** What the negotiation left to do. */
  private begin({ early }: Negotiated): void {
    for (const { element, counted } of early) this.take(element, counted, "");
  }

  /**
   * A frame that is no XML. It is not counted as handled: whoever sent it may or may not have counted it (XEP-0198
   * section 4), and one too few only makes a server say things again, while one too many ends the stream (section 6).
   */
  private skip(text: string, name: StanzaName | undefined): void {
    this.liveness.alive();
    const archived = name === "message" ? salvageResult(text, this.jid) : undefined;
    const listener = this.archiveQueries.get(archived?.queryId ?? "");
    if (archived !== undefined && listener !== undefined) {
      listener.unreadable(archived, text);
      return;
    }
    this.inTurn({ kind: "unreadable", text }, false);
  }

  private take(element: Element, counted: boolean, text: string): void {
    this.liveness.alive();
    if (isFraming(element, "close"))
      return this.socket.close(new ConnectionError("lost", "the server closed the stream"));
    const error = parseStreamError(element);
    if (error !== undefined) return this.end(error);
    switch (element.name) {
      case "iq":
        return this.inTurn(this.takeIq(element), counted);
      case "message":
      case "presence":
        return this.inTurn(this.takeStanza(element, text), counted);
      default:
        this.takeNonza(element);
    }
  }

  private takeStanza(stanza: Element, text: string): Inbound | undefined {
    const event = readInbound(stanza, this.jid);
    if (event.kind !== "archive-result") return event;
    const listener = this.archiveQueries.get(event.queryId);
    if (listener === undefined) return { kind: "rejected", why: "archive result nobody asked for" };
    listener.take(event.result, text);
    return undefined;
  }

  private takeIq(stanza: Element): Inbound | undefined {
    const type = stanza.attrs["type"];
    if (type === "result" || type === "error") {
      return this.iqs.take(stanza) === "forged"
        ? { kind: "rejected", why: "answer from somebody who was not asked" }
        : undefined;
    }
    const push = readRosterPush(stanza, this.jid);
    const answer = answerRequest(stanza, push?.kind === "roster");
    if (answer !== undefined) this.send(answer);
    return push;
  }

  private takeNonza(element: Element): void {
    const { sm } = this;
    if (sm === undefined) return;
    if (element.is("r", NS_SM)) {
      // Only what the database holds: answered in turn, behind the stanzas that came before.
      this.order = this.order
        .then(() => this.options.onAnswer?.(sm.kept))
        .then(() => (this.closed === undefined ? this.socket.send(sm.answer()) : undefined))
        .catch(() => this.end(new ConnectionError("lost", "the stream is closing")));
    } else if (element.is("a", NS_SM)) {
      const acked = sm.acked(element.attrs["h"]);
      if (acked === "too-high") return this.refuseCount();
      if (acked.length > 0) this.options.onAcked?.(acked);
      if (sm.waiting.stanzas > 0) this.liveness.sent();
    }
  }

  /** XEP-0198 section 6: a server that counts what it never got is lying or lost. */
  private refuseCount(): void {
    this.isOver = true;
    this.socket.send(
      xml(
        "stream:error",
        { "xmlns:stream": NS_STREAM },
        xml("undefined-condition", { xmlns: NS_STREAMS }),
        xml("handled-count-too-high", { xmlns: NS_SM }),
      ),
    );
    this.end(new ConnectionError("lost", "the server acknowledged more than was sent"));
  }

  /** Hands over what a stanza meant, then counts the stanza. */
  private inTurn(event: Inbound | undefined, counted: boolean): void {
    this.order = this.order.then(async () => {
      if (this.isBroken) return;
      try {
        if (event !== undefined) await this.options.onInbound(event);
        if (counted) this.sm?.handled();
      } catch (error) {
        this.isBroken = true;
        this.end(
          new ConnectionError("lost", error instanceof Error ? error.message : String(error)),
        );
      }
    });
  }

  /** Asks for an acknowledgement, or for a pong where the server has no XEP-0198. */
  private askForLife(): void {
    if (this.closed !== undefined) return;
    if (this.sm === undefined) return void this.ping().catch(() => undefined);
    try {
      this.socket.send(xml("r", { xmlns: NS_SM }));
    } catch {
      // After a freeze our timers may come before the news that the socket is gone.
      this.end(new ConnectionError("lost", "the stream is closed"));
    }
  }

  private end(error: ConnectionError): void {
    this.socket.abort(error);
  }

  private over(error: ConnectionError): void {
    if (this.closed !== undefined) return;
    this.closed = error;
    this.liveness.stop();
    this.iqs.failAll(error);
    this.options.onClosed(error);
  }
}
