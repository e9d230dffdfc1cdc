/**
 * Links to people: mailto: (RFC 6068) and xmpp: (RFC 5122, XEP-0147). They fill in a message and do nothing else,
 * whatever they ask for: "?remove", "?subscribe" and "?command" are only an address here.
 */
import { withoutHidden } from "../base/display.ts";
import { type Jid, parseJid } from "./address.ts";

export type PersonLink = { to: Jid[]; cc: Jid[]; subject: string; body: string };

const MAX_PEOPLE = 50;
const MAX_SUBJECT = 500;
const MAX_BODY = 8000;

/** What the link fills in, or undefined where it names nobody. Never throws. */
export function readPersonLink(href: string): PersonLink | undefined {
  const colon = href.indexOf(":");
  const scheme = href.slice(0, colon).trim().toLowerCase();
  const link =
    scheme === "xmpp" ? readXmpp(href.slice(colon + 1)) : readMailto(href.slice(colon + 1));
  return link.to.length + link.cc.length === 0 ? undefined : link;
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

/** xmpp:nadia@harbour.example?message;subject=Hello;body=… ; an authority ("//me@here/") says whose account, ours or not. */
function readXmpp(rest: string): PersonLink {
  const [beforeFragment = ""] = rest.split("#");
  const mark = beforeFragment.indexOf("?");
  const path = mark < 0 ? beforeFragment : beforeFragment.slice(0, mark);
  const [query = "", ...pairs] = mark < 0 ? [] : beforeFragment.slice(mark + 1).split(";");
  const address = path.startsWith("//") ? path.slice(2).split("/").slice(1).join("/") : path;
  const values = query === "message" ? read(pairs, ";") : new Map<string, string>();
  return {
    to: people(decoded(address)),
    cc: [],
    subject: harmlessLine(values.get("subject") ?? "", MAX_SUBJECT),
    body: harmlessText(values.get("body") ?? "", MAX_BODY),
  };
}

/** mailto:a@x,b@y?cc=…&subject=…&body=… A Bcc of a stranger's is left out: it would be easy to miss. */
function readMailto(rest: string): PersonLink {
  const [beforeFragment = ""] = rest.split("#");
  const mark = beforeFragment.indexOf("?");
  const path = mark < 0 ? beforeFragment : beforeFragment.slice(0, mark);
  const values = read(mark < 0 ? [] : beforeFragment.slice(mark + 1).split("&"), ",");
  const list = [path, values.get("to") ?? ""].map(decoded).join(",");
  return {
    to: people(list),
    cc: people(values.get("cc") ?? ""),
    subject: harmlessLine(values.get("subject") ?? "", MAX_SUBJECT),
    body: harmlessText(values.get("body") ?? "", MAX_BODY),
  };
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

function people(list: string): Jid[] {
  const jids = list.split(",").flatMap((text) => parseJid(text) ?? []);
  return [...new Set(jids)].slice(0, MAX_PEOPLE);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
