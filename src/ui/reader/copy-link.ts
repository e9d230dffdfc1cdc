/** A message's address for others: as a web link, and as an `xmpp:` link for whatever app they have. */
import { escapeAttribute, escapeText } from "../../base/escape-xml.ts";
import type { Jid } from "../../mail/address.ts";
import { permalinkOf, threadOfHref } from "../../mail/route.ts";
import { xmppLink } from "../../mail/share-link.ts";
import { copyText } from "../parts/copy-text.ts";
import { webLink } from "../share/web-link.ts";

type Linked = { id?: string | undefined; from: Jid; at: number };

/** False where the browser does not let us. `conversation`: its address. */
export async function copyLink(
  conversation: string,
  message: Linked,
  subject: string,
): Promise<boolean> {
  const web = webLink(permalinkOf(conversation, message));
  const xmpp = xmppLink(message.from, { thread: threadOfHref(conversation) });
  const text = `${web}\n${xmpp}`;
  const html = `${anchor(web, subject === "" ? web : subject)}<br>${anchor(xmpp, xmpp)}`;
  const of = (type: string, content: string): Blob => new Blob([content], { type });
  try {
    const item = new ClipboardItem({
      "text/plain": of("text/plain", text),
      "text/html": of("text/html", html),
    });
    await navigator.clipboard.write([item]);
    return true;
  } catch {
    return copyText(text);
  }
}

function anchor(href: string, text: string): string {
  return `<a href="${escapeAttribute(href)}">${escapeText(text)}</a>`;
}
