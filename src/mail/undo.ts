/** What a step that can be taken back is called. */
import type { TriageAct } from "./triage.ts";

export type UndoableAct =
  | Exclude<TriageAct["do"], "move" | "tag" | "star-message" | "empty-folder" | "delete-forever">
  | "archive"
  | "trash"
  | "spam"
  | "inbox"
  | "move"
  | "tag"
  | "untag"
  | "delete-label"
  | "change-label"
  | "discard-draft";

/** undefined: it cannot be taken back. */
export function nameOfAct(act: TriageAct): UndoableAct | undefined {
  switch (act.do) {
    case "move":
      return act.to === "archive" || act.to === "trash" || act.to === "spam" || act.to === "inbox"
        ? act.to
        : "move";
    case "tag":
      return act.on ? "tag" : "untag";
    case "star-message":
      return act.on ? "star" : "unstar";
    case "delete-forever":
      return undefined;
    case "empty-folder":
      return "delete-label";
    default:
      return act.do;
  }
}
