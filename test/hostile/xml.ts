/** Reading frames into elements, leniently: what the client sends is judged by tests, not here. */
import { Element, Parser } from "@xmpp/xml";

export const NS = {
  framing: "urn:ietf:params:xml:ns:xmpp-framing",
  stream: "http://etherx.jabber.org/streams",
  streams: "urn:ietf:params:xml:ns:xmpp-streams",
  stanzas: "urn:ietf:params:xml:ns:xmpp-stanzas",
  sasl: "urn:ietf:params:xml:ns:xmpp-sasl",
  bind: "urn:ietf:params:xml:ns:xmpp-bind",
  sm: "urn:xmpp:sm:3",
  carbons: "urn:xmpp:carbons:2",
  forward: "urn:xmpp:forward:0",
  delay: "urn:xmpp:delay",
  mam: "urn:xmpp:mam:2",
  rsm: "http://jabber.org/protocol/rsm",
  data: "jabber:x:data",
  ids: "urn:xmpp:sid:0",
  hints: "urn:xmpp:hints",
  roster: "jabber:iq:roster",
  ping: "urn:xmpp:ping",
  time: "urn:xmpp:time",
  info: "http://jabber.org/protocol/disco#info",
  items: "http://jabber.org/protocol/disco#items",
  offline: "http://jabber.org/protocol/offline",
  limits: "urn:xmpp:stream-limits:0",
  pubsub: "http://jabber.org/protocol/pubsub",
  owner: "http://jabber.org/protocol/pubsub#owner",
  event: "http://jabber.org/protocol/pubsub#event",
  privateXml: "jabber:iq:private",
} as const;

class TreeParser extends Parser {
  root: Element | undefined;
  private at: Element | null = null;

  override onStartElement(name: string, attrs: Record<string, string>): void {
    const element = new Element(name, attrs);
    if (this.at === null) this.root ??= element;
    else this.at.append(element);
    this.at = element;
  }

  override onEndElement(): void {
    this.at = this.at?.parent ?? null;
  }

  override onText(text: string): void {
    this.at?.t(text);
  }
}

/** The first element of a text, or undefined where there is none. */
export function parseXml(text: string): Element | undefined {
  const parser = new TreeParser();
  try {
    parser.write(text);
  } catch {
    return undefined;
  }
  return parser.root;
}

export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}

/** "ann@example.org/desk" -> "ann@example.org". */
export function bareOf(jid: string): string {
  return (jid.split("/")[0] ?? "").toLowerCase();
}

export function domainOf(jid: string): string {
  const bare = bareOf(jid);
  return bare.slice(bare.indexOf("@") + 1);
}

/** A stanza error that answers `stanza`, RFC 6120 section 8.3. */
export function errorFor(
  stanza: Element,
  condition: string,
  type = "cancel",
  text = "",
  from = stanza.attrs["to"],
): string {
  const { id } = stanza.attrs;
  const words = text === "" ? "" : `<text xmlns='${NS.stanzas}'>${escapeXml(text)}</text>`;
  return (
    `<${stanza.name} xmlns='jabber:client' type='error'` +
    attribute("id", id) +
    attribute("from", from) +
    attribute("to", stanza.attrs["from"]) +
    `><error type='${type}'><${condition} xmlns='${NS.stanzas}'/>${words}</error></${stanza.name}>`
  );
}

/** ` name='value'`, or nothing. */
export function attribute(name: string, value: string | undefined): string {
  return value === undefined ? "" : ` ${name}='${escapeXml(value)}'`;
}
