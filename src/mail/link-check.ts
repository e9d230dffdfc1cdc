/**
 * Where a link in a message leads, and whether its reader can see that. Addresses of people become a message to write;
 * everything but the web, people and telephones is refused.
 */
import { hasHidden, reorders, withoutHidden } from "../base/display.ts";
import { type DomainSpelling, spellDomain } from "../base/domain-name.ts";
import { mixedWord } from "../base/look-alikes.ts";
import type { PersonLink } from "./person-link.ts";
import { readPersonLink } from "./person-link.ts";
import { lookOfDomain } from "./sender-check.ts";

export type LinkDoubt =
  /** "https://bank.example@evil.example": what stands before the "@" is no host. */
  | { kind: "user-info"; shown: string }
  | { kind: "look-alike"; looksLike: string }
  | { kind: "mixed-letters" }
  | { kind: "foreign-letters" }
  | { kind: "other-host"; named: string }
  | { kind: "hidden" }
  | { kind: "number" }
  | { kind: "telephone" };

export type LinkVerdict =
  /** Leads where it says. */
  | { kind: "open"; href: string }
  | { kind: "ask"; href: string; host?: DomainSpelling; doubts: LinkDoubt[] }
  | { kind: "write"; href: string; link: PersonLink }
  | { kind: "refuse"; href: string; scheme: string };

/** Longer than any address a server takes. */
const MAX_HREF = 20_000;
const MAX_TEXT = 4000;

/** `text`: what the reader sees of the link. */
export function checkLink(href: string, text: string): LinkVerdict {
  if (href.length > MAX_HREF || !URL.canParse(href))
    return { kind: "refuse", href: href.slice(0, MAX_HREF), scheme: "" };
  const url = new URL(href);
  switch (url.protocol) {
    case "https:":
    case "http:":
      return checkWeb(url, href, text.slice(0, MAX_TEXT));
    case "mailto:":
    case "xmpp:": {
      const link = readPersonLink(href);
      return link === undefined
        ? { kind: "refuse", href, scheme: url.protocol }
        : { kind: "write", href, link };
    }
    case "tel:":
      return { kind: "ask", href: url.href, doubts: [{ kind: "telephone" }] };
    default:
      return { kind: "refuse", href, scheme: url.protocol };
  }
}

function checkWeb(url: URL, href: string, text: string): LinkVerdict {
  const host = spellDomain(url.hostname) ?? { ascii: url.hostname, unicode: url.hostname };
  const doubts = [
    ...userInfo(url),
    ...foreignLetters(host),
    ...(isNumber(url.hostname) ? [{ kind: "number" } as const] : []),
    ...(isHidden(href) || reorders(text) ? [{ kind: "hidden" } as const] : []),
    ...otherHost(url, text),
  ];
  return doubts.length === 0
    ? { kind: "open", href: url.href }
    : { kind: "ask", href: url.href, host, doubts };
}

function userInfo({ username, password }: URL): LinkDoubt[] {
  if (username === "" && password === "") return [];
  return [{ kind: "user-info", shown: username.slice(0, 100) }];
}

function foreignLetters(host: DomainSpelling): LinkDoubt[] {
  if (host.ascii === host.unicode && !host.ascii.includes("xn--")) return [];
  const looksLike = lookOfDomain(host);
  if (looksLike !== undefined) return [{ kind: "look-alike", looksLike }];
  return [{ kind: mixedWord(host.unicode) === undefined ? "foreign-letters" : "mixed-letters" }];
}

/** "127.0.0.1", however it was written, and "[::1]". */
function isNumber(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(hostname);
}

function isHidden(href: string): boolean {
  const text = href.replaceAll(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
  return hasHidden(text);
}

/** "https://host", "www.host", "host/path", "a@host" or "host" alone; the last label is letters. */
const NAMED =
  /(?<scheme>[a-z][a-z0-9+.-]{1,20}:\/\/)?(?:[^\s/@]{0,200}@)?(?<host>(?:[\p{L}\p{N}\p{M}_-]{1,63}\.){1,20}(?:xn--[a-z0-9-]{1,59}|[\p{L}\p{M}]{2,63}))(?<rest>[/:?#])?/giu;
/** Ends of file names that are no ends of hosts, or seldom. */
const FILE =
  /\.(?:aac|asc|avif|bmp|bz2|conf|css|csv|docx?|eml|epub|exe|flac|gif|go|gz|html?|ics|jpe?g|js|json|jsx|key|log|lua|md|mkv|mov|mp3|mp4|odp|ods|odt|ogg|otf|pdf|php|png|pptx?|py|rb|rs|rtf|sh|sql|svg|tar|tex|tiff?|toml|ts|tsx|ttf|txt|vcf|wav|webm|webp|xlsx?|xml|xz|ya?ml|zip)$/i;

/** A host the text names that is not the one the link leads to. */
function otherHost(url: URL, text: string): LinkDoubt[] {
  const seen = withoutHidden(text).normalize("NFKC");
  for (const { groups } of seen.matchAll(NAMED)) {
    const { scheme, host = "", rest } = groups ?? {};
    const isSure = scheme !== undefined || rest === "/" || /^www\./i.test(host);
    if (!isSure && FILE.test(host)) continue;
    const named = spellDomain(host)?.ascii;
    if (named !== undefined && !leadsTo(named, url.hostname))
      return [{ kind: "other-host", named }];
  }
  return [];
}

/** The named host, one below it, or the same with "www." before it. */
function leadsTo(named: string, hostname: string): boolean {
  const plain = named.replace(/^www\./, "");
  return hostname === named || hostname === plain || hostname.endsWith(`.${plain}`);
}
