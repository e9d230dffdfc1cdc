/** Words of links that are given away and of those that come in: permalinks, the public card, "My address". */
import type { LookUpView } from "../../api/contract.ts";
import type { Ask } from "../../mail/person-link.ts";
import { isolatedAddress } from "../../base/isolated.ts";

export const shareWords = {
  app: "Envoi",
  tagline: "Mail over XMPP",
  writeTo: "Write to",
  title: (name: string) => `Write to ${name} – Envoi`,
  filledByLink: "Filled in by a link",
  subject: (text: string) => `Subject: ${text}`,
  writeHere: "Write here",
  inXmppApp: "Open in my XMPP app",
  byEmail: "Send an email",
  hint: "“Write here” asks for your own XMPP address. Nothing is sent before you press Send.",
  qrCode: (address: string) => `QR code for ${address}`,
  qrHint: "Scan it to open this page on a phone.",
  tooLong: "This is too long for a QR code. Shorten the message.",
  copyLink: "Copy link",
  copied: "Link copied",
  notCopied: "The browser did not let it be copied",
  nothingHere: "Nothing here",
  nothingHereText: "This address leads nowhere in Envoi.",
  toInbox: "Go to Inbox",
} as const;

export const notHereWords = {
  title: "Not in your mailbox",
  looking: "Looking for it in your mailbox …",
  ask: (jid: string) => `Ask ${isolatedAddress(jid)}`,
  askSubject: "A message I do not have",
  askBody: (url: string) =>
    `Hello,\n\nthis link leads to a message that is not in my mailbox:\n${url}\n\nCould you send it to me?\n`,
  otherAccount: "Use another account",
  tryAgain: "Try again",
  others: "Other conversations",
  othersText: "This address may also mean:",
} as const;

/** What is known of a message that is not here, and what happens next. */
export function notHereText({ state, isSyncing }: LookUpView, host: string): string {
  const coming = "Older mail is still being fetched: it opens here as soon as it has come.";
  switch (state) {
    case "asking":
      return `${host} is still being asked for it.`;
    case "offline":
      return `You are offline, so ${host} could not be asked for it. It will be, as soon as there is a connection.`;
    case "failed":
      return `${host} did not answer when it was asked for it. Your mail is safe; ask again.`;
    case "no-archive":
      return `${host} keeps no archive, so there is only what this browser has kept.`;
    case "not-found":
      return `${host} does not have it for you either. Only those who took part in a conversation have it.${isSyncing ? ` ${coming}` : ""}`;
    case "deleted":
      return `You deleted it for good. ${host} may still have its own copy; Envoi does not fetch it again.`;
    case "none":
      return isSyncing
        ? coming
        : "Only those who took part in a conversation have it. It may also be in another account of yours.";
  }
}

/** What an `xmpp:` link asks for that no link does here. */
export function asksTitle(ask: Ask): string {
  switch (ask) {
    case "roster":
      return "A link asks to add a contact";
    case "subscribe":
      return "A link asks to share presence";
    case "unsubscribe":
    case "remove":
      return "A link asks to remove a contact";
    case "join":
      return "A link asks to join a chat room";
    case "register":
      return "A link asks to make an account";
    case "other":
      return "A link asks for something else";
  }
}

export const asksWords = {
  text: "Nothing was done. Envoi writes and reads mail; it changes no contacts and joins no rooms because of a link. A chat app with your account can.",
  write: "Write a message",
} as const;

export const personWords = {
  write: "Write",
  none: "There is no conversation with them in this browser.",
  cut: "Only the newest conversations were looked through.",
  chat: "Chats",
  noSubject: "(no subject)",
  conversations: "Conversations",
} as const;

export const myAddressWords = {
  about:
    "A link that lets anybody write to you: with Envoi, with any other XMPP app, and by email if you say where.",
  name: "Name",
  nameHint: "How the page calls you.",
  subject: "Subject",
  message: "Message",
  presetHint: "What the link fills in for whoever follows it. Leave it empty for a blank message.",
  mail: "Email address",
  mailHint: "Shown as “Send an email”, only if you give one.",
  badMail: "This is not an email address, so it is left out.",
  link: "Link",
  snippet: "HTML snippet",
  copySnippet: "Copy snippet",
  snippetCopied: "Snippet copied",
  linkText: (name: string) => `Write to ${name}`,
  openCard: "Show the page",
  svg: "Download SVG",
  png: "Download PNG",
  print: "Print",
  fileName: (address: string) => `${address.replace("@", "-at-")}-qr`,
  noPicture: "The browser has no room for the picture. Take the SVG instead.",
  handlersTitle: "Links in other programs",
  handlersAbout:
    "The browser can open links to people with Envoi, from any page and, where Envoi is installed, from any program. It asks you first.",
  handler: (scheme: string) => `Open ${scheme}: links here`,
  handlerAsked: "Answer the browser's question: it stands beside its address bar.",
  handlerRefused: "This browser does not let a page do that.",
} as const;
