/** Dragging rows onto folders, tags and mailboxes of the sidebar: on top of the pickers, never instead of them. */
import type { Place, TriageAct } from "../../api/contract.ts";
import { shownLine } from "../../base/display.ts";
import { labelOfPlace } from "../../mail/place.ts";
import type { ListHandle } from "../list/list.tsx";
import { isSelected } from "../list/selection.ts";
import { triageWords } from "../words/triage.ts";
import { type Subject, subjectOf } from "./commands.ts";
import { doAct, type Scene } from "./perform.ts";

const MAX_TITLE = 60;

/** Until it is stopped. */
export function createDragging(element: HTMLElement, scene: Scene, list: ListHandle): () => void {
  let dragged: Subject | undefined;
  let over: HTMLElement | undefined;
  const mark = (target: HTMLElement | undefined): void => {
    if (over === target) return;
    over?.classList.remove("drop");
    over = target;
    over?.classList.add("drop");
  };
  /** Only what is touched by a mouse: a finger that moves scrolls or swipes. */
  const onPointerDown = ({ target, pointerType }: PointerEvent): void => {
    const row = target instanceof Element ? target.closest<HTMLElement>(".row") : null;
    if (row !== null) row.draggable = pointerType === "mouse";
  };
  const onDragStart = (event: DragEvent): void => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>(".row") : null;
    dragged = row === null ? undefined : ofRow(Number(row.dataset["index"]), scene, list);
    if (dragged === undefined || event.dataTransfer === null) return;
    const title = titleOf(dragged);
    event.dataTransfer.clearData();
    event.dataTransfer.setData("text/plain", title);
    event.dataTransfer.effectAllowed = "move";
    const image = document.createElement("div");
    image.className = "drag-image";
    image.textContent = title;
    document.body.append(image);
    event.dataTransfer.setDragImage(image, -12, -8);
    // The browser has its picture of it after this turn.
    setTimeout(() => image.remove());
  };
  const onDragOver = (event: DragEvent): void => {
    const target = dragged === undefined ? undefined : targetOf(event, scene.place());
    mark(target?.element);
    if (target !== undefined) event.preventDefault();
  };
  const onDrop = (event: DragEvent): void => {
    const target = dragged === undefined ? undefined : targetOf(event, scene.place());
    if (target === undefined || dragged === undefined) return;
    event.preventDefault();
    doAct({ ...scene, subject: () => dragged }, dragged, target.act, target.more);
    onEnd();
  };
  const onEnd = (): void => {
    dragged = undefined;
    mark(undefined);
  };
  element.addEventListener("pointerdown", onPointerDown);
  element.addEventListener("dragstart", onDragStart);
  document.addEventListener("dragover", onDragOver);
  document.addEventListener("drop", onDrop);
  document.addEventListener("dragend", onEnd);
  return () => {
    element.removeEventListener("pointerdown", onPointerDown);
    element.removeEventListener("dragstart", onDragStart);
    document.removeEventListener("dragover", onDragOver);
    document.removeEventListener("drop", onDrop);
    document.removeEventListener("dragend", onEnd);
  };
}

/** All that is chosen where the row is among it, else the row. */
function ofRow(index: number, scene: Scene, list: ListHandle): Subject | undefined {
  const view = list.view();
  const row = view?.rows[index - view.offset];
  if (row?.kind !== "conversation") return undefined;
  return isSelected(row.id) ? scene.subject() : subjectOf({ conversations: [row.id] }, 1, [row]);
}

function titleOf({ count, rows }: Subject): string {
  return triageWords.dragged(count, shownLine(rows[0]?.subject ?? "", MAX_TITLE) || "…");
}

type Target = {
  element: HTMLElement;
  act: TriageAct;
  more: { name?: string; folder?: string; tag?: { id: string; name: string; hue: number } };
};

/** What a drop there would do. */
function targetOf({ target }: DragEvent, from: Place): Target | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>("[data-place]") : null;
  const place = element?.dataset["place"] as Place | undefined;
  if (element === null || place === undefined || place === from) return undefined;
  const name = element.dataset["name"] ?? "";
  const label = labelOfPlace(place);
  if (label?.kind === "tag") {
    const tag = { id: label.id, name, hue: Number(element.dataset["hue"] ?? 0) };
    return { element, act: { do: "tag", tag: label.id, on: true }, more: { name, tag } };
  }
  if (label?.kind === "folder")
    return { element, act: { do: "move", to: label.id }, more: { name, folder: name } };
  if (place === "starred") return { element, act: { do: "star" }, more: {} };
  return place === "inbox" || place === "archive" || place === "spam" || place === "trash"
    ? { element, act: { do: "move", to: place }, more: {} }
    : undefined;
}
