/** The words of reading, writing and settings, beside those of the list: no list waits for them. */
import type { KeepsView, NoticeView, OnlyHereResult, SendProblem } from "../../api/contract.ts";
import { shownLine } from "../../base/display.ts";
import { spelledOut } from "../../base/spelled-out.ts";
import { isolated } from "../../base/isolated.ts";
import { count, plural, words as listWords } from "../words.ts";

export { count, deliveryWord } from "../words.ts";

/** How long a server keeps mail, as people say it. */
export function keepsFor({ ms, isAbout }: KeepsView): string {
  const hours = ms / 3_600_000;
  if (hours < 0.9) return "less than an hour";
  return `${isAbout ? "about" : "less than"} ${span(hours, isAbout)}`;
}

function span(hours: number, isAbout: boolean): string {
  // What is less than something must not be rounded down.
  const round = isAbout ? Math.round : Math.ceil;
  const days = round(hours / 24);
  if (hours < 22) return plural(round(hours), "hour", "hours");
  if (days === 7) return "a week";
  if (days > 10 && days < 25) return plural(round(days / 7), "week", "weeks");
  if (days >= 28 && days <= 31) return "a month";
  if (days > 45 && days < 350) return plural(round(days / 30.4), "month", "months");
  if (days >= 350) return plural(round(days / 365.3), "year", "years");
  return plural(days, "day", "days");
}

export const sendProblem: Record<SendProblem, (detail: string) => string> = {
  "no-recipient": () => "Say whom it is for: the To field is empty. Your text is kept.",
  empty: () => "There is nothing to send yet: write a subject or a message.",
  "too-large": (detail) =>
    `This message is too large: ${sizesOf(detail)}. Your text is kept; shorten it or send it in parts.`,
  storage: () =>
    "The browser could not keep the message, so it was not sent. Your text is still here: copy it, free some space, try again.",
  "bad-address": (detail) =>
    `“${isolated(shownLine(detail))}” is not an address. Correct it or remove it; your text is kept.`,
  "already-sent": () =>
    "This draft was sent elsewhere, with another text. Nothing was sent from here; your text is kept. Copy it into a new message if you still need it.",
  "not-correctable": () =>
    "This message cannot be edited any more: it was retracted, or is no longer here. Nothing was sent; your text is kept. Copy it into a new message if you still need it.",
};

/** "300123 of 258048 bytes" in words. */
function sizesOf(detail: string): string {
  const [bytes = 0, limit = 0] = detail.match(/\d+/g)?.map(Number) ?? [];
  const kB = (n: number): string => `${Math.ceil(n / 1000).toLocaleString("en-GB")} kB`;
  return `it would be ${kB(bytes)} on its way, and the server takes ${kB(limit)} at most`;
}

const BOUNCES: Record<string, string> = {
  "item-not-found": "There is no such address",
  "service-unavailable": "There is no such address, or it takes no messages",
  "jid-malformed": "This is not a valid address",
  gone: "The recipient has moved or is gone",
  redirect: "The recipient has moved or is gone",
  "remote-server-not-found": "Their server could not be found",
  "remote-server-timeout": "Their server could not be reached",
  "not-acceptable": "The recipient does not accept it",
  "not-allowed": "The recipient does not accept it",
  "not-authorized": "The recipient does not accept it",
  "registration-required": "The recipient does not accept it",
  "subscription-required": "The recipient does not accept it",
  forbidden: "The recipient does not accept it",
  blocked: "The recipient does not accept it",
  "policy-violation": "The server's rules refuse it",
  "resource-constraint": "Their mailbox is full or their server is busy",
  "recipient-unavailable": "The recipient cannot be reached",
  "internal-server-error": "Their server has a problem",
  "feature-not-implemented": "The recipient cannot take such messages",
  "bad-request": "The server did not understand it",
  "too-large": "Too large for the server",
};

/** What a server's condition means to a person; the condition and its words are for "Technical details". */
export function bounceReason(reason: string | undefined): string {
  const [condition = ""] = (reason ?? "").split(":");
  return BOUNCES[condition] ?? "The server gave it back";
}

