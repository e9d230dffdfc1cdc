/** A draft's item: `<draft xmlns='urn:envoi:drafts:0'>` around the text that mail/account-state/draft-item.ts makes. */
import { type Element, xml } from "@xmpp/xml";
import { NODE_DRAFTS } from "./nodes.ts";

export function draftPayload(text: string): Element {
  return xml("draft", { xmlns: NODE_DRAFTS }, text);
}

export function parseDraftPayload(payload: Element | undefined): string | undefined {
  return payload?.is("draft", NODE_DRAFTS) === true ? payload.text() : undefined;
}
