/**
 * A stream to the account's server, from socket to bound resource, and what goes over it.
 *
 *   connect -> <open/> -> features -> SASL -> <open/> -> features -> bind -> <enable/> -> ready -> closed
 */
import { type Element, xml } from "@xmpp/xml";
import { domainOf, type FullJid, type Jid, parseAddress } from "../mail/address.ts";
import { ConnectionError, type ConnectProblem } from "./connection-error.ts";
import { buildInfo, NS_DISCO_INFO } from "./disco.ts";
import { type Inbound, readInbound, readRosterPush } from "./inbound.ts";
import { createIqCaller, type IqRequest } from "./iq.ts";
import { authenticate, NS_SASL, offersScram } from "./sasl.ts";
import type { Credential, ScramKeys } from "./scram.ts";
import { connectSocket, isFraming, type XmppSocket } from "./socket.ts";
import { NS_SM, StreamManagement } from "./stream-management.ts";

export { ConnectionError } from "./connection-error.ts";

const NS_BIND = "urn:ietf:params:xml:ns:xmpp-bind";
const NS_STREAM = "http://etherx.jabber.org/streams";
const NS_STREAMS = "urn:ietf:params:xml:ns:xmpp-streams";
const NS_STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
const NS_PING = "urn:xmpp:ping";
const NS_LIMITS = "urn:xmpp:stream-limits:0";

const STEP_MS = 15_000;
/** Ask for an acknowledgement this soon after sending, and this often when idle. */
const ACK_SOON_MS = 100;
const ACK_IDLE_MS = 20_000;
/** A server that answers nothing this long is gone: with the idle wait, a dead socket is noticed within 30 s. */
const ACK_LATE_MS = 9_000;
/** The slowest server in the field takes 3,000 bytes a second (ejabberd's default shaper). */
const SLOWEST_BYTES_PER_MS = 3;

export type SessionOptions = {
  /** WebSocket URL. */
  service: string;
  jid: Jid;
  credential: Credential;
  scramSeen: boolean;
  /** Stable per browser profile. */
  clientId: string;
  software: string;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** In order; the stanza counts as handled when the promise ends. A rejection ends the stream unacknowledged. */
  onInbound: (event: Inbound) => void | Promise<void>;
  /** Ids of stanzas the server has, in the order they were sent. */
  onAcked?: (ids: string[]) => void;
  /** Ids of stanzas nobody knows about, when the stream is over. */
  onFailed?: (ids: string[]) => void;
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
  readonly hasStreamManagement: boolean;
  /** XEP-0478. */
  readonly maxStanzaBytes: number | undefined;
  /** Resolves with the answer. Rejects with StanzaError or ConnectionError. */
  iq(request: IqRequest): Promise<Element>;
  /** Throws ConnectionError when the stream is closed. */
  send(stanza: Element): void;
  ping(timeoutMs?: number): Promise<void>;
  /** Results of one archive query, until the returned function is called. */
  onArchiveResult(queryId: string, take: (result: Element) => void): () => void;
  close(): Promise<void>;
  abort(): void;
}

/** Opens a stream. Rejects with ConnectionError; a wrong password is told at once and the socket closed. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const timeoutMs = options.timeoutMs ?? STEP_MS;
  const socket = await connectSocket(options.service, timeoutMs, options.signal);
  const negotiation = new Negotiation(socket, timeoutMs, options.signal);
  try {
    return await negotiate(options, socket, negotiation);
  } catch (error) {
    negotiation.stop();
    socket.close();
    throw error;
  }
}

/** Reads one element after another while the stream is being set up. */
class Negotiation {
  private readonly socket: XmppSocket;
  private readonly timeoutMs: number;
  private readonly queue: Element[] = [];
  private waiting:
    | { resolve: (element: Element) => void; reject: (error: Error) => void }
    | undefined;
  private failure: ConnectionError | undefined;
  private readonly signal: AbortSignal | undefined;
  private readonly onAbort = (): void => this.fail(new ConnectionError("lost", "cancelled"));

