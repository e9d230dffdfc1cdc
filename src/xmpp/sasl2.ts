/**
 * The newer profile of SASL, XEP-0388 1.0: one round trip less, no second `<open/>`, and more than a verdict in
 * `<success/>`. Servers exist on which it hangs or answers nonsense; that is Sasl2Broken, and the caller goes back to
 * RFC 6120 on a new socket.
 */
import { type Element, xml } from "@xmpp/xml";
import { bytesToBase64 } from "../base/base64.ts";
import { ConnectionError } from "./connection-error.ts";
import {
  type Bytes,
  bytesOf,
  conditionOf,
  NS_SASL,
  refusal,
  type SaslProfile,
  type SaslStep,
} from "./sasl.ts";
import { NS_SASL2, Sasl2Broken } from "./sasl2-offer.ts";
import type { Offer } from "./scram.ts";

export type Sasl2Options = {
  offer: Offer;
  clientId: string;
  software: string;
  /** What goes with the authentication: bind, a token request, a resumption. */
  inline: readonly Element[];
  send: (element: Element) => void;
  next: () => Promise<Element>;
};

/** The profile, and what `<success/>` brought once there was one. */
export type Sasl2Profile = SaslProfile & { readonly success: Element | undefined };

export function xep0388Profile(options: Sasl2Options): Sasl2Profile {
  let success: Element | undefined;
  const step = async (element: Element): Promise<SaslStep> => {
    options.send(element);
    const answer = await options.next();
    if (answer.is("challenge", NS_SASL2)) return { isSuccess: false, data: bytesOf(answer.text()) };
    if (answer.is("success", NS_SASL2)) {
      success = answer;
      return { isSuccess: true, data: bytesOf(answer.getChildText("additional-data") ?? "") };
    }
    if (answer.is("failure", NS_SASL2)) throw failureOf(answer);
    // A second factor, or a new password: nothing we know how to do.
    if (answer.is("continue", NS_SASL2)) options.send(xml("abort", { xmlns: NS_SASL2 }));
    throw new Sasl2Broken(`${answer.name} in the middle of signing in`);
  };
  return {
    offer: options.offer,
    get success() {
      return success;
    },
    start: (mechanism, initial) =>
      step(
        xml(
          "authenticate",
          { xmlns: NS_SASL2, mechanism },
          xml("initial-response", {}, bytesToBase64(initial)),
          xml("user-agent", { id: options.clientId }, xml("software", {}, options.software)),
          ...options.inline,
        ),
      ),
    respond: (message: Bytes) => step(xml("response", { xmlns: NS_SASL2 }, bytesToBase64(message))),
  };
}

/** A refusal of the account is final; a server at odds with its own offer is broken. */
function failureOf(failure: Element): ConnectionError | Sasl2Broken {
  const { condition, detail } = conditionOf(failure);
  const known = failure.getChildElements().some((child) => child.is(condition, NS_SASL));
  const final = ["account-disabled", "credentials-expired", "not-authorized"].includes(condition);
  if (known && (final || condition === "temporary-auth-failure")) return refusal(failure);
  return new Sasl2Broken(detail);
}

/** The address the server gave us: full where a resource was bound. */
export function authorizationOf(success: Element): string {
  // Older servers spell it as the first drafts did.
  const name = ["authorization-identifier", "authorization-identity"].find(
    (n) => success.getChild(n) !== undefined,
  );
  return name === undefined ? "" : (success.getChildText(name) ?? "").trim();
}
