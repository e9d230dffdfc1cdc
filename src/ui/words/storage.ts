/** Words about this browser's storage: loaded when there is something to say. */
import type { NoStorageProblem, TroubleView } from "../../api/contract.ts";
import { dateOf } from "../time.ts";

const numbers = new Intl.NumberFormat("en");
const plural = (n: number, one: string, many: string): string =>
  `${numbers.format(n)} ${n === 1 ? one : many}`;

export type StorageText = { title: string; text: string };

/** Instead of the mail, when the storage cannot be opened. */
export const noStorage: Record<NoStorageProblem, StorageText> = {
  unavailable: {
    title: "This browser keeps nothing for Envoi",
    text: "Envoi keeps your mail in the browser, and here the browser has no storage for it: it is switched off in the settings, or this is a private window that forbids it. Allow site data for this page or leave private browsing, then try again. Nothing was lost.",
  },
  failed: {
    title: "The mail kept here cannot be opened",
    text: "The browser could not open its storage for Envoi. A full disk or a damaged browser profile do that. Mail on the server is safe. Free some space or restart the browser, then try again; if that does not help, clear this page's data in the browser's settings, and the mail is fetched again.",
  },
  full: {
    title: "No room for mail",
    text: "The browser has no room left to open its storage for Envoi. Mail on the server is safe. Free some space on this device, then try again.",
  },
  newer: {
    title: "This mail was opened by a newer Envoi",
    text: "A newer version of Envoi has changed how mail is kept in this browser, and this page is still an older one. Nothing is lost and nothing was changed. Reload to get the newer version.",
  },
  "older-tab": {
    title: "Waiting for another tab",
    text: "An older Envoi is open in another tab or window and holds your mail. Close or reload it: this page goes on by itself.",
  },
  slow: {
    title: "The browser is taking its time",
    text: "Its storage for Envoi does not answer yet. This page goes on by itself when it does. Another tab of Envoi may be asleep and hold it: look at that tab, or close it. If it takes more than a minute, restart the browser; nothing is lost.",
  },
};

/** Above the mail, while it lasts. */
export function troubleText(trouble: TroubleView, host: string): StorageText {
  switch (trouble.kind) {
    case "full":
      return {
        title: "This browser's storage for Envoi is full",
        text: `New mail waits safely on ${host}. What you write now may not be kept: leave it open. Free some space on this device or in the browser; Envoi goes on by itself.`,
      };
    case "newer":
      return {
        title: "A newer Envoi is open in another tab",
        text: "This tab stands still until it is reloaded. What you are writing is kept and comes back.",
      };
    case "stalled":
      return {
        title: "The mail kept in this browser does not answer",
        text: "Another tab of Envoi may be asleep in the middle of something: open it or close it. Nothing is lost; what you write is kept in this tab, and Envoi goes on by itself.",
      };
    case "closed":
      return {
        title: "The browser closed the mail kept here",
        text: "It cannot be opened again at the moment; Envoi goes on trying. Mail on the server is safe. What you are writing is still here: copy it before you reload.",
      };
    case "damaged":
      return {
        title: "Some of the mail kept in this browser was damaged",
        text: `${plural(trouble.rows, "entry", "entries")} could not be read. Lists and counts were made anew from the messages${trouble.refetched ? `, and what ${host} still has is fetched again` : ""}. Everything else is untouched.`,
      };
    case "emptied":
      return {
        title: "The mail kept in this browser was cleared",
        text: `The browser, or somebody, cleared what Envoi had kept here. Mail is fetched again from ${host}. ${kept(trouble)}${lost(trouble, host)}`,
      };
  }
}

function kept({ drafts, waiting }: Extract<TroubleView, { kind: "emptied" }>): string {
  const parts = [
    ...(drafts === 0 ? [] : [plural(drafts, "draft", "drafts")]),
    ...(waiting === 0 ? [] : [plural(waiting, "unsent message", "unsent messages")]),
  ];
  return parts.length === 0
    ? "No drafts and no unsent messages were known to this tab. "
    : `This tab still had ${parts.join(" and ")}, and put them back. `;
}

