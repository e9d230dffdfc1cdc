/**
 * Links to people: mailto: (RFC 6068) and xmpp: (RFC 5122, XEP-0147). They fill in a message and do nothing else; what
 * else one asks for ("?remove", "?subscribe", "?command") is told to whoever opened it.
 */
import { withoutHidden } from "../base/display.ts";
import { type Jid, parseJid } from "./address.ts";

export type PersonLink = { to: Jid[]; cc: Jid[]; subject: string; body: string };

/** What a link from outside fills in. `replies`: the id of the message it answers. */
export type FilledIn = PersonLink & { bcc: Jid[]; thread?: string; replies?: string };

/** What XEP-0147 and its registry let a link ask for beside a message. */
export const ASKS = ["roster", "subscribe", "unsubscribe", "remove", "join", "register"] as const;
export type Ask = (typeof ASKS)[number] | "other";

export type OpenedUri =
  | { kind: "write"; link: FilledIn }
  /** It asks for something no link does here. */
  | { kind: "asks"; ask: Ask; jid: Jid };

const MAX_PEOPLE = 50;
const MAX_SUBJECT = 500;
const MAX_BODY = 8000;
/** Longer than any id that is made, and short enough for a stanza. */
const MAX_ID = 500;
/** Longer than anything that is filled in. */
const MAX_URI = 60_000;

/** What a link in a message fills in, or undefined where it names nobody. Never throws. */
export function readPersonLink(href: string): PersonLink | undefined {
  const { scheme, rest } = taken(href);
  // A Bcc of a stranger's is left out: in the middle of a text it would be easy to miss.
  const { to, cc, subject, body } = scheme === "xmpp" ? readXmpp(rest).link : readMailto(rest);
  return to.length + cc.length === 0 ? undefined : { to, cc, subject, body };
}

/** What a URI that another program hands over means, or undefined where it means nothing here. Never throws. */
export function readUri(uri: string): OpenedUri | undefined {
  const { scheme, rest } = taken(uri.slice(0, MAX_URI));
  if (scheme === "mailto") {
    const link = readMailto(rest);
    return isEmpty(link) ? undefined : { kind: "write", link };
  }
  if (scheme !== "xmpp") return undefined;
  const { link, query } = readXmpp(rest);
  const [jid] = link.to;
  if (jid === undefined) return undefined;
  if (query === "" || query === "message") return { kind: "write", link };
  return { kind: "asks", ask: ASKS.find((ask) => ask === query) ?? "other", jid };
}

/** What is not an address is left out, and what is too long cut. */
export function filledIn(
  people: { to: readonly string[]; cc?: readonly string[] },
  words: { subject?: string | undefined; body?: string | undefined; thread?: string | undefined },
): FilledIn {
  const thread = idOf(words.thread);
  return {
    to: addresses(people.to),
    cc: addresses(people.cc ?? []),
    bcc: [],
    subject: harmlessLine(words.subject ?? "", MAX_SUBJECT),
    body: harmlessText(words.body ?? "", MAX_BODY),
    ...(thread === undefined ? {} : { thread }),
  };
}

/** A text of a link, capped, without control characters and without what nobody sees. */
export function harmlessText(text: string, max: number): string {
  return withoutHidden(text.slice(0, max).replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, "\n"))
    .replaceAll(/\p{Cc}/gu, (c) => (c === "\n" || c === "\t" ? c : ""))
    .toWellFormed();
}

export function harmlessLine(text: string, max: number): string {
  return harmlessText(text, max).replaceAll(/\s+/g, " ").trim();
}

function taken(uri: string): { scheme: string; rest: string } {
  const colon = uri.indexOf(":");
  return { scheme: uri.slice(0, colon).trim().toLowerCase(), rest: uri.slice(colon + 1) };
}

/** xmpp:nadia@harbour.example?message;subject=Hello;body=… ; an authority ("//me@here/") says whose account, ours or not. */
function readXmpp(rest: string): { link: FilledIn; query: string } {
  const [beforeFragment = ""] = rest.split("#");
  const mark = beforeFragment.indexOf("?");
  const path = mark < 0 ? beforeFragment : beforeFragment.slice(0, mark);
  const [query = "", ...pairs] = mark < 0 ? [] : beforeFragment.slice(mark + 1).split(";");
  const address = path.startsWith("//") ? path.slice(2).split("/").slice(1).join("/") : path;
  const values = query === "message" ? read(pairs, ";") : new Map<string, string>();
  const words = {
    subject: values.get("subject"),
    body: values.get("body"),
    thread: values.get("thread"),
  };
  return { link: filledIn({ to: [decoded(address)] }, words), query: query.trim().toLowerCase() };
}

/** mailto:a@x,b@y?cc=…&bcc=…&subject=…&body=…&in-reply-to=… */
function readMailto(rest: string): FilledIn {
  const [beforeFragment = ""] = rest.split("#");
  const mark = beforeFragment.indexOf("?");
  const path = mark < 0 ? beforeFragment : beforeFragment.slice(0, mark);
  const values = read(mark < 0 ? [] : beforeFragment.slice(mark + 1).split("&"), ",");
  const list = (name: string): string[] => (values.get(name) ?? "").split(",");
  // "<id@host>": the angles are how the header writes it, not part of the id (RFC 5322 section 3.6.4).
  const replies = idOf(values.get("in-reply-to")?.replace(/^\s*<(.*)>\s*$/s, "$1"));
  const words = { subject: values.get("subject"), body: values.get("body") };
  return {
    ...filledIn({ to: [...people(path), ...list("to")], cc: list("cc") }, words),
    bcc: addresses(list("bcc")),
    ...(replies === undefined ? {} : { replies }),
  };
}

function isEmpty({ to, cc, bcc, subject, body }: FilledIn): boolean {
  return to.length + cc.length + bcc.length === 0 && subject + body === "";
}

/** "name=value" pairs by lower-case name, decoded. "+" is itself: RFC 6068 section 5. Repeated ones are joined. */
function read(pairs: readonly string[], joint: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const pair of pairs.slice(0, 50)) {
    const equals = pair.indexOf("=");
    if (equals < 0) continue;
    const name = decoded(pair.slice(0, equals)).toLowerCase();
    const value = decoded(pair.slice(equals + 1));
    const before = values.get(name);
    values.set(name, before === undefined || name === "body" ? value : `${before}${joint}${value}`);
  }
  return values;
}

/** A path of addresses with commas between them, those within one escaped; some escape all of them. */
export function people(path: string): string[] {
  return path
    .split(",")
    .map(decoded)
    .flatMap((text) => (parseJid(text) === undefined ? text.split(",") : [text]));
}

function addresses(list: readonly string[]): Jid[] {
  return [...new Set(list.flatMap((text) => parseJid(text) ?? []))].slice(0, MAX_PEOPLE);
}

/** An id of a thread or a message; one that is cut is another one. */
function idOf(text: string | undefined): string | undefined {
  if (text === undefined || text.length > MAX_ID) return undefined;
  const id = harmlessLine(text, MAX_ID);
  return id === "" ? undefined : id;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
