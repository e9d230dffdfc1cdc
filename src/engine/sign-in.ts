/**
 * From an address and a password to an open session: every candidate endpoint in order, none of them trusted with the
 * password before it has answered as an XMPP server for the address's own domain.
 */
import type { SignInProblem } from "../api/contract.ts";
import { domainOf, type Jid } from "../mail/address.ts";
import {
  discoverFromHostMeta,
  type Endpoint,
  guessEndpoints,
  isAllowedEndpoint,
  probeEndpoint,
} from "../xmpp/discovery.ts";
import type { Credential } from "../xmpp/credential.ts";
import {
  ConnectionError,
  openSession,
  type Session,
  type SessionOptions,
} from "../xmpp/session.ts";
import type { Config } from "./config.ts";

/** A candidate that says nothing for this long is passed over. */
const PROBE_MS = 5000;
/** Once one has answered, better ones that hang are waited for no longer than this. */
const GRACE_MS = 500;

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

export type SignedIn = { session: Session; endpoint: string };

/** Rejects with SignInError, or with the signal's reason. */
export async function signIn(wish: SignInWish): Promise<SignedIn> {
  const tried: string[] = [];
  let reached: string | undefined;
  for await (const endpoint of candidates(wish, tried)) {
    wish.signal.throwIfAborted();
    const host = new URL(endpoint.url).host;
    wish.onHost(host);
    try {
      const session = await openSession({
        ...wish.session,
        service: endpoint.url,
        jid: wish.jid,
        credential: wish.credential,
        signal: wish.signal,
      });
      return { session, endpoint: endpoint.url };
    } catch (error) {
      wish.signal.throwIfAborted();
      if (!(error instanceof ConnectionError)) throw error;
      // The server has spoken about the account: another door of the same server would say the same.
      if (FINAL.has(error.problem)) throw new SignInError(signInProblem(error), error.detail, host);
      reached ??= host;
      tried.push(`${endpoint.url}: ${error.detail}`);
    }
  }
  // A server was there, and may have seen the password: nothing else must be said.
  if (reached !== undefined) throw new SignInError("lost", tried.join("\n"), reached);
  throw await nothingWorked(wish, tried);
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
async function* candidates(wish: SignInWish, tried: string[]): AsyncGenerator<Endpoint> {
  const domain = domainOf(wish.jid);
  const known = new Set<string>();
  const sure: Endpoint[] = [];
  if (wish.typedUrl !== undefined) sure.push({ url: wish.typedUrl, via: "typed" });
  else {
    if (wish.remembered !== undefined) sure.push({ url: wish.remembered, via: "remembered" });
    const configured = wish.config.endpoints?.[domain];
    if (configured !== undefined) sure.push({ url: configured, via: "config" });
  }
  yield* probed(sure, known, wish, tried);
  if (wish.typedUrl !== undefined) return;
  const found = await discoverFromHostMeta(domain, { signal: wish.signal });
  hostMetaOf.set(wish, found.hostMeta);
  yield* probed(found.endpoints, known, wish, tried);
  yield* probed(guessEndpoints(domain), known, wish, tried);
}

const hostMetaOf = new WeakMap<SignInWish, "found" | "none" | "blocked">();

/** Asks all at once, hands them out in order; what hangs comes last. */
async function* probed(
  endpoints: readonly Endpoint[],
  known: Set<string>,
  wish: SignInWish,
  tried: string[],
): AsyncGenerator<Endpoint> {
  const fresh = endpoints.filter((e) => isAllowedEndpoint(e.url) && !known.has(e.url));
  for (const { url } of fresh) known.add(url);
  const verdicts = fresh.map((e) =>
    probeEndpoint(e.url, domainOf(wish.jid), { signal: wish.signal, timeoutMs: PROBE_MS }),
  );
  const answered = Promise.any(
    verdicts.map(async (verdict) => {
      if ((await verdict) !== "xmpp") throw new Error("no answer");
    }),
  );
  const late = answered.then(
    () => new Promise<"late">((resolve) => setTimeout(() => resolve("late"), GRACE_MS)),
    () => "late" as const,
  );
  const hanging: number[] = [];
  for (const [index, endpoint] of fresh.entries()) {
    const verdict = await Promise.race([verdicts[index], late]);
    wish.signal.throwIfAborted();
    if (verdict === "xmpp") yield endpoint;
    else if (verdict === "late") hanging.push(index);
    else tried.push(`${endpoint.url}: ${verdict ?? "not tried"}`);
  }
  for (const index of hanging) {
    const [endpoint, verdict] = [fresh[index], await verdicts[index]];
    wish.signal.throwIfAborted();
    if (verdict === "xmpp" && endpoint !== undefined) yield endpoint;
    else tried.push(`${endpoint?.url ?? ""}: ${verdict ?? "not tried"}`);
  }
}

/** No door opened: is the person offline, is discovery shut to web pages, or does the server have no WebSocket? */
async function nothingWorked(wish: SignInWish, tried: readonly string[]): Promise<SignInError> {
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
  const hostMeta = hostMetaOf.get(wish) ?? "none";
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
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]);
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
