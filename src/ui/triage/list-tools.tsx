/** Above the list: what can be done with what is chosen, and Undo. Below it: all of the place, and how far a long act is. */
import { createEffect, createMemo, onCleanup, onMount, Show, type JSX } from "solid-js";
import { insert } from "solid-js/web";
import type { RowView, TriageAct } from "../../api/contract.ts";
import { useApp } from "../context.ts";
import { createActions } from "../keys/actions.ts";
import type { ListHandle } from "../list/list.tsx";
import {
  deselect,
  isSelected,
  isSelecting,
  select,
  selectedOf,
  selectedTarget,
  selection,
  selectNone,
  selectWhole,
} from "../list/selection.ts";
import { late } from "../parts/late.tsx";
import { Over } from "../parts/over.tsx";
import { createQuery } from "../query.ts";
import { count } from "../words.ts";
import { progressText, triageWords } from "../words/triage.ts";
import { CommandBar, Progress, UndoButton } from "./command-bar.tsx";
import { createNewestUndo, forgetSteps } from "./acts.ts";
import { type Command, isLeaving, type Subject, subjectOf } from "./commands.ts";
import { createDragging } from "./drag.ts";
import { createTriageActions, perform, type Scene, undoNewest } from "./perform.ts";
import { endPicking, pick, picking } from "./picking.ts";
import { createTouch } from "./touch.tsx";

const Picker = late(async () => (await import("./picker.tsx")).Picker);

export function ListTools(props: { list: ListHandle }): JSX.Element {
  const { api } = useApp();
  // oxlint-disable-next-line solid/reactivity -- the list never changes
  const { list } = props;
  const progress = createQuery(api, "triageProgress", () => null);
  const rows = (): readonly RowView[] =>
    list.view()?.rows.filter(({ kind }) => kind === "conversation") ?? [];
  const total = () => list.view()?.total ?? 0;
  const chosen = createMemo((): Subject | undefined => {
    if (!isSelecting()) return undefined;
    const some = rows().filter(({ id }) => isSelected(id));
    return subjectOf(selectedTarget(list.place()), selectedOf(total()), some);
  });
  const scene: Scene = {
    api,
    place: () => list.place(),
    newestUndo: createNewestUndo(api),
    subject: () => chosen() ?? ofRow(list),
    before: (act) => forgetLeaving(act),
  };
  /** What leaves the list is not chosen any more. */
  function forgetLeaving(act: TriageAct): void {
    if (!isLeaving(act)) return;
    const target = scene.subject()?.on;
    if (selection().isAll) selectNone();
    else if (target !== undefined && "conversations" in target) deselect(target.conversations);
  }
  const choose = (isChosen: (row: RowView) => boolean) => (): void =>
    select(rows().flatMap((row) => (isChosen(row) ? [row.id] : [])));
  createTriageActions(scene);
  createActions({
    undo: () => undoNewest(scene),
    select: () => (list.isReading() && !list.hasFocus() ? false : list.toggleActive()),
    selectAll: choose(() => true),
    selectNone: () => selectNone(),
    selectRead: choose((row) => !row.unread),
    selectUnread: choose((row) => row.unread),
    selectStarred: choose((row) => row.starred === true),
    selectUnstarred: choose((row) => row.starred !== true),
  });
  onCleanup(forgetSteps);
  onCleanup(endPicking);
  createEscape();
  createEffect(() => {
    // Where the page knows all of the place, it knows what is not there any more.
    const view = list.view();
    if (view === undefined || view.rows.length < view.total || selection().isAll) return;
    const here = new Set(view.rows.map(({ id }) => id));
    const gone = [...selection().ids].filter((id) => !here.has(id));
    if (gone.length > 0) deselect(gone);
  });
  createEffect(() => {
    const element = list.element();
    if (element === undefined) return;
    onCleanup(createTouch(element, scene, list));
    onCleanup(createDragging(element, scene, list));
  });
  // Behind all that listens: what was done too early comes now.
  onMount(() => {
    Picker.ready();
    list.ready();
  });

  function onCommand(command: Command, event: MouseEvent): void {
    perform(scene, command);
    // By keyboard the focus was on a button that is gone with what it was for.
    if (event.detail === 0 && !isSelecting() && picking() === undefined) list.focusRow();
  }
  const band = (): JSX.Element => (
    <Show when={chosen() !== undefined || progress.value}>
      <div class="band">
        <Show when={progress.value} fallback={<Whole total={total()} name={list.name()} />}>
          {(now) => <Progress text={progressText(now())} done={now().done} total={now().total} />}
        </Show>
      </div>
    </Show>
  );
  putInto(list.foot(), band);
  // Beside the app: what is in a pane goes out of sight with it.
  const aside = document.createElement("div");
  document.body.append(aside);
  onCleanup(() => aside.remove());
  putInto(aside, () => (
    <Show when={picking()} keyed>
      {(what) => (
        <Over onClose={endPicking}>
          <Picker what={what} />
        </Over>
      )}
    </Show>
  ));
  const emptied = (): "trash" | "spam" | undefined => {
    const place = list.place();
    return (place === "trash" || place === "spam") && total() > 0 ? place : undefined;
  };
  function empty(): void {
    const subject = subjectOf({ place: list.place(), except: [] }, total(), rows());
    pick({ kind: "empty", scene, subject });
  }

  return (
    <>
      <Show when={chosen()}>
        {(subject) => (
          <span class="list-chosen" role="toolbar" aria-label={triageWords.toolbar}>
            <span class="list-count" role="status">
              <b>{count(subject().count)}</b> <span>{triageWords.selected}</span>
            </span>
            <span class="list-acts">
              <CommandBar subject={subject()} place={list.place()} onCommand={onCommand} />
            </span>
          </span>
        )}
      </Show>
      <Show when={chosen() === undefined && emptied()}>
        {(place) => (
          <button type="button" class="quiet danger" onClick={empty}>
            {triageWords.empty[place()]}
          </button>
        )}
      </Show>
      <UndoButton newest={scene.newestUndo()} onUndo={() => undoNewest(scene)} />
    </>
  );
}

/** As Solid's Portal, which every page would have to load. */
function putInto(element: HTMLElement, content: () => JSX.Element): void {
  insert(element, content);
  onCleanup(() => element.replaceChildren());
}

/** The row somebody is at, unless they are reading. */
function ofRow(list: ListHandle): Subject | undefined {
  if (list.isReading() && !list.hasFocus()) return undefined;
  const row = list.active();
  return row?.kind !== "conversation"
    ? undefined
    : subjectOf({ conversations: [row.id] }, 1, [row]);
}

/** From what the page knows of the place to all of it. */
function Whole(props: { total: number; name: string }): JSX.Element {
  return (
    <>
      <Show
        when={!selection().isAll}
        fallback={
          <span class="band-text">{triageWords.allIn(selectedOf(props.total), props.name)}</span>
        }
      >
        <button type="button" class="quiet band-all" onClick={selectWhole}>
          {triageWords.selectAllIn(props.total, props.name)}
        </button>
      </Show>
      <button type="button" class="quiet" onClick={selectNone}>
        {triageWords.clear}
      </button>
    </>
  );
}

/** Escape ends the choosing, wherever the focus is, unless something that is open wants it. */
function createEscape(): void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented || !isSelecting()) return;
    if (document.querySelector("dialog:modal, [role=dialog], [role=menu]") !== null) return;
    event.preventDefault();
    selectNone();
  };
  addEventListener("keydown", onKey);
  onCleanup(() => removeEventListener("keydown", onKey));
}
