/**
 * How far a chat was read, as all programs of the person say and hear it: XEP-0490 0.1 (Message Displayed
 * Synchronization). One item a contact, its id the contact's bare address, in it the archive's id of the last message.
 */
import { type Element, xml } from "@xmpp/xml";
import { type Jid, parseJid } from "../mail/address.ts";
import { NODE_DISPLAYED } from "./nodes.ts";
import type { PepItem } from "./pep-items.ts";

const NS_SID = "urn:xmpp:sid:0";
const MAX_ID = 200;

/** `id`: in the archive of my own account. */
export type Displayed = { jid: Jid; id: string };

/** undefined where it says nothing, or names another archive than mine: ids of those are not known here. */
export function parseDisplayed({ id: item, payload }: PepItem, me: Jid): Displayed | undefined {
  const jid = parseJid(item);
  if (jid === undefined || payload?.is("displayed", NODE_DISPLAYED) !== true) return undefined;
  const mark = payload
    .getChildren("stanza-id", NS_SID)
    .find(({ attrs }) => parseJid(attrs["by"]) === me);
  const id = mark?.attrs["id"];
  return id === undefined || id === "" || id.length > MAX_ID ? undefined : { jid, id };
}

export function buildDisplayed(me: Jid, id: string): Element {
  return xml(
    "displayed",
    { xmlns: NODE_DISPLAYED },
    xml("stanza-id", { xmlns: NS_SID, by: me, id }),
  );
}
