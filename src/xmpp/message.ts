/** Messages, RFC 6121 section 5, read into one plain value and built as mail goes out. */
import { type Element, xml } from "@xmpp/xml";
import { type Jid, parseAddress } from "../mail/address.ts";
import type { OutgoingCopy } from "../mail/outgoing.ts";
import { BODY_HOLE, type Received, type StanzaType } from "../mail/received.ts";
import { buildAddresses, parseAddresses } from "./addresses.ts";
import { parseAttachments } from "./attachments.ts";
import { parseDelay } from "./delay.ts";
import { parseReactions } from "./reactions.ts";
import { buildFallback, buildReply, parseFallbacks, parseReply } from "./reply.ts";
import { xmlText } from "./element-text.ts";
import { buildMarkdownHint, parseMarkup } from "./markup.ts";
import { parseHeaders } from "./shim.ts";
import { parseStanzaError } from "./stanza-error.ts";
import { buildOriginId, parseOriginId, parseStanzaIds } from "./stanza-ids.ts";
import { cleanId, cleanLine, cleanText } from "./text.ts";

const NS_HINTS = "urn:xmpp:hints";
const NS_MUC_USER = "http://jabber.org/protocol/muc#user";
const NS_NICK = "http://jabber.org/protocol/nick";
const NS_RECEIPTS = "urn:xmpp:receipts";
const NS_CORRECT = "urn:xmpp:message-correct:0";
const NS_RETRACT = "urn:xmpp:message-retract:1";
const MAX_SUBJECT = 2000;
const MAX_BODY = 1024 * 1024;
const MAX_SOURCE = 256 * 1024;
const TYPES: readonly StanzaType[] = ["chat", "headline", "groupchat", "error"];

/**
 * Reads a message. `from` missing means my own account (RFC 6120 section 8.1.2.1). Undefined where an address is no
 * address. Never throws.
 */
export function parseMessage(element: Element, me: Jid): Received | undefined {
  if (element.name !== "message") return undefined;
  const from = parseAddress(element.attrs["from"] ?? me);
  const to = parseAddress(element.attrs["to"] ?? me);
  if (!from.ok || !to.ok) return undefined;
  const type = TYPES.find((t) => t === element.attrs["type"]) ?? "normal";
  const body = inMyLanguage(element, "body");
  const lang = body?.attrs["xml:lang"] ?? element.attrs["xml:lang"];
  return {
    from: from.jid,
    fromResource: from.resource,
    to: to.jid,
    toResource: to.resource,
    type,
    ...(element.getChild("x", NS_MUC_USER) === undefined ? {} : { isFromRoom: true }),
    ...idsOf(element),
    ...textsOf(element, body),
    ...(lang !== undefined && /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(lang) ? { lang } : {}),
    ...threadOf(element),
    ...optional("reply", parseReply(element)),
    ...parseHeaders(element),
    fallbacks: parseFallbacks(element),
    addresses: parseAddresses(element),
    attachments: parseAttachments(element),
    ...optional("delay", parseDelay(element, me)),
    receiptWanted: element.getChild("request", NS_RECEIPTS) !== undefined,
    ...optional("receiptFor", cleanId(element.getChild("received", NS_RECEIPTS)?.attrs["id"])),
    ...optional("replaces", cleanId(element.getChild("replace", NS_CORRECT)?.attrs["id"])),
    ...optional("retracts", cleanId(element.getChild("retract", NS_RETRACT)?.attrs["id"])),
    ...optional("reactions", parseReactions(element)),
    ...parseMarkup(element, lang),
    source: sourceOf(element, body),
    ...(type === "error" ? { problem: parseStanzaError(element) } : {}),
  };
}

function idsOf(element: Element): Pick<Received, "id" | "originId" | "stanzaIds"> {
  return {
    ...optional("id", cleanId(element.attrs["id"])),
    ...optional("originId", parseOriginId(element)),
    stanzaIds: parseStanzaIds(element),
  };
}

