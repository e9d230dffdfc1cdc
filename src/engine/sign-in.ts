/**
 * From an address and a password to an open session: every candidate endpoint in order, none of them trusted with the
 * password before it has answered as an XMPP server for the address's own domain.
 */
import type { SignInProblem } from "../api/contract.ts";
import { domainOf, type Jid } from "../mail/address.ts";
import {
  type DiscoveryResult,
  discoverFromHostMeta,
  type Endpoint,
  guessEndpoints,
  isAllowedEndpoint,
  probeEndpoint,
  type WaitingStream,
} from "../xmpp/discovery.ts";
import type { Credential } from "../xmpp/credential.ts";
import {
  ConnectionError,
  openSession,
  type Session,
  type SessionOptions,
} from "../xmpp/session.ts";
import type { Config } from "./config.ts";
import { search } from "./search.ts";

/** The last question, about a server that is given up already. ms */
const LAST_MS = 5000;

export class SignInError extends Error {
  override readonly name = "SignInError";
  readonly problem: SignInProblem;
  readonly detail: string;
  readonly host: string | undefined;
  constructor(problem: SignInProblem, detail: string, host?: string) {
    super(`${problem}: ${detail}`);
    this.problem = problem;
    this.detail = detail;
    this.host = host;
  }
}

export type SignInWish = {
  jid: Jid;
  credential: Credential;
  typedUrl?: string;
  remembered?: string;
  config: Config;
  session: Omit<SessionOptions, "service" | "jid" | "credential">;
  /** Called before the password leaves. */
  onHost: (host: string) => void;
  signal: AbortSignal;
};

/** What the search learnt on its way. `streams`: of the doors that answered, by URL; the one that is taken goes on. */
type Findings = {
  tried: string[];
  hostMeta: DiscoveryResult["hostMeta"];
  streams: Map<string, WaitingStream>;
};

export type SignedIn = { session: Session; endpoint: string };

/** Rejects with SignInError, or with the signal's reason. */
export async function signIn(wish: SignInWish): Promise<SignedIn> {
  const found: Findings = { tried: [], hostMeta: "none", streams: new Map() };
  try {
    return await throughOne(wish, found);
  } finally {
    for (const stream of found.streams.values()) stream.drop();
  }
}

async function throughOne(wish: SignInWish, found: Findings): Promise<SignedIn> {
  let reached: string | undefined;
  for await (const endpoint of candidates(wish, found)) {
    wish.signal.throwIfAborted();
    const host = new URL(endpoint.url).host;
    const waiting = found.streams.get(endpoint.url);
    wish.onHost(host);
    try {
      const session = await openSession({
        ...wish.session,
        service: endpoint.url,
        jid: wish.jid,
        credential: wish.credential,
        signal: wish.signal,
        ...(waiting === undefined ? {} : { waiting }),
      });
      return { session, endpoint: endpoint.url };
    } catch (error) {
      wish.signal.throwIfAborted();
      if (!(error instanceof ConnectionError)) throw error;
      // The server has spoken about the account: another door of the same server would say the same.
      if (FINAL.has(error.problem)) throw new SignInError(signInProblem(error), error.detail, host);
      reached ??= host;
      found.tried.push(`${endpoint.url}: ${error.detail}`);
    }
  }
  // A server was there, and may have seen the password: nothing else must be said.
  if (reached !== undefined) throw new SignInError("lost", found.tried.join("\n"), reached);
  throw await nothingWorked(wish, found);
}

const FINAL: ReadonlySet<string> = new Set(["wrong-password", "disabled", "too-old"]);

/** The word the page knows for a failure of the wire. */
export function signInProblem(error: ConnectionError): SignInProblem {
  switch (error.problem) {
    case "wrong-password":
    case "disabled":
    case "too-old":
    case "lost":
    case "no-websocket":
      return error.problem;
    case "gone":
      return "wrong-password";
    case "busy":
    case "shutdown":
    case "policy":
    case "redirect":
    case "conflict":
      return "lost";
    default:
      return "unreachable";
  }
}

/** Endpoints that answered as XMPP for the domain, best first. */
function candidates(wish: SignInWish, found: Findings): AsyncGenerator<Endpoint> {
  const { typedUrl, remembered, signal } = wish;
  const domain = domainOf(wish.jid);
  const configured = wish.config.endpoints?.[domain];
  const sure: Endpoint[] = [];
  if (typedUrl !== undefined) sure.push({ url: typedUrl, via: "typed" });
  else {
    if (remembered !== undefined) sure.push({ url: remembered, via: "remembered" });
    if (configured !== undefined) sure.push({ url: configured, via: "config" });
  }
  const sources = [
    async () => sure.filter(({ url }) => isAllowedEndpoint(url)),
    async () => {
      const { endpoints, hostMeta } = await discoverFromHostMeta(domain, { signal });
      found.hostMeta = hostMeta;
      return endpoints;
    },
    async () => guessEndpoints(domain),
  ];
  return search({
    sources: typedUrl === undefined ? sources : sources.slice(0, 1),
    probe: (url, limits) =>
      probeEndpoint(url, domain, {
        ...limits,
        keep: (stream) => void found.streams.set(url, stream),
      }),
    tried: found.tried,
    signal,
  });
}

/** No door opened: is the person offline, is discovery shut to web pages, or does the server have no WebSocket? */
async function nothingWorked(
  wish: SignInWish,
  { tried, hostMeta }: Findings,
): Promise<SignInError> {
  const domain = domainOf(wish.jid);
  const detail = tried.join("\n");
  if (wish.typedUrl !== undefined) {
    const isUrl = URL.canParse(wish.typedUrl);
    return new SignInError(
      "unreachable",
      detail || `not a wss: address: ${wish.typedUrl}`,
      isUrl ? new URL(wish.typedUrl).host : wish.typedUrl,
    );
  }
  if (!navigator.onLine) return new SignInError("unreachable", `offline\n${detail}`, domain);
  if (hostMeta !== "blocked")
    return new SignInError("no-websocket", `host-meta: ${hostMeta}\n${detail}`, domain);
  const answers = await answersAtAll(domain, wish.signal);
  return new SignInError(
    answers ? "discovery-blocked" : "unreachable",
    `host-meta: blocked\n${detail}`,
    domain,
  );
}

/** Whether the domain's web server answers, without being allowed to read what (an opaque response). */
async function answersAtAll(domain: string, signal: AbortSignal): Promise<boolean> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LAST_MS)]);
    await fetch(`https://${domain}/.well-known/host-meta`, {
      mode: "no-cors",
      credentials: "omit",
      signal: limit,
    });
    return true;
  } catch {
    return false;
  }
}
