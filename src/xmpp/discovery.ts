/** Finding the WebSocket of a domain: XEP-0156 1.4 (host-meta), then where servers have it by default. */
import type { Element } from "@xmpp/xml";
import { isLoopback } from "../base/loopback.ts";
import { isRecord } from "../base/shape.ts";
import { connectSocket, isFraming, type XmppSocket } from "./socket.ts";

export type Endpoint = {
  url: string;
  via: "typed" | "remembered" | "config" | "host-meta" | "guess";
};

/** found: it was read. none: the domain answers without it. blocked: network or CORS; a page cannot tell which. */
export type DiscoveryResult = { endpoints: Endpoint[]; hostMeta: "found" | "none" | "blocked" };

const REL = "urn:xmpp:alt-connections:websocket";
/** A slow line takes 20 s for an answer; others are tried meanwhile. */
const FETCH_MS = 25_000;
/** Once one form of host-meta has named an endpoint, the other is waited for no longer than this. ms */
const OTHER_FORM_MS = 500;
/** A server that opened the stream for the domain and then says nothing, neither what it offers nor an error. */
const SILENT_FEATURES_MS = 2500;
const MAX_BYTES = 64 * 1024;

/** wss anywhere, ws on this computer only. */
export function isAllowedEndpoint(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  return protocol === "wss:" || (protocol === "ws:" && isLoopback(hostname));
}

/** Reads both forms of host-meta at once. Never rejects but with the signal's reason. */
export async function discoverFromHostMeta(
  domain: string,
  options: { signal?: AbortSignal } = {},
): Promise<DiscoveryResult> {
  const { signal } = options;
  const read: Fetched[] = [];
  const urls: string[][] = [];
  const forms = [
    { path: "host-meta.json", urlsOf: urlsOfJson },
    { path: "host-meta", urlsOf: urlsOfXml },
  ].map(async ({ path, urlsOf }, index) => {
    const fetched = await fetchText(`https://${domain}/.well-known/${path}`, signal);
    read.push(fetched);
    const found = fetched.text === undefined ? [] : urlsOf(fetched.text).filter(isAllowedEndpoint);
    urls[index] = found;
    if (found.length === 0) throw new Error("nothing here");
  });
  // One that hangs does not hold up the other.
  const enough = Promise.any(forms).then(
    () => new Promise((resolve) => setTimeout(resolve, OTHER_FORM_MS)),
    () => undefined,
  );
  await Promise.race([Promise.allSettled(forms), enough]);
  signal?.throwIfAborted();
  const endpoints = [...new Set(urls.flat())].map((url) => ({ url, via: "host-meta" as const }));
  const found = read.some(({ text }) => text !== undefined);
  const answered = read.some((fetched) => fetched.answered);
  return { endpoints, hostMeta: found ? "found" : answered ? "none" : "blocked" };
}

/** Where Prosody, ejabberd, Openfire and common proxies have it when nobody changed anything. */
export function guessEndpoints(domain: string): Endpoint[] {
  const urls = isLoopback(domain)
    ? [
        `ws://${domain}:5280/xmpp-websocket`,
        `ws://${domain}:5443/ws`,
        `wss://${domain}:5281/xmpp-websocket`,
        `wss://${domain}:5443/ws`,
      ]
    : [
        `wss://${domain}/xmpp-websocket`,
        `wss://${domain}:5281/xmpp-websocket`,
        `wss://${domain}:5443/ws`,
        `wss://${domain}/ws`,
        `wss://xmpp.${domain}/xmpp-websocket`,
        `wss://xmpp.${domain}/ws`,
        `wss://chat.${domain}/xmpp-websocket`,
        `wss://${domain}:7443/ws/`,
        `wss://${domain}:5290/`,
      ];
  return urls.map((url) => ({ url, via: "guess" }));
}

/** silent: no answer in time, to the connection or on it. */
export type Verdict = "xmpp" | "not-xmpp" | "unreachable" | "silent";

/** A stream that was opened for a look, and stands where its server has said what it offers and nothing was answered. */
export interface WaitingStream {
  readonly features: Element;
  /** Hands the socket over, once; undefined where the stream is over. The caller listens in the same turn. */
  take(): XmppSocket | undefined;
  /** Closes it, unless somebody has it. */
  drop(): void;
}

