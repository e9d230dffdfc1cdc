/**
 * FAST, XEP-0484 0.2: a token instead of the password, by the mechanisms HT-* (draft-schmaus-kitten-sasl-ht). A page
 * cannot bind to the channel, so only those that end in "-NONE".
 */
import { type Element, xml } from "@xmpp/xml";
import { isSameBytes } from "../base/same-bytes.ts";
import { FAST_MECHANISMS, type FastMechanism, type FastToken, HASH } from "./fast-token.ts";
import { hmac } from "./scram.ts";
import { utf8 } from "./sasl.ts";

const NS_FAST = "urn:xmpp:fast:0";
const MAX_TOKEN = 4096;

/** The mechanism to ask a token for, of those in `<inline/>`. */
export function chooseFast(inline: Element | undefined): FastMechanism | undefined {
  const offered = fastOffer(inline);
  return FAST_MECHANISMS.find((name) => offered.includes(name));
}

/** Whether the server takes this token's mechanism. */
export function takesToken(inline: Element | undefined, { mechanism }: FastToken): boolean {
  return fastOffer(inline).includes(mechanism);
}

function fastOffer(inline: Element | undefined): string[] {
  const list = inline?.getChild("fast", NS_FAST)?.getChildren("mechanism") ?? [];
  return list.map((name) => name.text().trim());
}

/** Asks for a token while signing in by other means. */
export function buildTokenRequest(mechanism: FastMechanism): Element {
  return xml("request-token", { xmlns: NS_FAST, mechanism });
}

/** Says that the mechanism's secret is a token. `invalidate` makes it the last time (section 3.6). */
export function buildFast(invalidate: boolean): Element {
  return xml("fast", { xmlns: NS_FAST, invalidate: invalidate ? "true" : undefined });
}

/** A token in `<success/>`: the one asked for, or the successor of the one used. */
export function parseToken(success: Element, mechanism: FastMechanism): FastToken | undefined {
  const element = success.getChild("token", NS_FAST);
  const token = element?.attrs["token"] ?? "";
  if (token === "" || token.length > MAX_TOKEN) return undefined;
  const expiresAt = Date.parse(element?.attrs["expiry"] ?? "");
  return { mechanism, token, ...(Number.isNaN(expiresAt) ? {} : { expiresAt }) };
}

/** The one message of the client: who, and that it has the token. */
export async function tokenProof(
  username: string,
  token: FastToken,
): Promise<Uint8Array<ArrayBuffer>> {
  const name = utf8(`${username}\0`);
  const proof = await digest(token, "Initiator");
  const message = new Uint8Array(name.length + proof.length);
  message.set(name);
  message.set(proof, name.length);
  return message;
}

/** Whether the server's answer shows that it has the token too. */
export async function isServersProof(
  token: FastToken,
  answer: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return isSameBytes(answer, await digest(token, "Responder"));
}

async function digest({ mechanism, token }: FastToken, side: string) {
  return hmac(HASH[mechanism], utf8(token), utf8(side));
}