function lost({ lost: n }: Extract<TroubleView, { kind: "emptied" }>, host: string): string {
  return n === 0
    ? ""
    : `${plural(n, "message was", "messages were")} only here and not on ${host}: lost.`;
}

export const storageWords = {
  reload: "Reload",
  tryAgain: "Try again",
  gotIt: "Got it",
  downloadMail: "Download mail",
  progress: (done: number, total: number) =>
    total === 0
      ? "Reading mail …"
      : `${numbers.format(done)} of ${numbers.format(Math.max(done, total))}`,
  stop: "Stop",
  noDownload: "The file could not be made. Try again.",
  serverKeeps: (host: string) => `${host} keeps mail`,
  archive: {
    none: "not at all: it has no archive",
    unknown: "not known yet",
    all: "everything, so far",
    expires: "for a while",
  },
  since: "Oldest mail there",
  here: "Messages in this browser",
  onlyHere: "Messages only in this browser",
  compared: "Compared with the server",
  used: "Space used",
  usedOf: (used: string, quota: string) => (quota === "" ? used : `${used} of ${quota}`),
  rejected: "Entries that could not be read",
  persisted: "Safe from clearing",
  isPersisted: "The browser has promised to keep this mail.",
  notPersisted:
    "The browser may clear this mail when space runs short. Installing Envoi as an app, or a bookmark, usually changes that.",
  askToKeep: "Ask the browser to keep it",
  copy: "A copy of your mail",
  copyHint: "One file in mbox format, for Thunderbird and other mail programs.",
  host: "Address",
  yes: "Yes",
  no: "No",
  notAsked: "Not known yet",
  maxMessage: "Largest message",
} as const;

type Ability = { name: string; without: string; lines: { server: string; code: string }[] };

export const serverAbility: Record<
  "archive" | "carbons" | "resumption" | "privateState" | "blocking",
  Ability
> = {
  archive: {
    name: "Keeps an archive",
    without: "Mail is kept in this browser only; other devices do not see older mail.",
    lines: [
      { server: "Prosody", code: 'modules_enabled = { "mam"; }\narchive_expires_after = "never"' },
      { server: "ejabberd", code: "modules:\n  mod_mam:\n    default: always" },
    ],
  },
  carbons: {
    name: "Shows what other devices send",
    without: "What you send from another device appears here after the next connection only.",
    lines: [
      { server: "Prosody", code: 'modules_enabled = { "carbons"; }' },
      { server: "ejabberd", code: "modules:\n  mod_carboncopy: {}" },
    ],
  },
  resumption: {
    name: "Confirms what it receives",
    without: "Envoi asks the server after each message instead; sending takes a little longer.",
    lines: [
      { server: "Prosody", code: 'modules_enabled = { "smacks"; }' },
      { server: "ejabberd", code: "modules:\n  mod_stream_mgmt: {}" },
    ],
  },
  privateState: {
    name: "Keeps private settings",
    without: "Nothing private is stored on the server; settings stay on this device.",
    lines: [
      { server: "Prosody", code: 'modules_enabled = { "pep"; }' },
      { server: "ejabberd", code: "modules:\n  mod_pubsub:\n    plugins: [flat, pep]" },
    ],
  },
  blocking: {
    name: "Blocks senders",
    without: "A sender cannot be blocked on the server.",
    lines: [
      { server: "Prosody", code: 'modules_enabled = { "blocklist"; }' },
      { server: "ejabberd", code: "modules:\n  mod_blocking: {}" },
    ],
  },
};

/** Bytes as people read them; nothing for what is not known. */
export function sizeOf(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toLocaleString("en", { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${units[unit] ?? ""}`;
}

export function whenOf(at: number): string {
  return dateOf(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
