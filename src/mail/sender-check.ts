/**
 * What a person should know of whoever sent a message, before they believe the name. Every warning is something seen in
 * the message or the contacts, never a guess about intent.
 */
import { hasHidden, shownLine, withoutHidden } from "../base/display.ts";
import { type DomainSpelling, spellDomain } from "../base/domain-name.ts";
import { latinLook, lookOf, mixedWord } from "../base/look-alikes.ts";
import { domainOf, type Jid, localOf, parseJid } from "./address.ts";

export type SenderFacts = {
  jid: Jid;
  /** The name they give themselves, as it came; absent where a name of mine is shown instead. */
  nick?: string;
  /** Contacts of mine with the same name and another address. */
  namesakes?: readonly Jid[];
  /** Contacts of mine whose address looks the same and is another one. */
  lookAlikes?: readonly Jid[];
  /** Where answers go, if not to the sender. */
  replyTo?: readonly Jid[];
  /** It names the thread of a conversation whose people do not include the sender. */
  isOutsider?: boolean;
};

export type SenderWarning =
  | { kind: "other-address"; address: string }
  | { kind: "escaped"; reads: string; domain: string }
  | { kind: "look-alike"; address: Jid }
  | { kind: "namesake"; address: Jid }
  | { kind: "mixed-letters"; where: "name" | "address" | "domain"; word: string }
  /** `ascii`: as the domain name system has it. */
  | { kind: "domain-look"; domain: string; ascii: string; looksLike: string }
  | { kind: "foreign-domain"; domain: string; ascii: string }
  | { kind: "hidden" }
  | { kind: "hidden-in-address"; address: Jid }
  | { kind: "outsider" }
  | { kind: "reply-to"; addresses: readonly Jid[] };

/** The warnings, worst first; none where all is as it seems. */
export function senderWarnings(facts: SenderFacts): SenderWarning[] {
  const { jid, nick = "", replyTo = [] } = facts;
  return [
    ...addressInName(nick, jid),
    ...escapedAddress(jid),
    ...(facts.lookAlikes ?? [])
      .slice(0, 1)
      .map((address) => ({ kind: "look-alike", address }) as const),
    ...(facts.namesakes ?? [])
      .slice(0, 1)
      .map((address) => ({ kind: "namesake", address }) as const),
    ...mixed(nick, jid),
    ...domainWarnings(domainOf(jid)),
    ...(hasHidden(jid) ? [{ kind: "hidden-in-address", address: jid } as const] : []),
    ...(hasHidden(nick) ? [{ kind: "hidden" } as const] : []),
    ...(facts.isOutsider === true ? [{ kind: "outsider" } as const] : []),
    ...(replyTo.length > 0 ? [{ kind: "reply-to", addresses: replyTo } as const] : []),
  ];
}

const ADDRESS = /[^\s@<>"'(),;:[\]]{1,200}@[^\s@<>"'(),;:[\]]{1,200}/gu;

/** A name is no place for an address, unless it is the sender's own. */
function addressInName(nick: string, jid: Jid): SenderWarning[] {
  if (nick === "") return [];
  // Full-width and small forms of "@" and "." read like the plain ones.
  const text = withoutHidden(nick.slice(0, 1000)).normalize("NFKC");
  const other = text.match(ADDRESS)?.find((found) => parseJid(found) !== jid);
  return other === undefined ? [] : [{ kind: "other-address", address: shownLine(other, 100) }];
}

/** XEP-0106: "\40" stands for "@" within the part before the "@". Never unescaped here: it would read as an address. */
function escapedAddress(jid: Jid): SenderWarning[] {
  const local = localOf(jid);
  const reads = local
    .replaceAll(/\\([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .normalize("NFKC");
  if (reads === local || !/[@/:<>]/.test(reads)) return [];
  return [{ kind: "escaped", reads: shownLine(reads, 100), domain: domainOf(jid) }];
}

function mixed(nick: string, jid: Jid): SenderWarning[] {
  const domain = spellDomain(domainOf(jid));
  const places = [
    ["name", withoutHidden(nick.slice(0, 1000))],
    ["address", localOf(jid)],
    // Where the whole of it looks like another domain, that is said instead.
    ["domain", domain === undefined || lookOfDomain(domain) !== undefined ? "" : domain.unicode],
  ] as const;
  return places.flatMap(([where, text]) => {
    const word = mixedWord(text);
    return word === undefined
      ? []
      : [{ kind: "mixed-letters", where, word: shownLine(word, 60) } as const];
  });
}

function domainWarnings(domain: string): SenderWarning[] {
  const spelling = spellDomain(domain);
  if (spelling === undefined || spelling.ascii === spelling.unicode) return [];
  const looksLike = lookOfDomain(spelling);
  const { ascii, unicode } = spelling;
  return looksLike === undefined
    ? [{ kind: "foreign-domain", domain: unicode, ascii }]
    : [{ kind: "domain-look", domain: unicode, ascii, looksLike }];
}

/** The plain domain that one of other letters looks like, where it looks like one throughout. */
export function lookOfDomain({ ascii, unicode }: DomainSpelling): string | undefined {
  if (ascii === unicode) return undefined;
  const labels = unicode.split(".");
  const looks = labels.map((label) =>
    isPlain(label) ? label : (latinLook(label) ?? mixedLook(label)),
  );
  return looks.includes(undefined) ? undefined : looks.join(".");
}

function mixedLook(label: string): string | undefined {
  if (mixedWord(label) === undefined) return undefined;
  const looks = Array.from(label, (c) => (isPlain(c) ? c : (latinLook(c) ?? lookOf(c)))).join("");
  return isPlain(looks) ? looks : undefined;
}

function isPlain(text: string): boolean {
  return /^[\w-]+$/.test(text);
}

/** What a name looks like: two that a person takes for one another come out the same. Empty: nothing to compare. */
export function nameLook(name: string): string {
  return lookOf(withoutHidden(name.slice(0, 300))).replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** The same for an address. */
export function addressLook(jid: Jid): string {
  return lookOf(`${localOf(jid)}@${spellDomain(domainOf(jid))?.unicode ?? domainOf(jid)}`);
}
