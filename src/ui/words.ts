/**
 * Every word of the interface. Plain English, in the person's terms; technical text is shown apart. These are the words
 * of the list and what surrounds it; those that are loaded apart lie in `words/`: `first.ts` (the first page), `more.ts`
 * (reading, writing, settings), and one for each kind of trouble.
 */
import type { LabelView, Mailbox, Place } from "../api/contract.ts";
import type { DeliveryState } from "../mail/delivery.ts";
import { firstWords } from "./words/first.ts";

const numbers = new Intl.NumberFormat("en");
export const count = (n: number): string => numbers.format(n);
export const plural = (n: number, one: string, many: string): string =>
  `${count(n)} ${n === 1 ? one : many}`;

export const mailboxName: Record<Mailbox, string> = {
  inbox: "Inbox",
  starred: "Starred",
  snoozed: "Snoozed",
  sent: "Sent",
  outbox: "Outbox",
  drafts: "Drafts",
  archive: "Archive",
  all: "All mail",
  chats: "Chats",
  spam: "Spam",
  trash: "Trash",
};

/** Of a tag or folder only who has the labels knows it; "" until then. */
export function placeName(place: Place, labels: readonly LabelView[] = []): string {
  if (Object.hasOwn(mailboxName, place)) return mailboxName[place as Mailbox];
  const id = place.slice(place.indexOf(":") + 1);
  return labels.find((label) => label.id === id)?.name ?? "";
}

export const deliveryWord: Record<DeliveryState, string> = {
  waiting: "Waiting",
  sending: "Sending",
  sent: "Sent",
  delivered: "Delivered",
  failed: "Not sent",
};

export const words = {
  ...firstWords,
  skip: "Skip to the mail",
  mailboxes: "Mailboxes",
  close: "Close",
  compose: "Compose",
  account: "Account",
  settings: "Settings",
  palette: "Command palette",
  goTo: (name: string) => `Go to ${name}`,
  keyboardShortcuts: "Keyboard shortcuts",
  otherAccount: "Use another account",
  signOut: "Sign out",
  unread: (n: number) => `${count(n)} unread`,
  waiting: (n: number) => `${count(n)} waiting`,
  conversations: "Conversations",
  noSubject: "(no subject)",
  showNew: (n: number) => `Show ${count(n)} new`,
  gap: (from: string | undefined, to: string) =>
    from === undefined
      ? `Gap, older mail before ${to} is not here yet`
      : `Gap, mail from ${from} to ${to} is not here yet`,
  unreadable: (n: number) => `${plural(n, "message", "messages")} could not be read`,
  unreadableText: "Damaged on the way or on the server. Everything around it is here.",
  gapGone: (from: string | undefined, to: string) =>
    from === undefined
      ? `Gap, older mail before ${to} is not on the server any more`
      : `Gap, mail from ${from} to ${to} is not on the server any more`,
  tryAgain: "Try again",
  tryNow: "Try now",
  draft: "Draft",
  onlyHere: "Only on this device",
  to: (names: string) => `To ${names}`,
  me: "me",
  andMore: (n: number) => `+${count(n)}`,
  attachments: (n: number) => plural(n, "attachment", "attachments"),
  answeredInChat: "Answered in chat",
  nothingHere: "Nothing here",
  labelGone: "There is no such tag or folder. It may have been deleted.",
  nothingHereText: "This address leads nowhere in Envoi.",
  notYet: {
    search: "Envoi cannot search mail yet. Your mail is in the mailboxes, newest first.",
    attachments:
      "Envoi has no list of attachments yet. They are in the messages they came with: such rows have a paperclip.",
  },
  toInbox: "Go to Inbox",
  opening: "Opening …",
  noneOpen: "No conversation open",
  noneOpenText: (unread: number) =>
    unread === 0
      ? "Choose one from the list."
      : `${plural(unread, "conversation is", "conversations are")} unread.`,
  noneOpenKeys: (next: string, previous: string, write: string) =>
    `${next} and ${previous} move, Enter opens, ${write} writes.`,
  notKept: "The browser could not keep that: nothing was changed.",
  connection: {
    label: "Connection",
    offline: "Offline",
    connecting: "Connecting",
    connected: "Connected",
  },
  connectionAndSync: "Connection and sync",
  retryIn: (seconds: number) => `Next try in ${count(seconds)} s`,
  newVersion: {
    title: "A new version is ready",
    text: "Reload when it suits you: what you are writing is kept, and what is on its way goes on.",
    notNow: "Not now",
  },
  sync: {
    label: "Sync",
    waiting: "Not synced yet",
    offline: "Waiting for the connection",
    syncing: (done: number, total: number | undefined) =>
      total === undefined
        ? `Syncing, ${count(done)} so far`
        : `Syncing, ${count(done)} of about ${count(total)}`,
    slow: "The server answers slowly",
    incomplete: "Some mail is missing",
    incompleteText: "The server does not give everything. Envoi asks again by itself.",
    paused: "Paused",
    reading: "Reading tags and folders",
    upToDate: "Up to date",
    noArchive: "No archive on this server",
    pause: "Pause syncing",
    resume: "Resume syncing",
  },
  select: "Select",
  selectAll: "Select all",
  star: "Star",
  starred: "Starred",
  muted: "Muted",
  snoozedUntil: (time: string) => `Snoozed until ${time}`,
  cameBack: "Came back",
  dismiss: "Dismiss",
  listWidth: "Width of the list",
  unreadMark: "Unread",
  noRecipient: "No recipient yet",
  empty: {
    inbox: {
      title: "No mail yet",
      text: "Mail to your address appears here the moment it is sent.",
    },
    inboxRead: { title: "All done", text: "Nothing in your inbox." },
    sent: {
      title: "Nothing sent yet",
      text: "What you write is kept here, with what became of it.",
    },
    outbox: {
      title: "Nothing is waiting",
      text: "Messages stand here until your server has them.",
    },
    drafts: { title: "No drafts", text: "What you begin to write is kept here as you type." },
    tag: { title: "No mail has this tag", text: "Tag a conversation, and it is listed here too." },
    folder: {
      title: "This folder is empty",
      text: "Move conversations here, and they are kept here.",
    },
    starred: { title: "Nothing starred", text: "Star what you want to find again." },
    snoozed: { title: "Nothing snoozed", text: "What you put off waits here until its time." },
    archive: { title: "Nothing archived", text: "What you are done with is kept here." },
    spam: { title: "No spam", text: "What you report as spam goes here." },
    trash: { title: "Trash is empty", text: "What you delete goes here." },
    all: { title: "No mail yet", text: "Every conversation you ever had appears here." },
    chats: { title: "No chats", text: "Messages from chat apps are listed here by person." },
    looking: {
      title: "Looking for mail …",
      text: (chats: number) =>
        `${plural(chats, "message", "messages")} fetched so far, all of them chats. They are under Chats.`,
    },
    lookingNone: { title: "Looking for mail …", text: "Your server's archive is being read." },
    lookingState: { title: "Looking for mail …", text: "Your tags and folders are being read." },
    offline: {
      title: "Not connected yet",
      text: "Your mail appears when the server can be reached.",
    },
    writeToSelf: "Write to yourself",
    copyAddress: "Copy my address",
    copied: "Address copied",
  },
} as const;
