/** Extended stanza addressing, XEP-0033 1.2.1. */
import { type Element, xml } from "@xmpp/xml";
import { parseJid } from "../mail/address.ts";
import type { AddressEntry } from "../mail/received.ts";
import { cleanLine } from "./text.ts";

const NS_ADDRESS = "http://jabber.org/protocol/address";
const TYPES = ["to", "cc", "bcc", "replyto", "replyroom", "noreply", "ofrom"] as const;
const MAX_ADDRESSES = 200;

export function parseAddresses(message: Element): AddressEntry[] {
  const list = message.getChild("addresses", NS_ADDRESS)?.getChildren("address") ?? [];
  return list.slice(0, MAX_ADDRESSES).flatMap((element) => {
    const type = TYPES.find((t) => t === element.attrs["type"]);
    if (type === undefined) return [];
    const jid = parseJid(element.attrs["jid"]);
    const uri =
      element.attrs["uri"] === undefined ? undefined : cleanLine(element.attrs["uri"], 2000);
    const desc = element.attrs["desc"] === undefined ? "" : cleanLine(element.attrs["desc"], 200);
    if (jid === undefined && uri === undefined && type !== "noreply") return [];
    return [
      {
        type,
        ...(jid === undefined ? {} : { jid }),
        ...(uri === undefined ? {} : { uri }),
        ...(desc === "" ? {} : { desc }),
        delivered: element.attrs["delivered"] === "true",
      },
    ];
  });
}

export function buildAddresses(entries: readonly AddressEntry[]): Element {
  return xml(
    "addresses",
    { xmlns: NS_ADDRESS },
    ...entries.map(({ type, jid, uri, desc, delivered }) =>
      xml("address", { type, jid, uri, desc, delivered: delivered ? "true" : undefined }),
    ),
  );
}
