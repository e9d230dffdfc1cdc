/** What others may ask of us, and the answer: every request gets one (RFC 6120 section 8.4). */
import { type Element, xml } from "@xmpp/xml";
import { buildInfo, NS_DISCO_INFO } from "./disco.ts";

export const NS_PING = "urn:xmpp:ping";
const NS_STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

/**
 * A pong (XEP-0199), our features (XEP-0030), or "service-unavailable"; which software this is (XEP-0092) is nobody's
 * business. `accepted`: the request was carried out. Undefined where the stanza is no request.
 */
export function answerRequest(iq: Element, accepted: boolean): Element | undefined {
  const { type, id, from } = iq.attrs;
  if (type !== "get" && type !== "set") return undefined;
  const result = { type: "result", id, to: from };
  if (accepted) return xml("iq", result);
  if (type === "get") {
    if (iq.getChild("ping", NS_PING) !== undefined) return xml("iq", result);
    const info = iq.getChild("query", NS_DISCO_INFO);
    if (info !== undefined) return xml("iq", result, buildInfo(info.attrs["node"]));
  }
  return xml(
    "iq",
    { type: "error", id, to: from },
    xml("error", { type: "cancel" }, xml("service-unavailable", { xmlns: NS_STANZAS })),
  );
}
