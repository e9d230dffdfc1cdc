/** Words for putting right and taking back what was sent. */
import type { Person } from "../../api/contract.ts";
import { isolated } from "../../base/isolated.ts";
import { plural } from "../words.ts";

/** More are counted. */
const MAX_NAMED = 3;

export const ownMailWords = {
  edit: "Edit message",
  retract: "Retract",
  notEditable: "It cannot be edited any more",
  editNote: "Editing a sent message",
  editText:
    "The new text takes the place of the old one, which stays readable. Apps that do not know corrections show it as a second message.",
  retractTitle: "Retract this message?",
  retractText: (people: readonly Person[]): string =>
    `The apps of ${namesOf(people)} are asked to hide it. That cannot undo that it was read, and an app that does not know retractions goes on showing it.`,
  retractKept: "What it said stays in your own mailbox, marked as retracted.",
  retracted: "Retracted",
} as const;

function namesOf(people: readonly Person[]): string {
  const names = people.slice(0, MAX_NAMED).map((person) => isolated(person.name));
  const more = people.length - names.length;
  const all = more > 0 ? [...names, plural(more, "other", "others")] : names;
  const last = all.pop() ?? "";
  return all.length === 0 ? last : `${all.join(", ")} and ${last}`;
}
