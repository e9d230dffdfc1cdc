/**
 * Setting a stream up over RFC 7395: signing in by XEP-0388 where the server has it and it works, else by RFC 6120.
 *
 *   <open/> -> features -+-> SASL2 with bind or <resume/> inside -> features ----------------------> ready
 *                        '-> SASL -> <open/> -> features -+-> <resume/> ---resumed-----------------> ready
 *                                                         |      | failed                            ^
 *                                                         '------+-> bind -> <enable/> --------------'
 */
import type { Element } from "@xmpp/xml";
import { isLoopback } from "../base/loopback.ts";
import { domainOf, type Jid } from "../mail/address.ts";
import { becomeReady, type Ready } from "./binding.ts";
import { ConnectionError } from "./connection-error.ts";
import { type Credential, withoutToken } from "./credential.ts";
import { offersClientState } from "./csi.ts";
import type { FastToken } from "./fast-token.ts";
import {
  chooseMechanism,
  NS_SASL,
  offersScram,
  rfc6120Profile,
  runMechanism,
  type SaslOptions,
} from "./sasl.ts";
import { parseSasl2 } from "./sasl2-offer.ts";
import { type Offer, SCRAM_NAMES, type ScramKeys } from "./scram.ts";
import type { XmppSocket } from "./socket.ts";
import type { ResumeState } from "./stream-management.ts";
import type { StreamReader } from "./stream-reader.ts";

const NS_CHANNEL_BINDING = "urn:xmpp:sasl-cb:0";
const NS_LIMITS = "urn:xmpp:stream-limits:0";
/** A server that opened the stream and does not say what it offers is asked all the same. */
const FEATURES_MS = 4000;
const BROKEN_FEATURES_MS = 1000;

export type NegotiationOptions = {
  service: string;
  jid: Jid;
  credential: Credential;
  scramSeen: boolean;
  clientId: string;
  software: string;
  /** false: its SASL2 did not work lately. */
  sasl2: boolean;
  /** Name in the resource, where it may be bound inline (XEP-0386). */
  bindTag?: string;
  resumable?: boolean;
  resume?: ResumeState;
};

export type Negotiated = Ready & {
  mechanism: string;
  keys: ScramKeys | undefined;
  /** XEP-0484: the one to sign in with next time. */
  token: FastToken | undefined;
  scramSeen: boolean;
  maxStanzaBytes: number | undefined;
  hasClientState: boolean;
  hasCarbons: boolean;
  /** What was wrong with the server's newer ways. */
  trouble: string | undefined;
};

/**
 * Whether signing in may begin on a stream that was opened for a look and offers this. Not where the server would say
 * more to somebody with a name (XEP-0484), and not where the first word would be the password itself: the person sees
 * where that goes while a stream for it is opened.
 */
export function mayGoOn(
  options: Pick<NegotiationOptions, "sasl2" | "service">,
  features: Element,
): boolean {
  const saysMore = mayUseSasl2(options) && parseSasl2(features) !== undefined;
  return !saysMore && offersScram(offerOf(features).mechanisms);
}

function mayUseSasl2({ sasl2, service }: Pick<NegotiationOptions, "sasl2" | "service">): boolean {
  return sasl2 && isSecure(service);
}

/**
 * Rejects with ConnectionError, with Sasl2Broken or TokenRefused. One attempt at the password, never a second.
 * `offered`: the stream is open, and the server has said this.
 */
export async function negotiate(
  options: NegotiationOptions,
  socket: XmppSocket,
  reader: StreamReader,
  offered?: Element,
): Promise<Negotiated> {
  const secure = isSecure(options.service);
  const wantsSasl2 = mayUseSasl2(options);
  const openedAt = performance.now();
  // It came from such a server: most likely it will be used.
  if (wantsSasl2 && options.credential.kind === "token") sasl2Code().catch(() => undefined);
  if (offered === undefined)
    socket.open(domainOf(options.jid), wantsSasl2 ? options.jid : undefined);
  const before =
    offered ?? (await firstFeatures(reader, options.sasl2 ? FEATURES_MS : BROKEN_FEATURES_MS));
  if (before === undefined) return signInBlindly(options, socket, reader);
  const modern = wantsSasl2 ? parseSasl2(before) : undefined;
  const sasl: Omit<SaslOptions, "credential"> = {
    jid: options.jid,
    secure,
    scramSeen: options.scramSeen || offersScram(offerOf(before).mechanisms),
  };
  if (modern === undefined) return signInBySasl(options, offerOf(before), socket, reader);
  const { planSasl2, signInBySasl2 } = await sasl2Code();
  const plan = planSasl2(options.credential, sasl, modern);
  if (plan === undefined) return signInBySasl(options, offerOf(before), socket, reader);
  const result = await signInBySasl2(plan, {
    ...options,
    sasl,
    modern: { ...modern, ...bindingsOf(before) },
    socket,
    reader,
    // A slow network is no broken server.
    limitMs: SASL2_MS + 4 * (performance.now() - openedAt),
  });
  return {
    ...result,
    ...told(result.features),
    scramSeen: sasl.scramSeen || offersScram(modern.mechanisms),
    trouble: undefined,
  };
}

