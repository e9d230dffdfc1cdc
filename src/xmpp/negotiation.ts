/**
 * Setting a stream up, RFC 6120 sections 4 to 7 over RFC 7395:
 *
 *   <open/> -> features -> SASL -> <open/> -> features -+-> <resume/> ---resumed---> ready
 *                                                       |      | failed              ^
 *                                                       '------+-> bind -> <enable/> -'
 */
import { type Element, xml } from "@xmpp/xml";
import { isLoopback } from "../base/loopback.ts";
import { domainOf, type FullJid, type Jid, parseAddress } from "../mail/address.ts";
import { ConnectionError } from "./connection-error.ts";
import { offersClientState } from "./csi.ts";
import { authenticate, NS_SASL, offersScram } from "./sasl.ts";
import type { Credential, ScramKeys } from "./scram.ts";
import { isFraming, type XmppSocket } from "./socket.ts";
import { parseStanzaError } from "./stanza-error.ts";
import { parseStreamError } from "./stream-error.ts";
import {
  buildEnable,
  buildResume,
  isCovered,
  NS_SM,
  parseCount,
  parseEnabled,
  type ResumeState,
  StreamManagement,
} from "./stream-management.ts";

const NS_BIND = "urn:ietf:params:xml:ns:xmpp-bind";
const NS_CHANNEL_BINDING = "urn:xmpp:sasl-cb:0";
const NS_LIMITS = "urn:xmpp:stream-limits:0";

export type NegotiationOptions = {
  service: string;
  jid: Jid;
  credential: Credential;
  scramSeen: boolean;
  resumable?: boolean;
  resume?: ResumeState;
};

export type Negotiated = {
  fullJid: FullJid;
  mechanism: string;
  keys: ScramKeys | undefined;
  scramSeen: boolean;
  maxStanzaBytes: number | undefined;
  hasClientState: boolean;
  sm: StreamManagement | undefined;
  resumed: boolean;
  /** How many stanzas of the earlier stream its server had, where it says so. */
  earlierHandled: number | undefined;
  /** What came while we negotiated, in order; before `<enabled/>` nothing is counted (XEP-0198 section 3). */
  early: { element: Element; counted: boolean }[];
};

/** Reads one element after another while the stream is being set up. */
export class StreamReader {
  private readonly socket: XmppSocket;
  private readonly timeoutMs: number;
  private readonly signal: AbortSignal | undefined;
  private readonly queue: Element[] = [];
  private waiting:
    | { resolve: (element: Element) => void; reject: (error: Error) => void }
    | undefined;
  private failure: ConnectionError | undefined;
  private readonly onAbort = (): void => this.fail(new ConnectionError("lost", "cancelled"));

