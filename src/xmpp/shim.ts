/** Stanza headers, XEP-0131 1.2: what email calls In-Reply-To, References, Urgency. */
import type { Element } from "@xmpp/xml";
import { cleanLine } from "./text.ts";

const NS_SHIM = "http://jabber.org/protocol/shim";
const MAX_HEADERS = 50;
const MAX_REFERENCES = 50;

export function parseHeaders(message: Element): {
  headers: Record<string, string>;
  references: string[];
} {
  const headers: Record<string, string> = {};
  const list = message.getChild("headers", NS_SHIM)?.getChildren("header") ?? [];
  for (const element of list.slice(0, MAX_HEADERS)) {
    const name = cleanLine(element.attrs["name"] ?? "", 100).toLowerCase();
    if (name !== "") headers[name] = cleanLine(element.text(), 4000);
  }
  const ids = [headers["references"] ?? "", headers["in-reply-to"] ?? ""].flatMap((text) =>
    text.split(/[\s,]+/).map((id) => id.replaceAll(/^<|>$/g, "")),
  );
  const references = [...new Set(ids.filter((id) => id !== ""))].slice(-MAX_REFERENCES);
  return { headers, references };
}
