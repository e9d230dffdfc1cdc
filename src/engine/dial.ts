/** A new stream for an account that is signed in: by the door that worked last time. */
import { isAllowedEndpoint } from "../xmpp/discovery.ts";
import { ConnectionError, openSession } from "../xmpp/session.ts";
import { signIn, type SignedIn, SignInError, type SignInWish } from "./sign-in.ts";

/** Among so many failures one brings the whole search again: a server may have moved. It costs a dozen requests. */
const SEARCH_EVERY = 5;
const FIRST_SEARCH = 2;
const ANSWER_MS = 5000;

/** `isAsked`: a person pressed "Try now". Rejects with ConnectionError, SignInError or the signal's reason. */
export async function dial(
  wish: SignInWish,
  { failures, isAsked }: { failures: number; isAsked: boolean },
): Promise<SignedIn> {
  const { remembered, ...elsewhere } = wish;
  const isSearch = failures % SEARCH_EVERY === FIRST_SEARCH;
  if (remembered === undefined || !isAllowedEndpoint(remembered) || isSearch) return signIn(wish);
  wish.onHost(new URL(remembered).host);
  try {
    const session = await openSession({
      ...wish.session,
      service: remembered,
      jid: wish.jid,
      credential: wish.credential,
      signal: wish.signal,
    });
    return { session, endpoint: remembered };
  } catch (error) {
    wish.signal.throwIfAborted();
    if (!(error instanceof ConnectionError) || error.problem !== "unreachable") throw error;
    const other = isAsked ? await searched(elsewhere) : undefined;
    if (other !== undefined) return other;
    throw (await answersToHttps(remembered, wish.signal))
      ? new ConnectionError("no-websocket", `${error.detail}; https is answered there`)
      : error;
  }
}

/** The search that a person's "Try now" is worth; undefined where it finds no door, which says less than the known one. */
async function searched(wish: SignInWish): Promise<SignedIn | undefined> {
  try {
    return await signIn(wish);
  } catch (error) {
    wish.signal.throwIfAborted();
    if (error instanceof SignInError && NO_DOOR.has(error.problem)) return undefined;
    throw error;
  }
}

const NO_DOOR: ReadonlySet<string> = new Set([
  "unreachable",
  "no-websocket",
  "discovery-blocked",
  "lost",
]);

/** Whether something answers where the WebSocket should be: the sign-in page of a network, or a web server alone. */
async function answersToHttps(endpoint: string, signal: AbortSignal): Promise<boolean> {
  const url = new URL(endpoint);
  if (url.protocol !== "wss:") return false;
  url.protocol = "https:";
  try {
    await fetch(url, {
      mode: "no-cors",
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    return true;
  } catch {
    return false;
  }
}