/** What would be lost with this browser's copy: a line for each kind there is. */
export function lostLines(only: OnlyHereResult, host: string): string[] {
  const { waiting, drafts, changes, messages } = only;
  const lines: [number, string][] = [
    [waiting, `${plural(waiting, "message", "messages")} not sent yet`],
    [drafts, plural(drafts, "draft", "drafts")],
    [changes, `${plural(changes, "change", "changes")} to tags, folders, stars or settings`],
    [messages, `${plural(messages, "message", "messages")} no longer on ${host}`],
  ];
  return lines.flatMap(([n, line]) => (n > 0 ? [line] : []));
}

export const noticeText: Record<
  NoticeView["id"],
  {
    title: string;
    text: (host: string, keeps: string) => string;
    lines?: { server: string; code: string }[];
  }
> = {
  "no-archive": {
    title: "Your server keeps no archive",
    text: (host) =>
      `${host} hands mail over once and forgets it. Everything works, and what arrives is kept in this browser only: other devices will not see older mail, and clearing the browser loses it. The server's admin can switch the archive on:`,
    lines: [
      { server: "Prosody", code: 'modules_enabled = { "mam"; }\narchive_expires_after = "never"' },
      { server: "ejabberd", code: "modules:\n  mod_mam:\n    default: always" },
    ],
  },
  retention: {
    title: "Your server keeps mail for a while",
    text: (host, keeps) =>
      `${host} keeps mail for ${keeps}. Envoi keeps everything in this browser, also what is no longer there.`,
  },
  "not-shared": {
    title: "Your other devices will not know",
    text: (host) =>
      `${host} has no private place for tags, folders, stars, drafts and settings, so nothing of them is stored there. Everything works on this device. The server's admin can add one:`,
    lines: [
      { server: "Prosody", code: 'modules_enabled = { "pep"; }' },
      { server: "ejabberd", code: "modules:\n  mod_pubsub:\n    plugins: [flat, pep]" },
    ],
  },
  "not-private": {
    title: "Your other devices will not know",
    text: (host) =>
      `Others could read your tags, folders, stars and settings on ${host}: nothing is written there until it is private again. Everything works on this device, and nothing is lost.`,
  },
  "was-open": {
    title: "Others could read what your devices share",
    text: (host) =>
      `Another app had opened the place on ${host} where your tags, folders, stars and settings are. It is private again. Nobody can say who read them meanwhile.`,
  },
  "shared-full": {
    title: "Your other devices will not know",
    text: (host) =>
      `${host} takes what your devices share in one piece only, and that piece is full. Everything works on this device, and nothing is lost. The server's admin can give it a roomier place:`,
    lines: [
      { server: "Prosody", code: 'modules_enabled = { "pep"; }' },
      { server: "ejabberd", code: "modules:\n  mod_pubsub:\n    plugins: [flat, pep]" },
    ],
  },
  "storage-not-persistent": {
    title: "The browser may clear this mail",
    text: () =>
      "It has not promised to keep this site's data when space runs short. Installing Envoi as an app, or a bookmark, usually changes that.",
  },
};

