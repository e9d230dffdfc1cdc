/** A stream that is set up, and what goes over it until it is closed. */
import { type Element, xml } from "@xmpp/xml";
import { domainOf, type FullJid, type Jid } from "../mail/address.ts";
import { ConnectionError } from "./connection-error.ts";
import { buildClientState } from "./csi.ts";
import type { FastToken } from "./fast-token.ts";
import type { StanzaName } from "./frame.ts";
import { createIncoming, type Incoming } from "./incoming.ts";
import { createIqCaller, DEFAULT_TIMEOUT_MS, type IqCaller, type IqRequest } from "./iq.ts";
import { createLiveness, type Liveness, slowestMs } from "./liveness.ts";
import type { ArchiveListener } from "./mam.ts";
import type { Negotiated } from "./negotiation.ts";
import { createOutgoing, type Outgoing } from "./outgoing.ts";
import { NS_PING } from "./requests.ts";
import type { ScramKeys } from "./scram.ts";
import type { Reservation, Session, SessionOptions } from "./session.ts";
import { isFraming, type XmppSocket } from "./socket.ts";
import { parseStreamError } from "./stream-error.ts";
import { buildCountTooHigh, NS_SM, type ResumeState } from "./stream-management.ts";
import { createTurns, type Turns } from "./turns.ts";

/** A clean close waits this long for commits under way. */
const CLOSE_MS = 1000;

export class LiveSession implements Session {
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
  private readonly iqs: IqCaller;
  private readonly outgoing: Outgoing;
  private readonly incoming: Incoming;
  private readonly turns: Turns;
  private readonly liveness: Liveness;
  private closed: ConnectionError | undefined;
  private isOver = false;

  /** `answerMs`: how long the server took for an answer so far. */
  constructor(
    options: SessionOptions,
    socket: XmppSocket,
    negotiated: Negotiated,
    answerMs: number,
  ) {
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
    this.liveness = createLiveness({
      ask: () => this.askForLife(),
      bytesWaiting: () => this.outgoing.bytesWaiting(),
      answerMs,
      isResumed: negotiated.resumed,
      onDead: () => this.end(new ConnectionError("timeout", "the server stopped answering")),
    });
    this.outgoing = createOutgoing({
      socket,
      sm: this.sm,
      closed: () => this.closed,
      onWritten: () => this.liveness.sent(),
    });
    const send = (stanza: Element): void => this.send(stanza);
    this.iqs = createIqCaller(
      () => this.jid,
      () => this.fullJid,
      send,
    );
    this.incoming = createIncoming({ me: this.jid, iqs: this.iqs, answer: send });
    this.turns = createTurns({
      onInbound: (event) => options.onInbound(event),
      onHandled: () => this.sm?.handled(),
      onBroken: (error) => this.end(asLost(error)),
    });
    socket.onElement = (element, text) => this.take(element, true, text);
    socket.onSkipped = (text, name) => this.skip(text, name);
    socket.onClosed = (error) => this.over(error);
    // What the negotiation left to do.
    for (const { element, counted } of negotiated.early) this.take(element, counted, "");
  }

  iq(request: IqRequest): Promise<Element> {
    const wanted = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    // A server answers in order: first it must take what is on its way to it.
    const timeoutMs = wanted + slowestMs(this.outgoing.bytesWaiting());
    return this.iqs.request({ ...request, timeoutMs });
  }

  send(stanza: Element): void {
    this.outgoing.send(stanza);
  }

  reserve(): Reservation {
    return this.outgoing.reserve();
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
    return this.incoming.onArchiveResult(queryId, listener);
  }

  async resumeState(): Promise<ResumeState | undefined> {
    await this.turns.settled;
    return this.isOver || this.closed === undefined ? undefined : this.sm?.state(this.fullJid);
  }

  async close(): Promise<void> {
    if (this.closed !== undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
    await Promise.race([this.turns.settled, late]);
    clearTimeout(timer);
    if (this.closed !== undefined) return;
    this.isOver = true;
    if (this.sm !== undefined) this.socket.send(this.sm.answer());
    this.socket.close();
  }

  abort(): void {
    this.end(new ConnectionError("lost", "given up"));
  }

  /**
   * A frame that is no XML. It is not counted as handled: whoever sent it may or may not have counted it (XEP-0198
   * section 4), and one too few only makes a server say things again, while one too many ends the stream (section 6).
   */
  private skip(text: string, name: StanzaName | undefined): void {
    this.liveness.alive();
    const event = this.incoming.readUnreadable(text, name);
    if (event !== undefined) this.turns.take(event, false);
  }

  private take(element: Element, counted: boolean, text: string): void {
    this.liveness.alive();
    if (isFraming(element, "close"))
      return this.socket.close(new ConnectionError("lost", "the server closed the stream"));
    const error = parseStreamError(element);
    if (error !== undefined) return this.end(error);
    switch (element.name) {
      case "iq":
        return this.turns.take(this.incoming.readIq(element), counted);
      case "message":
      case "presence":
        return this.turns.take(this.incoming.readStanza(element, text), counted);
      default:
        this.takeNonza(element);
    }
  }

  private takeNonza(element: Element): void {
    const { sm } = this;
    if (sm === undefined) return;
    if (element.is("r", NS_SM)) {
      // Only what the database holds: answered in turn, behind the stanzas that came before.
      this.turns
        .after(async () => {
          await this.options.onAnswer?.(sm.kept);
          if (this.closed === undefined) this.socket.send(sm.answer());
        })
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
    this.socket.send(buildCountTooHigh());
    this.end(new ConnectionError("lost", "the server acknowledged more than was sent"));
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

function asLost(error: unknown): ConnectionError {
  return new ConnectionError("lost", error instanceof Error ? error.message : String(error));
}
