/** Message replies, XEP-0461 0.2, and the fallback that marks what only repeats: XEP-0428 0.2. */
import { type Element, xml } from "@xmpp/xml";
import { type Jid, parseJid } from "../mail/address.ts";
import type { FallbackRange } from "../mail/received.ts";
import { cleanId } from "./text.ts";

const NS_REPLY = "urn:xmpp:reply:0";
const NS_FALLBACK = "urn:xmpp:fallback:0";
const MAX_RANGES = 16;

export function parseReply(message: Element): { id: string; to?: Jid } | undefined {
  const element = message.getChild("reply", NS_REPLY);
  const id = cleanId(element?.attrs["id"]);
  if (id === undefined) return undefined;
  const to = parseJid(element?.attrs["to"]);
  return { id, ...(to === undefined ? {} : { to }) };
}

export function buildReply(reply: { id: string; to?: Jid }): Element {
  return xml("reply", { xmlns: NS_REPLY, id: reply.id, to: reply.to });
}

export function parseFallbacks(message: Element): FallbackRange[] {
  return message
    .getChildren("fallback", NS_FALLBACK)
    .flatMap((element) =>
      element.getChildren("body").map((body): FallbackRange => {
        const start = offset(body.attrs["start"]);
        const end = offset(body.attrs["end"]);
        return {
          for: element.attrs["for"] ?? "",
          ...(start === undefined ? {} : { start }),
          ...(end === undefined ? {} : { end }),
        };
      }),
    )
    .slice(0, MAX_RANGES);
}

export function buildFallback(range: FallbackRange): Element {
  const body = xml("body", { start: range.start?.toString(), end: range.end?.toString() });
  return xml("fallback", { xmlns: NS_FALLBACK, for: range.for }, body);
}

function offset(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
