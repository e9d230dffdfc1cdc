/**
 * What a message says of how its text is to be read: message styling switched off (XEP-0393 section 6), a content type
 * (XEP-0481 0.1), XHTML-IM (XEP-0071 1.5), a spoiler (XEP-0382 0.2).
 */
import { type Element, xml } from "@xmpp/xml";
import type { Received } from "../mail/received.ts";
import { htmlText } from "./element-text.ts";
import { cleanLine, cleanText } from "./text.ts";

const NS_CONTENT = "urn:xmpp:content";
const NS_STYLING = "urn:xmpp:styling:0";
const NS_XHTML_IM = "http://jabber.org/protocol/xhtml-im";
const NS_XHTML = "http://www.w3.org/1999/xhtml";
const NS_SPOILER = "urn:xmpp:spoiler:0";
/** No server passes larger stanzas on. */
const MAX_HTML = 1024 * 1024;

/** All of it is a stranger's text. `lang`: of the body, for which a translation of the HTML is chosen. */
export function parseMarkup(
  message: Element,
  lang: string | undefined,
): Pick<Received, "content" | "isUnstyled" | "xhtml" | "spoiler"> {
  const spoiler = message.getChild("spoiler", NS_SPOILER);
  const xhtml = xhtmlOf(message, lang);
  return {
    ...contentOf(message),
    ...(message.getChild("unstyled", NS_STYLING) === undefined ? {} : { isUnstyled: true }),
    ...(xhtml === undefined ? {} : { xhtml }),
    ...(spoiler === undefined ? {} : { spoiler: cleanLine(spoiler.text(), 200) }),
  };
}

/** The body is Markdown: an empty element says so (XEP-0481 section 2.1). */
export function buildMarkdownHint(): Element {
  return xml("content", { xmlns: NS_CONTENT, type: "text/markdown" });
}

/** Of several encodings the richest; an empty element says what the body is (XEP-0481 section 2.1). */
function contentOf(message: Element): Pick<Received, "content"> {
  const all = message.getChildren("content", NS_CONTENT);
  const filled = (type: string): Element | undefined =>
    all.find((c) => mediaTypeOf(c) === type && c.text().trim() !== "");
  const content = filled("text/html") ?? filled("text/markdown") ?? all[0];
  const type = content === undefined ? "" : mediaTypeOf(content);
  if (content === undefined || type === "") return {};
  const text = cleanText(content.text(), MAX_HTML);
  return { content: { type, ...(text === "" ? {} : { text }) } };
}

/** Without its parameters. */
function mediaTypeOf(content: Element): string {
  return cleanLine((content.attrs["type"] ?? "").split(";")[0] ?? "", 100).toLowerCase();
}

function xhtmlOf(message: Element, lang: string | undefined): string | undefined {
  const bodies = message.getChild("html", NS_XHTML_IM)?.getChildren("body", NS_XHTML) ?? [];
  const body = bodies.find((b) => b.attrs["xml:lang"] === lang) ?? bodies[0];
  if (body === undefined) return undefined;
  const { text } = htmlText(body, MAX_HTML);
  return text.trim() === "" ? undefined : text;
}