export const words = {
  ...listWords,
  signOutTitle: "Sign out?",
  signOutText: (host: string) =>
    `Everything Envoi keeps in this browser for this account is removed. Mail on ${host} stays there.`,
  savingLast: (host: string) => `Saving the last changes to ${host} …`,
  wouldBeLost: "Only on this device, and would be lost:",
  damaged: "Damaged mail",
  bccToMe: "Bcc to you",
  reply: "Reply",
  replyAll: "Reply all",
  forward: "Forward",
  markUnread: "Mark as unread",
  back: "Back",
  newer: "Newer",
  older: "Older",
  expandAll: "Expand all",
  olderMessages: (n: number) => plural(n, "older message", "older messages"),
  showQuoted: "Show quoted text",
  hideQuoted: "Hide quoted text",
  showPlain: "Show as plain text",
  showFormatted: "Show formatted",
  code: "Code",
  table: "Table",
  done: "Done",
  notDone: "Not done",
  picture: (text: string) => (text === "" ? "Picture" : `Picture: ${text}`),
  spoiler: (hint: string) => (hint === "" ? "Spoiler" : `Spoiler: ${hint}`),
  edited: (time: string) => `Edited ${time}`,
  reactions: "Reactions",
  versions: "Earlier versions",
  showVersions: "Show earlier versions",
  hideVersions: "Hide earlier versions",
  withdrew: "retracted this message",
  youWithdrew: "You retracted this message",
  retraction: (state: string) => `Retraction: ${state}`,
  showWithdrawn: "Show what it said",
  hideWithdrawn: "Hide what it said",
  messageFrom: (name: string) => `Message from ${name}`,
  showRecipients: "Show recipients",
  recipients: "Recipients",
  date: "Date",
  retry: "Retry",
  edit: "Edit",
  discard: "Discard",
  writeReply: "Write a reply …",
  newMessage: "New message",
  field: { to: "To", cc: "Cc", bcc: "Bcc" },
  subject: "Subject",
  message: "Message",
  send: "Send",
  minimise: "Minimise",
  restore: "Restore",
  fullScreen: "Full screen",
  draftSaved: "Draft saved",
  changedElsewhere: "Changed on another device",
  parted: {
    sent: "This draft was sent elsewhere, without what you changed here. Your text is a draft of its own now.",
    changed: "Also changed elsewhere: both texts are kept in Drafts",
  },
  goneElsewhere: {
    sent: "This draft was sent elsewhere",
    discarded: "This draft was discarded elsewhere",
  },
  discarded: "Draft discarded",
  undo: "Undo",
  held: {
    "too-big": "Too large for your other devices: this draft stays on this one",
    "too-many": "Too many drafts for the server: this one stays on this device",
    refused: "The server did not take this draft: it stays on this device",
    newer: "A newer Envoi changed this draft: what you write stays on this device",
    damaged: "The server's copy of this draft cannot be read: what you write stays on this device",
  },
  notSaved: "Not saved",
  notClosed: "Not closed: the text is kept nowhere else yet",
  draftNotSaved:
    "The browser could not keep this draft. Your text is here, in this window only: leave it open or copy it. It is tried again.",
  notCarried:
    "No message can carry some of the control characters in this text. They go out as signs, like ␛ for Escape.",
  controlCharacters: "Control characters",
  removeAddress: (jid: string) => `Remove ${spelledOut(jid)}`,
  badAddress: (text: string) =>
    `“${isolated(shownLine(text))}” is not an address like name@example.org`,
  suggestions: "Suggestions",
  filledByLink: "Filled in by a link",
  queued: "Message on its way",
  editQuote: "Quoted text",
  conversationBar: "Conversation",
  senderWarning: "Sender warning",
  recipientWarning: "Recipient warning",
  bounceNotice: "Returned message",
  bounced: (reason: string) =>
    `A message of yours was not delivered, and the server does not say which. ${reason}.`,
  toPeople: (names: string) => `to ${names}`,
  fieldCount: (label: string, n: number) => `${label}: ${count(n)}`,
  sendKey: (mac: boolean) => (mac ? "⌘ Enter" : "Ctrl+Enter"),
  theme: "Theme",
  themes: { system: "System", light: "Light", dark: "Dark" },
  singleKeys: "Single-key shortcuts",
  singleKeysHint:
    "A letter acts by itself while you are not typing: which one does what stands below.",
  server: "Server",
  connectionTitle: "Connection",
  archive: "Archive",
  keptSignedIn: (keep: boolean) => (keep ? "Kept in this browser" : "Until the browser is closed"),
  leftOver: {
    title: "Your last session has ended",
    text: (address: string) =>
      `${address} was signed in without “Keep me signed in”, so what this browser kept of it is to be removed.`,
    nothing: "All of it is on the server.",
    some: "Sign in again, and nothing is lost.",
    noDownload: "The file could not be made. Sign in again and download it from the account menu.",
    keep: "Sign in again",
    discard: "Discard and continue",
  },
  gotIt: "Got it",
  forAdmin: "For the admin",
} as const;
