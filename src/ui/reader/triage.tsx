/** What can be done with the open conversation: the same as in the list, and then on to the next. */
import { createMemo, createSignal, For, Show, type JSX } from "solid-js";
import type { ConversationView, Place, TriageAct } from "../../api/contract.ts";
import { useApp } from "../context.ts";
import { titleOf } from "../keys/key-map.ts";
import { isSelecting } from "../list/selection.ts";
import { TagChip } from "../parts/tag-chip.tsx";
import { soonTime } from "../time.ts";
import { createNewestUndo } from "../triage/acts.ts";
import { CommandBar, UndoButton } from "../triage/command-bar.tsx";
import type { Subject } from "../triage/commands.ts";
import { ToolIcon } from "../triage/icons.tsx";
import { createTriageActions, doAct, perform, type Scene, undoNewest } from "../triage/perform.ts";
import { words as listWords } from "../words.ts";

type Found = Extract<ConversationView, { state: "found" }>;

/** `onDone`: it was dealt with; `where` to go on, if that was said. */
export function createReaderTriage(of: {
  view: () => Found | undefined;
  place: () => Place;
  onDone: (act: TriageAct, where: "newer" | "older" | undefined) => void;
}): { scene: Scene; subject: () => Subject | undefined } {
  const { api } = useApp();
  const subject = createMemo((): Subject | undefined => {
    const view = of.view();
    return view === undefined ? undefined : subjectOfView(view);
  });
  const scene: Scene = {
    api,
    place: () => placeOf(of.view(), of.place()),
    newestUndo: createNewestUndo(api),
    // What is chosen in the list is meant before what is read, and so is a row that somebody went to.
    subject: () => (isSelecting() || isInList() ? undefined : subject()),
    before: (act, where) => of.onDone(act, where),
  };
  const archive = (where: "newer" | "older") => (): boolean => {
    const now = scene.subject();
    return now !== undefined && doAct(scene, now, { do: "move", to: "archive" }, {}, where);
  };
  createTriageActions(scene, {
    archiveAndNewer: archive("newer"),
    archiveAndOlder: archive("older"),
  });
  // A button means what it stands over.
  return { scene: { ...scene, subject }, subject };
}

function isInList(): boolean {
  const row = document.activeElement?.closest(".list .row");
  return row !== null && row !== undefined && row.getAttribute("aria-current") !== "true";
}

/** An address leads to it from everywhere: what lies in Trash alone is dealt with as what does. */
function placeOf(view: Found | undefined, place: Place): Place {
  const [only, ...others] = view?.folders ?? [];
  return others.length === 0 && (only === "spam" || only === "trash") ? only : place;
}

function subjectOfView(view: Found): Subject {
  return {
    on: { conversations: [view.id] },
    count: 1,
    rows: [],
    hasUnread: false,
    hasRead: true,
    hasMuted: view.muted,
    hasUnmuted: !view.muted,
    hasUnstarred: !view.starred,
    isSnoozed: view.snoozedUntil !== undefined,
    tags: [view.tags],
    folders: view.folders,
  };
}

export function ReaderActs(props: { scene: Scene; subject: Subject }): JSX.Element {
  return (
    <span class="reader-acts">
      <CommandBar
        subject={props.subject}
        place={props.scene.place()}
        onCommand={(command) => perform(props.scene, command)}
      />
    </span>
  );
}

/** Where the list with its Undo is out of sight. */
export function ReaderUndo(props: { scene: Scene }): JSX.Element {
  return (
    <span class="reader-undo">
      <UndoButton newest={props.scene.newestUndo()} onUndo={() => undoNewest(props.scene)} />
    </span>
  );
}

export function StarButton(props: { scene: Scene; subject: Subject }): JSX.Element {
  // Before the worker has said so.
  const [own, setOwn] = createSignal<{ of: Subject; isOn: boolean }>();
  const isOn = () => {
    const said = own();
    return said?.of === props.subject ? said.isOn : !props.subject.hasUnstarred;
  };
  return (
    <button
      type="button"
      class="quiet tool reader-star"
      aria-label={listWords.star}
      aria-pressed={isOn()}
      title={titleOf(listWords.star, "star")}
      onClick={() => {
        const next = !isOn();
        setOwn({ of: props.subject, isOn: next });
        doAct(props.scene, props.subject, { do: next ? "star" : "unstar" });
      }}
    >
      <ToolIcon name="starred" />
    </button>
  );
}

/** Under the subject: its tags, and what else was said of it. */
export function ReaderMarks(props: { view: Found; now: number }): JSX.Element {
  const marks = (): string[] => [
    ...(props.view.snoozedUntil === undefined
      ? []
      : [listWords.snoozedUntil(soonTime(props.view.snoozedUntil, props.now))]),
    ...(props.view.muted ? [listWords.muted] : []),
  ];
  return (
    <Show when={props.view.tags.length + marks().length > 0}>
      <p class="reader-marks">
        <For each={props.view.tags}>{(tag) => <TagChip tag={tag} />}</For>
        <For each={marks()}>{(mark) => <span class="row-mark">{mark}</span>}</For>
      </p>
    </Show>
  );
}