/** Loaded where it is offered. Not having it says nothing about the account, and less about its token. */
async function sasl2Code(): Promise<typeof import("./sasl2-sign-in.ts")> {
  return import("./sasl2-sign-in.ts").catch((error: unknown) => {
    throw new ConnectionError("lost", error instanceof Error ? error.message : String(error));
  });
}

/** From `<authenticate/>` to the features behind `<success/>`. */
const SASL2_MS = 5000;

async function signInBySasl(
  options: NegotiationOptions,
  offer: Offer,
  socket: XmppSocket,
  reader: StreamReader,
): Promise<Negotiated> {
  const sasl = saslOptions(options);
  const mechanism = chooseMechanism(sasl, offer.mechanisms);
  const profile = rfc6120Profile(offer, (element) => reader.exchange(element));
  const keys = await runMechanism(sasl, mechanism, profile);
  const scramSeen = options.scramSeen || offersScram(offer.mechanisms);
  return goOn(options, { mechanism, keys, scramSeen, trouble: undefined }, socket, reader);
}

/**
 * The server opened the stream and offers nothing: Prosody 0.12 with a mod_sasl2_fast of another time throws while it
 * lists its features. SCRAM shows the password to nobody, so it may be tried unasked.
 */
async function signInBlindly(
  options: NegotiationOptions,
  socket: XmppSocket,
  reader: StreamReader,
): Promise<Negotiated> {
  const sasl = saslOptions(options);
  const profile = rfc6120Profile({ mechanisms: [] }, async (element) => {
    let answer = await reader.exchange(element);
    // Late features: the server was only slow.
    while (isFeatures(answer)) answer = await reader.next();
    return answer;
  });
  for (const mechanism of [...SCRAM_NAMES.slice(1), ...SCRAM_NAMES.slice(0, 1)]) {
    const { credential } = sasl;
    if (credential.kind === "scram" && !credential.keys.some((k) => k.mechanism === mechanism))
      continue;
    try {
      const keys = await runMechanism(sasl, mechanism, profile);
      const trouble = "the server did not say what it offers";
      return await goOn(options, { mechanism, keys, scramSeen: true, trouble }, socket, reader);
    } catch (error) {
      const isUnknown =
        error instanceof ConnectionError && error.detail.startsWith("invalid-mechanism");
      if (!isUnknown) throw error;
    }
  }
  throw new ConnectionError("timeout", "the server did not say how to sign in");
}

/** RFC 6120 section 6.4.6: a stream of its own after authentication. */
async function goOn(
  options: NegotiationOptions,
  signedIn: Pick<Negotiated, "mechanism" | "keys" | "scramSeen" | "trouble">,
  socket: XmppSocket,
  reader: StreamReader,
): Promise<Negotiated> {
  socket.open(domainOf(options.jid));
  const features = await reader.next();
  if (!isFeatures(features))
    throw new ConnectionError("lost", `${features.name} came where features belong`);
  const ready = await becomeReady(options, features, reader);
  return { ...ready, ...told(features), ...signedIn, token: undefined, hasCarbons: false };
}

function saslOptions(options: NegotiationOptions): SaslOptions {
  const credential = withoutToken(options.credential);
  if (credential === undefined)
    throw new ConnectionError("wrong-password", "the server no longer takes its own tokens");
  const { jid, scramSeen, service } = options;
  return { jid, credential, scramSeen, secure: isSecure(service) };
}

/** undefined: it opened the stream, and then nothing. */
async function firstFeatures(reader: StreamReader, ms: number): Promise<Element | undefined> {
  const patience = Math.min(ms, reader.timeoutMs);
  const early = await reader.within(patience);
  if (early === undefined && reader.isOpen) return undefined;
  const element = early ?? (await reader.next(patience));
  if (!isFeatures(element))
    throw new ConnectionError("lost", `the server sent ${element.name} where its features belong`);
  return element;
}

/** Whether this is the list of what the stream can do. */
export function isFeatures(element: Element): boolean {
  return element.name === "stream:features" || element.name === "features";
}

function told(features: Element): Pick<Negotiated, "maxStanzaBytes" | "hasClientState"> {
  return { maxStanzaBytes: limitOf(features), hasClientState: offersClientState(features) };
}

function offerOf(features: Element): Offer {
  const list = features.getChild("mechanisms", NS_SASL)?.getChildren("mechanism") ?? [];
  return { mechanisms: list.map((name) => name.text().trim()), ...bindingsOf(features) };
}

/** XEP-0440. We bind to no channel (a page cannot), but check the list (XEP-0474). */
function bindingsOf(features: Element): { channelBindings?: string[] } {
  const list = features.getChild("sasl-channel-binding", NS_CHANNEL_BINDING);
  if (list === undefined) return {};
  return {
    channelBindings: list.getChildren("channel-binding").map(({ attrs }) => attrs["type"] ?? ""),
  };
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