  constructor(socket: XmppSocket, timeoutMs: number, signal: AbortSignal | undefined) {
    this.socket = socket;
    this.timeoutMs = timeoutMs;
    this.signal = signal;
    socket.onElement = (element) => this.take(element);
    socket.onClosed = (error) => this.fail(error);
    signal?.addEventListener("abort", this.onAbort, { once: true });
    if (signal?.aborted === true) this.onAbort();
  }

  /** The next element that is no framing. Rejects on stream errors, close, silence. */
  async next(): Promise<Element> {
    if (this.failure !== undefined) throw this.failure;
    const ready = this.queue.shift();
    if (ready !== undefined) return ready;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          this.fail(
            new ConnectionError("timeout", `the server said nothing for ${this.timeoutMs} ms`),
          ),
        this.timeoutMs,
      );
      this.waiting = {
        resolve: (element) => {
          clearTimeout(timer);
          resolve(element);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
    });
  }

  async exchange(element: Element): Promise<Element> {
    this.socket.send(element);
    return this.next();
  }

  stop(): void {
    this.signal?.removeEventListener("abort", this.onAbort);
    this.socket.onElement = () => undefined;
    this.socket.onClosed = () => undefined;
  }

  private take(element: Element): void {
    if (isFraming(element, "open")) return;
    if (isFraming(element, "close"))
      return this.fail(new ConnectionError("lost", "the server closed the stream"));
    if (element.is("error", NS_STREAM) || element.name === "stream:error")
      return this.fail(streamError(element));
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting === undefined) this.queue.push(element);
    else waiting.resolve(element);
  }

  private fail(error: ConnectionError): void {
    this.failure ??= error;
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.reject(this.failure);
  }
}

async function negotiate(
  options: SessionOptions,
  socket: XmppSocket,
  negotiation: Negotiation,
): Promise<Session> {
  const { jid } = options;
  const domain = domainOf(jid);
  socket.open(domain);
  const offered = mechanismsOf(await featuresOf(negotiation));
  const { mechanism, keys } = await authenticate({
    jid,
    credential: options.credential,
    offered,
    secure: isSecure(options.service),
    scramSeen: options.scramSeen,
    exchange: (element) => negotiation.exchange(element),
  });
  socket.open(domain);
  const features = await featuresOf(negotiation);
  const bound = await negotiation.exchange(
    xml(
      "iq",
      { xmlns: "jabber:client", type: "set", id: crypto.randomUUID() },
      xml("bind", { xmlns: NS_BIND }),
    ),
  );
  const fullJid = bound.getChild("bind", NS_BIND)?.getChildText("jid") ?? "";
  const parsed = parseAddress(fullJid);
  if (bound.attrs["type"] !== "result" || !parsed.ok) {
    throw new ConnectionError(
      bound.getChild("error")?.getChild("conflict") ? "conflict" : "lost",
      `no resource: ${bound.attrs["type"] ?? ""}`,
    );
  }
  const sm = features.getChild("sm", NS_SM) === undefined ? undefined : await enable(negotiation);
  negotiation.stop();
  const maxBytes = Number(
    features.getChild("limits", NS_LIMITS)?.getChildText("max-bytes") ?? Number.NaN,
  );
  return readySession(options, socket, sm, {
    // What was bound counts: a server may know the account under another spelling.
    fullJid: fullJid as FullJid,
    mechanism,
    keys,
    scramSeen: options.scramSeen || offersScram(offered),
    maxStanzaBytes: Number.isSafeInteger(maxBytes) && maxBytes > 0 ? maxBytes : undefined,
  });
}

async function enable(negotiation: Negotiation): Promise<StreamManagement | undefined> {
  // Resumption needs state that outlives this worker; the archive and the outbox do its work.
  const answer = await negotiation.exchange(xml("enable", { xmlns: NS_SM }));
  return answer.is("enabled", NS_SM) ? new StreamManagement() : undefined;
}

async function featuresOf(negotiation: Negotiation): Promise<Element> {
  const element = await negotiation.next();
  if (element.name !== "stream:features" && element.name !== "features") {
    throw new ConnectionError("lost", `the server sent ${element.name} where its features belong`);
  }
  return element;
}

