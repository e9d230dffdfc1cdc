/** Buttons for what can be done, as icons with their names and keys. */
import { createMemo, For, Show, type JSX } from "solid-js";
import type { Place, UndoView } from "../../api/contract.ts";
import type { ActionId } from "../keys/actions.ts";
import { titleOf } from "../keys/key-map.ts";
import { triageWords, undoTitle } from "../words/triage.ts";
import { type Command, COMMANDS, isPossible, type Subject } from "./commands.ts";
import { CommandIcon, ToolIcon } from "./icons.tsx";
import "./triage.css";

const KEYS: Partial<Record<Command, ActionId>> = {
  archive: "archive",
  moveToInbox: "moveToInbox",
  notSpam: "notSpam",
  delete: "delete",
  deleteForever: "delete",
  spam: "spam",
  read: "read",
  unread: "unread",
  snooze: "snooze",
  move: "move",
  tag: "tag",
  mute: "mute",
  unmute: "mute",
};

export function CommandBar(props: {
  subject: Subject;
  place: Place;
  onCommand: (command: Command, event: MouseEvent) => void;
}): JSX.Element {
  const shown = createMemo(
    () => COMMANDS.filter((command) => isPossible(command, props.place, props.subject)),
    [],
    { equals: (a, b) => a.join() === b.join() },
  );
  return (
    <For each={shown()}>
      {(command) => (
        <button
          type="button"
          class="quiet tool"
          aria-label={triageWords[command]}
          title={titleOf(triageWords[command], KEYS[command] ?? "move")}
          onClick={(event) => props.onCommand(command, event)}
        >
          <CommandIcon command={command} />
        </button>
      )}
    </For>
  );
}

export function UndoButton(props: {
  newest: UndoView | undefined;
  onUndo: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="quiet tool tool-undo"
      aria-label={triageWords.undo}
      title={titleOf(undoTitle(props.newest ?? null), "undo")}
      disabled={props.newest === undefined || props.newest === null}
      onClick={() => props.onUndo()}
    >
      <ToolIcon name="undo" />
    </button>
  );
}

export function Progress(props: { text: string; done: number; total: number }): JSX.Element {
  return (
    <Show when={props.total > 0}>
      <span class="band-progress">
        <span>{props.text}</span>
        <progress aria-label={props.text} value={props.done} max={props.total} />
      </span>
    </Show>
  );
}