function textsOf(
  element: Element,
  body: Element | undefined,
): Pick<Received, "subject" | "body" | "nick" | "untranslated"> {
  const subject = inMyLanguage(element, "subject");
  const [plainSubject, plainBody] = [
    untranslated(element, "subject"),
    untranslated(element, "body"),
  ];
  const isTranslated = plainSubject !== subject || plainBody !== body;
  const nick = cleanLine(element.getChildText("nick", NS_NICK) ?? "", 200);
  return {
    ...wordsOf(subject, body),
    ...(nick === "" ? {} : { nick }),
    ...(isTranslated ? { untranslated: wordsOf(plainSubject, plainBody) } : {}),
  };
}

function wordsOf(
  subject: Element | undefined,
  body: Element | undefined,
): Pick<Received, "subject" | "body"> {
  const subjectText = subject === undefined ? "" : cleanLine(subject.text(), MAX_SUBJECT);
  const bodyText = body === undefined ? "" : cleanText(body.text(), MAX_BODY);
  return {
    ...(subjectText === "" ? {} : { subject: subjectText }),
    ...(bodyText === "" ? {} : { body: bodyText }),
  };
}

/** Of several the same one in every browser: the first that says no language, else the first. */
function untranslated(element: Element, name: string): Element | undefined {
  const all = element.getChildren(name).filter((child) => child.getNS() === element.getNS());
  return all.find((child) => child.attrs["xml:lang"] === undefined) ?? all[0];
}

/** Several bodies or subjects are translations: the one in my language, else the one that says none, else the first. */
function inMyLanguage(element: Element, name: string): Element | undefined {
  const all = element.getChildren(name).filter((child) => child.getNS() === element.getNS());
  if (all.length < 2) return all[0];
  const mine = (globalThis.navigator?.language ?? "en").split("-")[0];
  return (
    all.find((child) => child.attrs["xml:lang"]?.split("-")[0] === mine) ??
    all.find((child) => child.attrs["xml:lang"] === undefined) ??
    all[0]
  );
}

/** The stanza for "View source"; the text it is read for stands in the row already. */
function sourceOf(element: Element, body: Element | undefined): NonNullable<Received["source"]> {
  const { text, isWhole } = xmlText(element, {
    maxLength: MAX_SOURCE,
    maxData: 200,
    without: { element: body, hole: BODY_HOLE },
  });
  return { xml: text, isWhole };
}

function threadOf(element: Element): Pick<Received, "thread"> {
  const thread = element.getChild("thread");
  const id = cleanId(thread?.text());
  if (id === undefined) return {};
  return { thread: { id, ...optional("parent", cleanId(thread?.attrs["parent"])) } };
}

function optional<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]: V });
}

/**
 * One recipient's copy of mail. Without a `type` attribute, which means "normal" (RFC 6121 section 5.2.2): one server
 * strips it, one client hides what carries it. `<store/>` asks archives to keep it (XEP-0334).
 */
export function buildMessage(copy: OutgoingCopy): Element {
  return xml(
    "message",
    { to: copy.to, id: copy.id },
    ...(copy.subject === undefined ? [] : [xml("subject", {}, copy.subject)]),
    xml("body", {}, copy.body),
    xml("thread", { parent: copy.thread.parent }, copy.thread.id),
    ...(copy.reply === undefined ? [] : [buildReply(copy.reply)]),
    ...copy.fallbacks.map(buildFallback),
    ...(copy.addresses.length === 0 ? [] : [buildAddresses(copy.addresses)]),
    ...(copy.isMarkdown === true ? [buildMarkdownHint()] : []),
    ...(copy.corrects === undefined
      ? []
      : [xml("replace", { xmlns: NS_CORRECT, id: copy.corrects })]),
    ...(copy.retracts === undefined
      ? []
      : [xml("retract", { xmlns: NS_RETRACT, id: copy.retracts })]),
    buildOriginId(copy.id),
    xml("store", { xmlns: NS_HINTS }),
  );
}