function mechanismsOf(features: Element): string[] {
  return (
    features
      .getChild("mechanisms", NS_SASL)
      ?.getChildren("mechanism")
      .map((m) => m.text().trim()) ?? []
  );
}

type Bound = Pick<Session, "fullJid" | "mechanism" | "keys" | "scramSeen" | "maxStanzaBytes">;

function readySession(
  options: SessionOptions,
  socket: XmppSocket,
  sm: StreamManagement | undefined,
  bound: Bound,
): Session {
  const { jid } = options;
  const archiveQueries = new Map<string, (result: Element) => void>();
  let closed: ConnectionError | undefined;
  let ackTimer: ReturnType<typeof setTimeout> | undefined;
  let lateTimer: ReturnType<typeof setTimeout> | undefined;
  /** Stanzas are handed over one after another; each waits for the commit of the one before. */
  let order: Promise<void> = Promise.resolve();

  const iq = createIqCaller(jid, () => bound.fullJid, write);

  function write(stanza: Element): void {
    if (closed !== undefined) throw closed;
    stanza.attrs["xmlns"] ??= "jabber:client";
    const text = stanza.toString();
    sm?.sent(stanza, text);
    socket.sendText(text);
    scheduleAck(ACK_SOON_MS);
  }

  function scheduleAck(afterMs: number): void {
    if (closed !== undefined) return;
    if (afterMs === ACK_IDLE_MS && ackTimer !== undefined) return;
    clearTimeout(ackTimer);
    ackTimer = setTimeout(askForLife, afterMs);
  }

  /** Asks for an acknowledgement, or for a pong where the server has no XEP-0198, and wants it in time. */
  function askForLife(): void {
    ackTimer = undefined;
    if (closed !== undefined) return;
    const bytes = sm?.waiting.reduce((sum, s) => sum + s.bytes, 0) ?? 0;
    lateTimer ??= setTimeout(
      () => socket.abort(new ConnectionError("lost", "the server stopped answering")),
      ACK_LATE_MS + bytes / SLOWEST_BYTES_PER_MS,
    );
    if (sm === undefined) session.ping(ACK_LATE_MS).then(alive, () => undefined);
    else socket.send(xml("r", { xmlns: NS_SM }));
  }

  function alive(): void {
    clearTimeout(lateTimer);
    lateTimer = undefined;
    scheduleAck(ACK_IDLE_MS);
  }

  function takeNonza(element: Element): void {
    if (sm === undefined) return;
    if (element.is("r", NS_SM)) {
      // Only what the database holds: answered in turn, behind the stanzas that came before.
      order = order
        .then(() => closed === undefined && socket.send(sm.answer()))
        .then(() => undefined, failed);
    } else if (element.is("a", NS_SM)) {
      const acked = sm.acked(element.attrs["h"]);
      if (acked === "too-high") {
        socket.send(
          xml(
            "stream:error",
            { "xmlns:stream": NS_STREAM },
            xml("undefined-condition", { xmlns: NS_STREAMS }),
            xml("handled-count-too-high", { xmlns: NS_SM }),
          ),
        );
        socket.abort(new ConnectionError("lost", "the server acknowledged more than was sent"));
      } else if (acked.length > 0) {
        options.onAcked?.(acked);
      }
      if (sm.waiting.length > 0) scheduleAck(ACK_SOON_MS);
    }
  }

  function takeIq(stanza: Element): void {
    const type = stanza.attrs["type"];
    if (type === "result" || type === "error") {
      if (iq.take(stanza) === "forged")
        options
          .onInbound({ kind: "rejected", why: "answer from somebody who was not asked" })
          ?.catch(failed);
      return;
    }
    const push = readRosterPush(stanza, jid);
    if (push !== undefined) {
      hand(push);
      if (push.kind === "roster") return write(resultOf(stanza));
    }
    if (stanza.getChild("ping", NS_PING) !== undefined && type === "get")
      return write(resultOf(stanza));
    const info = stanza.getChild("query", NS_DISCO_INFO);
    if (info !== undefined && type === "get")
      return write(resultOf(stanza, buildInfo(info.attrs["node"])));
    // RFC 6120 section 8.4: a request is always answered.
    write(
      xml(
        "iq",
        { type: "error", id: stanza.attrs["id"], to: stanza.attrs["from"] },
        xml("error", { type: "cancel" }, xml("service-unavailable", { xmlns: NS_STANZAS })),
      ),
    );
  }

  function hand(event: Inbound): void {
    order = order.then(() => options.onInbound(event)).catch(failed);
  }

  function failed(error: unknown): void {
    socket.abort(
      new ConnectionError("lost", error instanceof Error ? error.message : String(error)),
    );
  }

  socket.onElement = (element) => {
    alive();
    if (isFraming(element, "close")) return socket.close();
    if (element.is("error", NS_STREAM) || element.name === "stream:error")
      return socket.abort(streamError(element));
    switch (element.name) {
      case "iq":
        takeIq(element);
        break;
      case "message":
      case "presence": {
        const event = readInbound(element, jid);
        if (event.kind === "archive-result") takeResult(event.queryId, event.result);
        else hand(event);
        break;
      }
      default:
        takeNonza(element);
        return;
    }
    order = order.then(() => sm?.handled());
  };
  socket.onSkipped = (name) => {
    alive();
    hand({ kind: "rejected", why: `${name} too deep or too long` });
    order = order.then(() => sm?.handled());
  };
  socket.onClosed = (error) => {
    if (closed !== undefined) return;
    closed = error;
    clearTimeout(ackTimer);
    clearTimeout(lateTimer);
    iq.failAll(error);
    const lost = sm?.abandon() ?? [];
    if (lost.length > 0) options.onFailed?.(lost);
    options.onClosed(error);
  };

  function takeResult(queryId: string, result: Element): void {
    const take = archiveQueries.get(queryId);
    if (take === undefined) hand({ kind: "rejected", why: "archive result nobody asked for" });
    else take(result);
  }

  const session: Session = {
    ...bound,
    jid,
    domain: domainOf(jid),
    hasStreamManagement: sm !== undefined,
    iq: (request) => iq.request(request),
    send: write,
    async ping(timeoutMs) {
      const child = xml("ping", { xmlns: NS_PING });
      // Any answer will do, also "service-unavailable".
      await iq
        .request({
          type: "get",
          to: session.domain,
          child,
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
        })
        .catch((error: unknown) => {
          if (error instanceof ConnectionError) throw error;
        });
    },
    onArchiveResult(queryId, take) {
      archiveQueries.set(queryId, take);
      return () => archiveQueries.delete(queryId);
    },
    async close() {
      if (closed !== undefined) return;
      await Promise.race([order, new Promise((resolve) => setTimeout(resolve, 1000))]);
      if (closed !== undefined) return;
      if (sm !== undefined) socket.send(sm.answer());
      socket.close();
    },
    abort: () => socket.abort(new ConnectionError("lost", "given up")),
  };
  scheduleAck(ACK_IDLE_MS);
  return session;
}

function resultOf(request: Element, child?: Element): Element {
  const attrs = { type: "result", id: request.attrs["id"], to: request.attrs["from"] };
  return xml("iq", attrs, ...(child === undefined ? [] : [child]));
}

/** RFC 6120 section 4.9.3. A redirect (see-other-host) is never followed: it would carry the password elsewhere. */
function streamError(element: Element): ConnectionError {
  const condition =
    element.getChildElements().find((e) => e.name !== "text")?.name ?? "undefined-condition";
  const text = element.getChildText("text") ?? "";
  const detail = text === "" ? condition : `${condition}: ${text}`;
  const problems: Record<string, ConnectProblem> = {
    "host-unknown": "host-unknown",
    conflict: "conflict",
    "not-authorized": "wrong-password",
  };
  return new ConnectionError(problems[condition] ?? "lost", detail);
}

function isSecure(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "wss:" || isLoopback(hostname);
}

/** This computer itself: its names and 127.0.0.0/8. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
