/** Signing in by XEP-0388 from the offer to a stream that carries stanzas, with all that may go along in one trip. */
import type { Element } from "@xmpp/xml";
import { type FullJid, localOf, parseAddress } from "../mail/address.ts";
import { bind2Offer, boundIn, buildBind2 } from "./bind2.ts";
import { bindAndEnable, enable, type Ready, takeResumption } from "./binding.ts";
import { NS_CARBONS } from "./carbons.ts";
import { ConnectionError } from "./connection-error.ts";
import { type Credential, withoutToken } from "./credential.ts";
import {
  buildFast,
  buildTokenRequest,
  chooseFast,
  isServersProof,
  parseToken,
  takesToken,
  tokenProof,
} from "./fast.ts";
import { type FastMechanism, type FastToken, isExpired } from "./fast-token.ts";
import { chooseMechanism, offersScram, runMechanism, type SaslOptions } from "./sasl.ts";
import { authorizationOf, type Sasl2Profile, xep0388Profile } from "./sasl2.ts";
import { Sasl2Broken, type Sasl2Offer, TokenRefused } from "./sasl2-offer.ts";
import type { Offer, ScramCredential, ScramKeys, ScramName } from "./scram.ts";
import type { XmppSocket } from "./socket.ts";
import {
  buildResume,
  NS_SM,
  parseEnabled,
  type ResumeState,
  StreamManagement,
} from "./stream-management.ts";
import type { StreamReader } from "./stream-reader.ts";

/** What to authenticate with. */
export type Sasl2Plan =
  | { kind: "token"; token: FastToken }
  | { kind: "mechanism"; mechanism: ScramName | "PLAIN"; credential: ScramCredential };

/** How to use this offer for the credential; undefined where RFC 6120 is the better way. */
export function planSasl2(
  credential: Credential,
  sasl: Omit<SaslOptions, "credential">,
  { mechanisms, inline }: Sasl2Offer,
): Sasl2Plan | undefined {
  if (credential.kind === "token" && takesToken(inline, credential.token)) {
    if (!isExpired(credential.token, Date.now())) return { kind: "token", token: credential.token };
  }
  const rest = withoutToken(credential);
  if (rest === undefined) return undefined;
  const scramSeen = sasl.scramSeen || offersScram(mechanisms);
  try {
    const mechanism = chooseMechanism({ ...sasl, scramSeen, credential: rest }, mechanisms);
    return { kind: "mechanism", mechanism, credential: rest };
  } catch {
    return undefined;
  }
}

export type Sasl2Context = {
  clientId: string;
  software: string;
  bindTag?: string;
  resumable?: boolean;
  resume?: ResumeState;
  sasl: Omit<SaslOptions, "credential">;
  modern: Sasl2Offer & Offer;
  socket: XmppSocket;
  reader: StreamReader;
  limitMs: number;
};

export type Sasl2SignedIn = Ready & {
  mechanism: string;
  keys: ScramKeys | undefined;
  token: FastToken | undefined;
  features: Element;
  hasCarbons: boolean;
};

/** Rejects with Sasl2Broken, TokenRefused, or a ConnectionError where the server has spoken about the account. */
export async function signInBySasl2(
  plan: Sasl2Plan,
  context: Sasl2Context,
): Promise<Sasl2SignedIn> {
  const { modern, resume, bindTag } = context;
  const next = untilLimit(context);
  const asked = plan.kind === "token" ? plan.token.mechanism : chooseFast(modern.inline);
  const bind = bindTag === undefined ? undefined : bind2Offer(modern.inline);
  const canResume = modern.inline?.getChild("sm", NS_SM) !== undefined;
  const profile = xep0388Profile({
    offer: modern,
    clientId: context.clientId,
    software: context.software,
    inline: [
      ...(resume !== undefined && canResume ? [buildResume(resume)] : []),
      ...(bind !== undefined && bindTag !== undefined
        ? [buildBind2(bind, { tag: bindTag, resumable: context.resumable === true })]
        : []),
      ...(plan.kind === "token" ? [buildFast(false)] : []),
      ...(plan.kind === "mechanism" && asked !== undefined ? [buildTokenRequest(asked)] : []),
    ],
    send: (element) => context.socket.send(element),
    next,
  });
  const keys = await prove(plan, context, profile);
  const success = profile.success;
  if (success === undefined) throw new Sasl2Broken("no success");
  const early: Element[] = [];
  let features = await next();
  while (!features.name.endsWith("features")) {
    early.push(features);
    features = await next();
  }
  const ready = await readyAfter(success, features, early, context);
  return {
    ...ready,
    keys,
    features,
    mechanism: plan.kind === "token" ? plan.token.mechanism : plan.mechanism,
    token: tokenAfter(success, asked, plan),
    hasCarbons: boundIn(success) !== undefined && bind?.includes(NS_CARBONS) === true,
  };
}

