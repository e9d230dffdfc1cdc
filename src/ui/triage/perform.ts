/** From a key or a button to an act, for the list and for the open conversation alike. */
import type { ApiClient } from "../../api/client.ts";
import type { Place, TriageAct, UndoView } from "../../api/contract.ts";
import { type ActionId, createActions, type Handlers } from "../keys/actions.ts";
import { triage, undo } from "./acts.ts";
import { ACT_OF, type Command, isPossible, removalFrom, type Subject } from "./commands.ts";
import { pick } from "./picking.ts";

export interface Scene {
  api: ApiClient;
  /** What is acted on now; undefined where that is somebody else's, or nothing. */
  subject(): Subject | undefined;
  place(): Place;
  newestUndo(): UndoView | undefined;
  /** Before it is done: `where` to go on. */
  before?(act: TriageAct, where?: "newer" | "older"): void;
}

/** Does it; false where it makes no sense here. */
export function perform(scene: Scene, command: Command): boolean {
  const subject = scene.subject();
  if (subject === undefined || !isPossible(command, scene.place(), subject)) return false;
  const act = ACT_OF[command];
  if (act !== undefined) return doAct(scene, subject, act);
  if (command === "deleteForever") pick({ kind: "forever", scene, subject });
  else if (command === "move" || command === "tag" || command === "snooze")
    pick({ kind: command, scene, subject });
  return true;
}

/** `more`: names for what is said and shown. */
export function doAct(
  scene: Scene,
  subject: Subject,
  act: TriageAct,
  more: { name?: string; folder?: string; tag?: Subject["tags"][number][number] } = {},
  where?: "newer" | "older",
): boolean {
  scene.before?.(act, where);
  void triage(scene.api, { act, on: subject.on, rows: subject.rows, ...more });
  return true;
}

/** What each act may turn out to be, by the state of the mail. */
const MEANS = {
  archive: ["archive"],
  delete: ["delete", "deleteForever"],
  spam: ["spam"],
  notSpam: ["notSpam"],
  read: ["read"],
  unread: ["unread"],
  snooze: ["snooze"],
  move: ["move"],
  tag: ["tag"],
  mute: ["mute", "unmute"],
  moveToInbox: ["moveToInbox"],
} as const satisfies Partial<Record<ActionId, readonly Command[]>>;

/** Keys of every act; one that makes no sense here is passed on, and not offered. */
export function createTriageActions(scene: Scene, more: Handlers = {}): void {
  for (const [id, commands] of Object.entries(MEANS) as [ActionId, readonly Command[]][])
    createActions({ [id]: () => commands.some((command) => perform(scene, command)) }, () => {
      const subject = scene.subject();
      return (
        subject !== undefined &&
        commands.some((command) => isPossible(command, scene.place(), subject))
      );
    });
  const star = (): boolean => {
    const subject = scene.subject();
    if (subject === undefined || scene.place() === "drafts") return false;
    return doAct(scene, subject, { do: subject.hasUnstarred ? "star" : "unstar" });
  };
  const remove = (): boolean => {
    const subject = scene.subject();
    const act = removalFrom(scene.place());
    return subject !== undefined && act !== undefined && doAct(scene, subject, act);
  };
  createActions({ removeFromView: remove, star, ...more }, () => scene.subject() !== undefined);
}

export function undoNewest(scene: Pick<Scene, "api" | "newestUndo">): boolean {
  if (scene.newestUndo() === null) return false;
  void undo(scene.api, scene.newestUndo());
  return true;
}
