/** What a person does in a schedule, as the product's commands have it. */
import type { PreferenceName, Preferences } from "../../../src/mail/preferences.ts";
import type { TriageAct } from "../../../src/mail/triage.ts";
import type { ActName } from "./schedule.ts";

/** After everything a schedule does: nobody wakes up meanwhile. Epoch ms. */
const SNOOZED_UNTIL = Date.UTC(2066, 0, 5);

type KnownLabel = { id: string; kind: "tag" | "folder" };

/** Undefined where it needs a tag or folder, and there is none. */
export function actNamed(name: ActName, labels: readonly KnownLabel[]): TriageAct | undefined {
  switch (name) {
    case "archive":
    case "trash":
    case "inbox":
    case "spam":
      return { do: "move", to: name };
    case "gone":
      return { do: "delete-forever" };
    case "snooze":
      return { do: "snooze", until: SNOOZED_UNTIL };
    case "tag":
    case "untag":
    case "file": {
      const kind = name === "file" ? "folder" : "tag";
      const label = labels.find((one) => one.kind === kind);
      if (label === undefined) return undefined;
      return name === "file"
        ? { do: "move", to: label.id }
        : { do: "tag", tag: label.id, on: name === "tag" };
    }
    default:
      return { do: name };
  }
}

export const LABEL_NAMES = ["Work", "Home", "Travel", "Bills", "Club"];

type Choice = {
  [N in PreferenceName]: { name: N; value: NonNullable<Preferences[N]> };
}[PreferenceName];

export const CHOICES: readonly Choice[] = [
  { name: "afterArchiving", value: "newer" },
  { name: "afterArchiving", value: "older" },
  { name: "answersIn", value: "window" },
  { name: "answersIn", value: "conversation" },
  { name: "spelling", value: false },
  { name: "spelling", value: true },
  { name: "chatsAsMail", value: true },
  { name: "chatsAsMail", value: false },
];