/** The successor where the server gave one, else the one that was good just now. */
function tokenAfter(
  success: Element,
  asked: FastMechanism | undefined,
  plan: Sasl2Plan,
): FastToken | undefined {
  const issued = asked === undefined ? undefined : parseToken(success, asked);
  return issued ?? (plan.kind === "token" ? plan.token : undefined);
}

async function prove(
  plan: Sasl2Plan,
  { sasl }: Sasl2Context,
  profile: Sasl2Profile,
): Promise<ScramKeys | undefined> {
  if (plan.kind === "mechanism")
    return runMechanism({ ...sasl, credential: plan.credential }, plan.mechanism, profile);
  return proveToken(localOf(sasl.jid), plan.token, profile);
}

/** Signs in with the token. Rejects with TokenRefused where the server does not take it. */
export async function proveToken(
  username: string,
  token: FastToken,
  profile: Sasl2Profile,
): Promise<undefined> {
  const proof = await tokenProof(username, token);
  const step = await profile.start(token.mechanism, proof).catch((error: unknown) => {
    const isRefusal = error instanceof ConnectionError && error.problem === "wrong-password";
    throw isRefusal ? new TokenRefused(error.detail) : error;
  });
  if (!step.isSuccess) throw new Sasl2Broken("a challenge where a token is enough");
  if (!(await isServersProof(token, step.data)))
    throw new ConnectionError("too-old", "the server could not prove that it knows the token");
}

async function readyAfter(
  success: Element,
  features: Element,
  early: Element[],
  context: Sasl2Context,
): Promise<Ready> {
  const { resume, reader } = context;
  const answer = success.getChild("resumed", NS_SM) ?? success.getChild("failed", NS_SM);
  const { sm: resumed, earlierHandled } = takeResumption(resume, answer);
  const counted = (list: Element[], isCounted: boolean): Ready["early"] =>
    list.map((element) => ({ element, counted: isCounted }));
  if (resume !== undefined && resumed !== undefined) {
    const { fullJid } = resume;
    return { earlierHandled, fullJid, sm: resumed, resumed: true, early: counted(early, true) };
  }
  const hasSm = features.getChild("sm", NS_SM) !== undefined;
  const bound = boundIn(success);
  const fullJid = authorizationOf(success);
  if (bound === undefined || !isFull(fullJid)) {
    const ready = await bindAndEnable({ ...context, hasSm, earlierHandled }, reader);
    return { ...ready, early: [...counted(early, false), ...ready.early] };
  }
  const fate = { fullJid, resumed: false, earlierHandled };
  const enabled = bound.getChild("enabled", NS_SM);
  if (enabled !== undefined) {
    const sm = new StreamManagement(parseEnabled(enabled));
    return { ...fate, sm, early: counted(early, true) };
  }
  const sm = hasSm ? await enable(reader, early, context.resumable === true) : undefined;
  return { ...fate, sm, early: counted(early, false) };
}

function isFull(address: string): address is FullJid {
  const parsed = parseAddress(address);
  return parsed.ok && parsed.resource !== "";
}

/** Elements until the time is up. Silence, a cut or a stream error is the server's SASL2 not working. */
function untilLimit({ reader, limitMs }: Sasl2Context): () => Promise<Element> {
  const until = performance.now() + limitMs;
  return async () => {
    const element = await reader
      .within(Math.max(0, until - performance.now()))
      .catch((error: unknown) => {
        throw error instanceof ConnectionError ? new Sasl2Broken(error.detail) : error;
      });
    if (element === undefined) throw new Sasl2Broken(`nothing for ${limitMs} ms`);
    return element;
  };
}
