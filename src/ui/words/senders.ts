/** Words about who sent a message, about blocking them, and of a message's own menu: loaded with the reader. */
import { spelledOut } from "../../base/spelled-out.ts";
import { isolatedAddress } from "../../base/isolated.ts";
import type { BlockStanding } from "../../mail/blocking.ts";
import type { SenderWarning } from "../../mail/sender-check.ts";

const PLACES = { name: "name", address: "address", domain: "domain" } as const;

/** One short sentence each. */
export function warningText(warning: SenderWarning): string {
  switch (warning.kind) {
    case "other-address":
      return `The name contains another address, “${warning.address}”.`;
    case "escaped":
      return `The address reads like “${warning.reads}”, but its server is ${isolatedAddress(warning.domain)}.`;
    case "look-alike":
      return `This address looks like ${isolatedAddress(warning.address)}, whom you know, and is another one.`;
    case "namesake":
      return `You know ${isolatedAddress(warning.address)} by this name; this is another address.`;
    case "mixed-letters":
      return `The ${PLACES[warning.where]} mixes letters of alphabets that look alike: “${warning.word}”.`;
    case "domain-look":
      return `The domain looks like “${warning.looksLike}” and is another one: ${warning.ascii}.`;
    case "foreign-domain":
      return `In plain letters the domain is ${warning.ascii}.`;
    case "hidden":
      return "The name contains characters nobody can see; they are left out here.";
    case "hidden-in-address":
      return `The address contains characters nobody can see: ${isolatedAddress(warning.address)}.`;
    case "outsider":
      return "It refers to a conversation in which this sender has no part.";
    case "reply-to":
      return `Replies go to ${warning.addresses.map(isolatedAddress).join(", ")}`;
  }
}

export const senderWords = {
  allWith: "All conversations with them",
  from: "From",
  vouched: (domain: string, host: string) =>
    domain === host
      ? `An account on ${host}, your own server`
      : `${host} vouches for ${isolatedAddress(domain)}`,
  blockNote: "Blocked sender",
  unblock: "Unblock",
  unblockOf: (entry: string) => `Unblock ${spelledOut(entry)}`,
  report: "Report as spam",
  reported: (host: string) => `Reported to ${host}`,
  blocking: (jid: string) => `Blocking ${isolatedAddress(jid)}`,
  notOffered: (host: string) =>
    `${host} does not offer blocking. Nobody was blocked, and nothing is hidden here.`,
} as const;

/** What holds for the sender of a message. */
export function blockText(
  { entry, state, problem }: BlockStanding,
  jid: string,
  host: string,
): string {
  if (state === "refused") return refusal(entry, problem, host);
  if (state === "blocking") return `${isolatedAddress(entry)} is blocked as soon as ${host} knows`;
  if (state === "unblocking")
    return `${isolatedAddress(entry)} is unblocked as soon as ${host} knows`;
  return entry === jid
    ? "You blocked this sender"
    : `You blocked this sender: all of ${isolatedAddress(entry)}`;
}

/** The same, in the list of the settings. */
export function standingText({ entry, state, problem }: BlockStanding, host: string): string {
  if (state === "refused") return refusal(entry, problem, host);
  return { blocked: "", blocking: `Waiting for ${host}`, unblocking: `Waiting for ${host}` }[state];
}

function refusal(entry: string, problem: string | undefined, host: string): string {
  return problem === "not-offered"
    ? senderWords.notOffered(host)
    : `${host} refused to change the block of ${isolatedAddress(entry)}`;
}

export const moreWords = {
  more: "More",
  copyLink: "Copy link",
  print: "Print",
  source: "View source",
  unreadFromHere: "Mark unread from here",
  block: "Block sender",
  unblock: "Unblock sender",
  linkCopied: "Link copied",
  notCopied: "The browser did not let it be copied",
} as const;

export const sourceWords = {
  title: "Source",
  none: "This message came before Envoi kept the source of messages, or has not left yet.",
  isCut: "It goes on; Save has all of it.",
  isShortened: "Long data is shortened here.",
  copy: "Copy",
  copied: "Source copied",
  save: "Save",
  close: "Close",
  fileName: "message.xml",
} as const;

export const blockedWords = {
  title: "Blocked senders",
  none: "You have not blocked anybody.",
  text: (host: string) =>
    `${host} keeps this list and refuses their messages; your other devices use it, too. Mail that is here already stays.`,
  notAsked: "Not known yet: there was no connection so far.",
} as const;
