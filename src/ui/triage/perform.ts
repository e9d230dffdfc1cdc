/** From a key or a button to an act, for the list and for the open conversation alike. */
import type { ApiClient } from "../../api/client.ts";
import type { Place, TriageAct, UndoView } from "../../api/contract.ts";
import { createActions, type Handlers } from "../keys/actions.ts";
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

/** Keys of every act; a key that makes no sense here is passed on. */
export function createTriageActions(scene: Scene, more: Handlers = {}): void {
  const run = (command: Command) => (): boolean => perform(scene, command);
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
  createActions(
    {
      archive: run("archive"),
      delete: () => perform(scene, "delete") || perform(scene, "deleteForever"),
      spam: run("spam"),
      notSpam: run("notSpam"),
      read: run("read"),
      unread: run("unread"),
      snooze: run("snooze"),
      move: run("move"),
      tag: run("tag"),
      mute: () => perform(scene, "mute") || perform(scene, "unmute"),
      moveToInbox: run("moveToInbox"),
      removeFromView: remove,
      star,
      ...more,
    },
    () => scene.subject() !== undefined,
  );
}

export function undoNewest(scene: Pick<Scene, "api" | "newestUndo">): boolean {
  if (scene.newestUndo() === null) return false;
  void undo(scene.api, scene.newestUndo());
  return true;
}
