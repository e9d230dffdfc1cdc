/** Authentication: the strongest mechanism both know, and PLAIN only where it can do no harm. */
import { type Element, xml } from "@xmpp/xml";
import { base64ToBytes, bytesToBase64 } from "../base/base64.ts";
import { localOf, type Jid } from "../mail/address.ts";
import { ConnectionError } from "./connection-error.ts";
import {
  type Offer,
  SCRAM_NAMES,
  type ScramCredential,
  ScramError,
  type ScramKeys,
  type ScramName,
  startScram,
} from "./scram.ts";
import { cleanLine } from "./text.ts";

export const NS_SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
const MAX_DETAIL = 500;

/** How a profile of SASL carries the messages of a mechanism: RFC 6120 section 6, or XEP-0388. */
export interface SaslProfile {
  /** What the server offers in this profile. */
  readonly offer: Offer;
  start(mechanism: string, initial: Bytes): Promise<SaslStep>;
  respond(message: Bytes): Promise<SaslStep>;
}

export type Bytes = Uint8Array<ArrayBuffer>;

/** Server's turn: a challenge, or success with what came along. Refusals are rejections. */
export type SaslStep = { isSuccess: boolean; data: Bytes };

export type SaslOptions = {
  jid: Jid;
  credential: ScramCredential;
  /** The channel is TLS, or never leaves this computer. */
  secure: boolean;
  /** SCRAM was seen for this account: PLAIN now would be an attack. */
  scramSeen: boolean;
};

/** Whether any SCRAM is among what the server offers. */
export function offersScram(offered: readonly string[]): boolean {
  return SCRAM_NAMES.some((name) => offered.includes(name));
}

/** The mechanism for this credential. Throws ConnectionError where none is safe. */
export function chooseMechanism(
  { credential, secure, scramSeen }: SaslOptions,
  offered: readonly string[],
): ScramName | "PLAIN" {
  const usable = SCRAM_NAMES.filter((name) => offered.includes(name));
  const scram =
    credential.kind === "password"
      ? usable[0]
      : usable.find((name) => credential.keys.some((keys) => keys.mechanism === name));
  if (scram !== undefined) return scram;
  if (credential.kind === "scram") {
    throw new ConnectionError(
      "wrong-password",
      "the saved sign-in is for a mechanism the server no longer offers",
    );
  }
  if (!offered.includes("PLAIN")) {
    throw new ConnectionError(
      "too-old",
      `no mechanism in common; the server offers ${offered.join(", ") || "none"}`,
    );
  }
  if (scramSeen)
    throw new ConnectionError("too-old", "the server offered SCRAM before and only PLAIN now");
  if (!secure)
    throw new ConnectionError(
      "too-old",
      "the server offers only PLAIN, and the channel is not encrypted",
    );
  return "PLAIN";
}

/** Authenticates once; never tries again by itself. Resolves with what may be kept instead of the password. */
export async function runMechanism(
  { jid, credential }: SaslOptions,
  mechanism: ScramName | "PLAIN",
  profile: SaslProfile,
): Promise<ScramKeys | undefined> {
  if (mechanism !== "PLAIN") return runScram(mechanism, jid, credential, profile);
  if (credential.kind === "scram") throw new ConnectionError("wrong-password", "no password");
  // NFC and nothing else, as servers store it (RFC 4616 section 2 leaves preparation to them).
  const password = credential.password.normalize("NFC");
  const step = await profile.start("PLAIN", utf8(`\0${localOf(jid)}\0${password}`));
  if (!step.isSuccess) throw new ConnectionError("lost", "the server goes on where PLAIN ends");
  return undefined;
}

async function runScram(
  mechanism: ScramName,
  jid: Jid,
  credential: ScramCredential,
  profile: SaslProfile,
): Promise<ScramKeys | undefined> {
  const scram = startScram(mechanism, localOf(jid), credential, profile.offer);
  const challenge = await profile.start(mechanism, utf8(scram.first));
  if (challenge.isSuccess) throw unproven();
  const final = await scram.final(textOf(challenge.data)).catch((error: unknown) => {
    if (!(error instanceof ScramError)) throw error;
    throw new ConnectionError(
      error.problem === "keys-do-not-fit" ? "wrong-password" : "too-old",
      error.message,
    );
  });
  let step = await profile.respond(utf8(final));
  const proof = textOf(step.data);
  // The proof comes with success, or in a challenge before it (RFC 6120 section 6.4.6).
  if (!step.isSuccess) step = await profile.respond(new Uint8Array());
  if (!step.isSuccess || !scram.verify(proof)) throw unproven();
  return scram.keys();
}

function unproven(): ConnectionError {
  return new ConnectionError(
    "too-old",
    "the server could not prove that it knows the account; nothing was sent to it",
  );
}

/** The profile of RFC 6120 section 6. `exchange` sends an element and waits for the answer. */
export function rfc6120Profile(
  offer: Offer,
  exchange: (element: Element) => Promise<Element>,
): SaslProfile {
  const step = (answer: Element): SaslStep => {
    if (answer.is("challenge", NS_SASL) || answer.is("success", NS_SASL))
      return { isSuccess: answer.name === "success", data: bytesOf(answer.text()) };
    throw refusal(answer);
  };
  return {
    offer,
    async start(mechanism, initial) {
      const attrs = { xmlns: NS_SASL, mechanism };
      // "=" is an initial response of no bytes (RFC 6120 section 6.4.2).
      return step(await exchange(xml("auth", attrs, bytesToBase64(initial) || "=")));
    },
    respond: async (message) =>
      step(await exchange(xml("response", { xmlns: NS_SASL }, bytesToBase64(message)))),
  };
}

/** RFC 6120 section 6.5. */
export function conditionOf(failure: Element): { condition: string; detail: string } {
  const condition = failure.getChildElements().find((e) => e.name !== "text")?.name ?? failure.name;
  const text = cleanLine(failure.getChildText("text") ?? "", MAX_DETAIL);
  return { condition, detail: text === "" ? condition : `${condition}: ${text}` };
}

/** What a refusal means. Anything else out of turn is a stream gone wrong and says nothing about the account. */
export function refusal(failure: Element): ConnectionError {
  if (failure.name !== "failure")
    return new ConnectionError("lost", `the server sent ${failure.name} in answer to SASL`);
  const { condition, detail } = conditionOf(failure);
  switch (condition) {
    case "account-disabled":
      return new ConnectionError("disabled", detail);
    case "temporary-auth-failure":
    case "aborted":
      return new ConnectionError("busy", detail);
    case "not-authorized":
    case "credentials-expired":
    case "malformed-request":
      return new ConnectionError("wrong-password", detail);
    default:
      return new ConnectionError("too-old", detail);
  }
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

export function bytesOf(base64: string): Bytes {
  return base64ToBytes(base64.trim()) ?? new Uint8Array();
}

function textOf(bytes: Bytes): string {
  return new TextDecoder().decode(bytes);
}
