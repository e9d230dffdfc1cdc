/**
 * Whether a server has the newer profile of SASL (XEP-0388), and how it fails. What it takes to use it is loaded where
 * it is offered: sasl2-sign-in.ts.
 */
import type { Element } from "@xmpp/xml";

export const NS_SASL2 = "urn:xmpp:sasl:2";

/** The server's SASL2 does not work; nothing is said about the account. */
export class Sasl2Broken extends Error {
  override readonly name = "Sasl2Broken";
}

/** The server does not take the token any more; other credentials may do. */
export class TokenRefused extends Error {
  override readonly name = "TokenRefused";
}

export type Sasl2Offer = { mechanisms: string[]; inline: Element | undefined };

export function parseSasl2(features: Element): Sasl2Offer | undefined {
  const list = features.getChild("authentication", NS_SASL2);
  if (list === undefined) return undefined;
  const mechanisms = list.getChildren("mechanism").map((name) => name.text().trim());
  return { mechanisms, inline: list.getChild("inline") };
}
