/** Words about this browser's storage: loaded when there is something to say. */
import type { NoStorageProblem, TroubleView } from "../../api/contract.ts";

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
    text: "Its storage for Envoi does not answer yet. This page goes on by itself when it does. If it takes more than a minute, restart the browser; nothing is lost.",
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
} as const;
