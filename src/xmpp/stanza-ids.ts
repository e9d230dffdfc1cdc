/** Unique and stable stanza ids, XEP-0359 0.7. */
import { type Element, xml } from "@xmpp/xml";
import { type Jid, parseJid } from "../mail/address.ts";
import { cleanId } from "./text.ts";

const NS_SID = "urn:xmpp:sid:0";
const MAX_IDS = 16;

export function parseOriginId(message: Element): string | undefined {
  return cleanId(message.getChild("origin-id", NS_SID)?.attrs["id"]);
}

export function buildOriginId(id: string): Element {
  return xml("origin-id", { xmlns: NS_SID, id });
}

/** In document order. One server passes forged ones through, so none of them is a cursor (section 5). */
export function parseStanzaIds(message: Element): { by: Jid; id: string }[] {
  return message
    .getChildren("stanza-id", NS_SID)
    .slice(-MAX_IDS)
    .flatMap((element) => {
      const by = parseJid(element.attrs["by"]);
      const id = cleanId(element.attrs["id"]);
      return by === undefined || id === undefined ? [] : [{ by, id }];
    });
}
