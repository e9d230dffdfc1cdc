/** Links that are given away: to write to somebody, and to a conversation for everybody who has it. */
import { type Jid, parseJid } from "./address.ts";
import { type FilledIn, filledIn, harmlessLine, people } from "./person-link.ts";

/** "Write to me": what the card shows, and what it fills in. */
export type InboxLink = FilledIn & {
  /** As the link calls them; nobody vouches for that. */
  called?: string;
  /** Where they read email: only the link can know. */
  mail?: string;
};

const MAX_NAME = 120;

/** `path`: what stands behind "#/to/", as it is. Undefined where something does and is no address. */
export function readInboxLink(path: string, query: URLSearchParams): InboxLink | undefined {
  const words = {
    subject: query.get("subject") ?? undefined,
    body: query.get("body") ?? undefined,
    thread: query.get("thread") ?? undefined,
  };
  const cc = (query.get("cc") ?? "").split(",");
  const link = filledIn({ to: people(path), cc }, words);
  if (path !== "" && link.to.length === 0) return undefined;
  const called = harmlessLine(query.get("name") ?? "", MAX_NAME);
  const mail = parseJid(query.get("mail") ?? "");
  return {
    ...link,
    ...(called === "" ? {} : { called }),
    ...(mail?.includes("@") === true ? { mail } : {}),
  };
}

/** "#/to/ADDRESS?…" */
export function hrefOfInbox(link: Partial<InboxLink> & { to: readonly Jid[] }): string {
  const { to, cc = [], called: name, subject, body, thread, mail } = link;
  const query = pairs({ name, cc: cc.join(","), subject, body, thread, mail });
  const tail = query.length === 0 ? "" : `?${query.join("&")}`;
  return `#/to/${to.map(inUri).join(",")}${tail}`;
}

type Words = {
  subject?: string | undefined;
  body?: string | undefined;
  thread?: string | undefined;
};

/** XEP-0147: any XMPP app opens it. */
export function xmppLink(jid: string, { subject, body, thread }: Words): string {
  return [`xmpp:${inUri(jid)}?message`, ...pairs({ subject, body, thread })].join(";");
}

/** RFC 6068. */
export function mailtoLink(address: string, { subject, body }: Words): string {
  const query = pairs({ subject, body: body?.replaceAll("\n", "\r\n") });
  return `mailto:${inUri(address)}${query.length === 0 ? "" : `?${query.join("&")}`}`;
}

/** RFC 5122 and RFC 6068 leave the "@" as it is, and everything else that could mean something is escaped. */
function inUri(address: string): string {
  return encodeURIComponent(address).replaceAll("%40", "@");
}

function pairs(values: Record<string, string | undefined>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
}
