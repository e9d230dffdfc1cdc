/** Authentication, RFC 6120 section 6: the strongest mechanism both know, and PLAIN only where it can do no harm. */
import { type Element, xml } from "@xmpp/xml";
import { base64ToBytes, bytesToBase64 } from "../base/base64.ts";
import { localOf, type Jid } from "../mail/address.ts";
import { ConnectionError } from "./connection-error.ts";
import {
  type Credential,
  SCRAM_NAMES,
  ScramError,
  type ScramKeys,
  type ScramName,
  startScram,
} from "./scram.ts";

export const NS_SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

export type Authenticated = { mechanism: string; keys: ScramKeys | undefined };

export type SaslOptions = {
  jid: Jid;
  credential: Credential;
  /** What the server offers. */
  offered: readonly string[];
  /** XEP-0440, where the server says. We bind to no channel (a page cannot), but check the list (XEP-0474). */
  channelBindings?: readonly string[];
  /** The channel is TLS, or never leaves this computer. */
  secure: boolean;
  /** SCRAM was seen for this account: PLAIN now would be an attack. */
  scramSeen: boolean;
  /** Sends an element and waits for the next one. */
  exchange: (element: Element) => Promise<Element>;
};

/** Whether any SCRAM is among what the server offers. */
export function offersScram(offered: readonly string[]): boolean {
  return SCRAM_NAMES.some((name) => offered.includes(name));
}

/** Authenticates once; never tries again by itself. Rejects with ConnectionError. */
export async function authenticate(options: SaslOptions): Promise<Authenticated> {
  const { credential, offered } = options;
  const usable = SCRAM_NAMES.filter((name) => offered.includes(name));
  const scram =
    credential.kind === "password"
      ? usable[0]
      : usable.find((name) => credential.keys.some((keys) => keys.mechanism === name));
  if (scram !== undefined) return withScram(options, scram);
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
  if (options.scramSeen)
    throw new ConnectionError("too-old", "the server offered SCRAM before and only PLAIN now");
  if (!options.secure)
    throw new ConnectionError(
      "too-old",
      "the server offers only PLAIN, and the channel is not encrypted",
    );
  return withPlain(options, credential.password);
}

async function withScram(options: SaslOptions, mechanism: ScramName): Promise<Authenticated> {
  const { jid, credential, exchange, channelBindings } = options;
  const scram = startScram(mechanism, localOf(jid), credential, {
    mechanisms: options.offered,
    ...(channelBindings === undefined ? {} : { channelBindings }),
  });
  const challenge = await exchange(
    xml("auth", { xmlns: NS_SASL, mechanism }, toBase64(scram.first)),
  );
  const serverFirst = payloadOf(challenge, "challenge");
  const final = await scram.final(serverFirst).catch((error: unknown) => {
    if (!(error instanceof ScramError)) throw error;
    throw new ConnectionError(
      error.problem === "keys-do-not-fit" ? "wrong-password" : "too-old",
      error.message,
    );
  });
  let last = await exchange(xml("response", { xmlns: NS_SASL }, toBase64(final)));
  // The proof comes with <success/>, or in a challenge before it (RFC 6120 section 6.4.6).
  let proof = last.name === "success" ? last.text() : "";
  if (last.name === "challenge") {
    proof = last.text();
    last = await exchange(xml("response", { xmlns: NS_SASL }));
  }
  if (last.name !== "success") throw failureOf(last);
  if (!scram.verify(fromBase64(proof))) {
    throw new ConnectionError(
      "too-old",
      "the server could not prove that it knows the account; nothing was sent to it",
    );
  }
  return { mechanism, keys: scram.keys() };
}

async function withPlain({ jid, exchange }: SaslOptions, password: string): Promise<Authenticated> {
  const answer = await exchange(
    xml(
      "auth",
      { xmlns: NS_SASL, mechanism: "PLAIN" },
      toBase64(`\0${localOf(jid)}\0${password.normalize("NFC")}`),
    ),
  );
  if (answer.name !== "success") throw failureOf(answer);
  return { mechanism: "PLAIN", keys: undefined };
}

function payloadOf(element: Element, name: string): string {
  if (element.name !== name) throw failureOf(element);
  return fromBase64(element.text());
}

/** RFC 6120 section 6.5. Anything else out of turn is a stream gone wrong and says nothing about the account. */
function failureOf(element: Element): ConnectionError {
  if (element.name !== "failure")
    return new ConnectionError("lost", `the server sent ${element.name} in answer to SASL`);
  const condition = element.getChildElements().find((e) => e.name !== "text")?.name ?? element.name;
  const text = element.getChildText("text") ?? "";
  const detail = text === "" ? condition : `${condition}: ${text}`;
  if (condition === "account-disabled") return new ConnectionError("disabled", detail);
  if (condition === "temporary-auth-failure" || condition === "aborted")
    return new ConnectionError("busy", detail);
  if (
    condition === "not-authorized" ||
    condition === "credentials-expired" ||
    condition === "malformed-request"
  ) {
    return new ConnectionError("wrong-password", detail);
  }
  return new ConnectionError("too-old", detail);
}

function toBase64(text: string): string {
  return bytesToBase64(new TextEncoder().encode(text)) || "=";
}

function fromBase64(text: string): string {
  return new TextDecoder().decode(base64ToBytes(text.trim()) ?? new Uint8Array());
}
