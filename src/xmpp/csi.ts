/** Client state indication, XEP-0352 1.0: a server spares a page that nobody looks at. */
import { type Element, xml } from "@xmpp/xml";

const NS_CSI = "urn:xmpp:csi:0";

/** Whether the stream features after authentication offer it. */
export function offersClientState(features: Element): boolean {
  return features.getChild("csi", NS_CSI) !== undefined;
}

/** No stanza: it is not counted by XEP-0198. */
export function buildClientState(isActive: boolean): Element {
  return xml(isActive ? "active" : "inactive", { xmlns: NS_CSI });
}