  constructor(socket: XmppSocket, timeoutMs: number, signal: AbortSignal | undefined) {
    this.socket = socket;
    this.timeoutMs = timeoutMs;
    this.signal = signal;
    socket.onElement = (element) => this.take(element);
    socket.onSkipped = () =>
      this.fail(new ConnectionError("lost", "the server sent something that is not XML"));
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
      const silence = new ConnectionError(
        "timeout",
        `the server said nothing for ${this.timeoutMs} ms`,
      );
      const timer = setTimeout(() => this.fail(silence), this.timeoutMs);
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

  /** The answer for which `is` holds; what comes before it goes to `others`. */
  async exchangeFor(
    element: Element,
    is: (answer: Element) => boolean,
    others: Element[],
  ): Promise<Element> {
    let answer = await this.exchange(element);
    while (!is(answer)) {
      others.push(answer);
      answer = await this.next();
    }
    return answer;
  }

  /** Lets go of the socket; what was read and not asked for yet. The caller listens on in the same turn. */
  stop(): Element[] {
    this.signal?.removeEventListener("abort", this.onAbort);
    this.socket.onElement = () => undefined;
    this.socket.onSkipped = () => undefined;
    this.socket.onClosed = () => undefined;
    return this.queue.splice(0);
  }

  /** Throws where the stream ended meanwhile. */
  check(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private take(element: Element): void {
    if (isFraming(element, "open")) return;
    if (isFraming(element, "close"))
      return this.fail(new ConnectionError("lost", "the server closed the stream"));
    const error = parseStreamError(element);
    if (error !== undefined) return this.fail(error);
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

/** Rejects with ConnectionError. One attempt at the password, never a second. */
export async function negotiate(
  options: NegotiationOptions,
  socket: XmppSocket,
  reader: StreamReader,
): Promise<Negotiated> {
  const domain = domainOf(options.jid);
  socket.open(domain);
  const before = await featuresOf(reader);
  const offered = textsOf(before.getChild("mechanisms", NS_SASL), "mechanism");
  const bindings = before.getChild("sasl-channel-binding", NS_CHANNEL_BINDING);
  const { mechanism, keys } = await authenticate({
    jid: options.jid,
    credential: options.credential,
    offered,
    ...(bindings === undefined ? {} : { channelBindings: bindingTypes(bindings) }),
    secure: isSecure(options.service),
    scramSeen: options.scramSeen,
    exchange: (element) => reader.exchange(element),
  });
  socket.open(domain);
  const features = await featuresOf(reader);
  const ready = await becomeReady(options, features, reader);
  return {
    ...ready,
    mechanism,
    keys,
    scramSeen: options.scramSeen || offersScram(offered),
    maxStanzaBytes: limitOf(features),
    hasClientState: offersClientState(features),
  };
}

type Ready = Pick<Negotiated, "fullJid" | "sm" | "resumed" | "earlierHandled" | "early">;

async function becomeReady(
  options: NegotiationOptions,
  features: Element,
  reader: StreamReader,
): Promise<Ready> {
  const { resume } = options;
  const hasSm = features.getChild("sm", NS_SM) !== undefined;
  let earlierHandled: number | undefined;
  if (resume !== undefined && hasSm) {
    const answer = await reader.exchange(buildResume(resume));
    // `<failed/>` may say, too, how far the server had come (section 5).
    earlierHandled = handledOf(answer, resume);
    if (answer.is("resumed", NS_SM) && earlierHandled !== undefined) {
      const { id, fullJid, inbound } = resume;
      const sm = new StreamManagement(id, { inbound, outbound: earlierHandled });
      return { fullJid, sm, resumed: true, earlierHandled, early: [] };
    }
  }
  const early: Element[] = [];
  const fullJid = await bind(reader, early);
  const sm = hasSm ? await enable(reader, early, options.resumable === true) : undefined;
  return {
    fullJid,
    sm,
    resumed: false,
    earlierHandled,
    early: early.map((element) => ({ element, counted: false })),
  };
}

/** The count in an answer to `<resume/>`. A server that counts what it never got is believed nothing (section 6). */
function handledOf(answer: Element, { sent }: ResumeState): number | undefined {
  const text = answer.attrs["h"];
  const resumed = answer.is("resumed", NS_SM);
  if (text === undefined && !resumed) return undefined;
  const count = parseCount(text);
  const isLie = count === undefined || (sent !== undefined && !isCovered(count, sent));
  if (!isLie) return count;
  if (resumed) throw new ConnectionError("lost", "the server acknowledged more than was sent");
  return undefined;
}

async function bind(reader: StreamReader, early: Element[]): Promise<FullJid> {
  const id = crypto.randomUUID();
  const answer = await reader.exchangeFor(
    xml("iq", { xmlns: "jabber:client", type: "set", id }, xml("bind", { xmlns: NS_BIND })),
    (element) => element.name === "iq" && element.attrs["id"] === id,
    early,
  );
  const fullJid = answer.getChild("bind", NS_BIND)?.getChildText("jid") ?? "";
  if (answer.attrs["type"] !== "result" || !parseAddress(fullJid).ok) {
    const { condition } = parseStanzaError(answer);
    throw new ConnectionError(
      // RFC 6120 section 7.6.2: too many sessions already, or the server wants none of ours now.
      condition === "conflict" ? "conflict" : "busy",
      `no resource: ${condition}`,
    );
  }
  // What was bound counts: a server may know the account under another spelling.
  return fullJid as FullJid;
}

async function enable(
  reader: StreamReader,
  early: Element[],
  resumable: boolean,
): Promise<StreamManagement | undefined> {
  const answer = await reader.exchangeFor(
    buildEnable(resumable),
    (element) => element.is("enabled", NS_SM) || element.is("failed", NS_SM),
    early,
  );
  return answer.is("enabled", NS_SM) ? new StreamManagement(parseEnabled(answer)) : undefined;
}

async function featuresOf(reader: StreamReader): Promise<Element> {
  const element = await reader.next();
  if (element.name !== "stream:features" && element.name !== "features") {
    throw new ConnectionError("lost", `the server sent ${element.name} where its features belong`);
  }
  return element;
}

function textsOf(list: Element | undefined, name: string): string[] {
  return list?.getChildren(name).map((child) => child.text().trim()) ?? [];
}

function bindingTypes(list: Element): string[] {
  return list.getChildren("channel-binding").map((child) => child.attrs["type"] ?? "");
}

/** XEP-0478. */
function limitOf(features: Element): number | undefined {
  const text = features.getChild("limits", NS_LIMITS)?.getChildText("max-bytes")?.trim() ?? "";
  const bytes = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return bytes > 0 ? bytes : undefined;
}

function isSecure(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "wss:" || isLoopback(hostname);
}