/**
 * Whether XMPP for the domain answers there. No password is involved, and nobody is named. `timeoutMs`: to connect, and
 * again to answer. `keep` gets the stream of a server that answered, to go on with; without it the stream is closed.
 */
export async function probeEndpoint(
  url: string,
  domain: string,
  options: { signal?: AbortSignal; timeoutMs: number; keep?: (stream: WaitingStream) => void },
): Promise<Verdict> {
  const { signal, timeoutMs } = options;
  const patience = AbortSignal.timeout(timeoutMs);
  const stop = signal === undefined ? patience : AbortSignal.any([signal, patience]);
  let socket: XmppSocket;
  try {
    socket = await connectSocket(url, 2 * timeoutMs, stop);
  } catch {
    return patience.aborted ? "silent" : "unreachable";
  }
  let features: Element | undefined;
  const verdict = new Promise<Verdict>((resolve) => {
    const timer = setTimeout(() => resolve("silent"), timeoutMs);
    let silence: ReturnType<typeof setTimeout> | undefined;
    const say = (word: Verdict): void => {
      clearTimeout(timer);
      clearTimeout(silence);
      options.signal?.removeEventListener("abort", cancelled);
      resolve(word);
    };
    const cancelled = (): void => say("not-xmpp");
    options.signal?.addEventListener("abort", cancelled, { once: true });
    socket.onElement = (element) => {
      // Features, and not only <open/>: a server that does not serve the domain opens and then says host-unknown.
      if (isFraming(element, "open")) {
        // Prosody 0.12 with a mod_sasl2_fast of another time never lists them, and lets people in all the same.
        silence = setTimeout(() => say("xmpp"), SILENT_FEATURES_MS);
        return;
      }
      if (element.name === "stream:features" || element.name === "features") features = element;
      say(features === undefined ? "not-xmpp" : "xmpp");
    };
    socket.onClosed = () => say("not-xmpp");
  });
  socket.open(domain);
  const word = await verdict;
  const isWanted = word === "xmpp" && signal?.aborted !== true;
  if (isWanted && features !== undefined && options.keep !== undefined)
    options.keep(waitingOn(socket, features));
  else socket.close();
  return word;
}

function waitingOn(socket: XmppSocket, features: Element): WaitingStream {
  let isOver = false;
  const give = (): XmppSocket | undefined => {
    if (isOver) return undefined;
    isOver = true;
    return socket;
  };
  // Whatever else is said to somebody who has said nothing: this stream is not as it should be.
  const over = (): void => give()?.close();
  socket.onElement = over;
  socket.onSkipped = over;
  socket.onClosed = () => void give();
  return { features, take: give, drop: over };
}

type Fetched = { text?: string; answered: boolean };

async function fetchText(url: string, signal: AbortSignal | undefined): Promise<Fetched> {
  try {
    const limit = AbortSignal.timeout(FETCH_MS);
    const response = await fetch(url, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    // A redirect to http would let anybody on the way name the host that gets the password.
    if (!response.ok || !response.url.startsWith("https:")) return { answered: true };
    const text = await response.text();
    return text.length > MAX_BYTES ? { answered: true } : { text, answered: true };
  } catch {
    return { answered: false };
  }
}

function urlsOfJson(text: string): string[] {
  try {
    const found: unknown = JSON.parse(text);
    if (!isRecord(found) || !Array.isArray(found["links"])) return [];
    return found["links"].flatMap((link: unknown) => {
      if (!isRecord(link)) return [];
      const { rel, href } = link;
      return rel === REL && typeof href === "string" ? [href] : [];
    });
  } catch {
    return [];
  }
}

/** `<Link rel='…websocket' href='…'/>` of an XRD; attributes in any order. No document is built from it. */
function urlsOfXml(text: string): string[] {
  const links = text.match(/<(?:\w+:)?Link\s[^>]*>/g) ?? [];
  return links.flatMap((link) => {
    const rel = /\srel\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(link);
    const href = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(link);
    const url = href?.[1] ?? href?.[2];
    return (rel?.[1] ?? rel?.[2]) === REL && url !== undefined
      ? [url.replaceAll("&amp;", "&")]
      : [];
  });
}
