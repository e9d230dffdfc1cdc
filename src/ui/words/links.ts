/** Words about where links lead: loaded with the reader. */
import type { LinkDoubt } from "../../mail/link-check.ts";

export const linkWords = {
  ask: "Open this link?",
  refused: "This link is not opened",
  refusedText: (scheme: string) =>
    scheme === ""
      ? "It is no address Envoi can open."
      : `Links that begin with “${scheme}” are not opened from a message: they can run programs or show forged pages.`,
  leadsTo: "It leads to",
  inLetters: "In other letters",
  wholeAddress: "Whole address",
  open: "Open",
  copy: "Copy link",
  copied: "Link copied",
  notCopied: "The browser did not let the link be copied",
  cancel: "Cancel",
} as const;

/** Why a link is not simply opened: one sentence each. */
export function doubtText(doubt: LinkDoubt): string {
  switch (doubt.kind) {
    case "user-info":
      return doubt.shown === ""
        ? "What stands before the “@” is no website."
        : `“${doubt.shown}” stands before the “@” and is no website.`;
    case "look-alike":
      return `It looks like “${doubt.looksLike}” and is written with other letters.`;
    case "mixed-letters":
      return "Its name mixes letters of several alphabets that look alike.";
    case "foreign-letters":
      return "Its name has letters beyond a to z; check that it is the one you mean.";
    case "other-host":
      return `The text names “${doubt.named}”, and the link leads elsewhere.`;
    case "hidden":
      return "It contains characters that hide how it reads.";
    case "number":
      return "It leads to a number, not to a name.";
    case "telephone":
      return "Your device may call this number.";
  }
}
