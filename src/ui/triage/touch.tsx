/**
 * A finger on a row: held still it chooses the row, moved aside it swipes. What a swipe will do stands behind the row
 * from the start; moved back, it does nothing. Both have a button and a key as well.
 */
import { render } from "solid-js/web";
import type { ListHandle } from "../list/list.tsx";
import { isSelecting, toggleSelected } from "../list/selection.ts";
import { triageWords } from "../words/triage.ts";
import { isPossible, type Subject, subjectOf } from "./commands.ts";
import { CommandIcon } from "./icons.tsx";
import { perform, type Scene } from "./perform.ts";
import { type Side, type Swipe, swipeTo } from "./swipe-choice.ts";

const HOLD_MS = 500;
/** A finger is never quite still. px */
const STILL = 10;
/** From here on letting go does it. px */
const FAR = 96;
const BACK_MS = 120;
const SWALLOW_MS = 400;

type Touch = {
  id: number;
  row: HTMLElement;
  index: number;
  x: number;
  y: number;
  timer: ReturnType<typeof setTimeout>;
  hint?: { element: HTMLElement; dispose: () => void; side: Side; swipe: Swipe };
};

/** Until it is stopped. */
export function createTouch(element: HTMLElement, scene: Scene, list: ListHandle): () => void {
  let touch: Touch | undefined;
  const ofRow = (index: number): Subject | undefined => {
    const view = list.view();
    const row = view?.rows[index - view.offset];
    return row?.kind === "conversation"
      ? subjectOf({ conversations: [row.id] }, 1, [row])
      : undefined;
  };
  /** A page that was busy hears of the finger's moves just before a frame: one that moved did not rest. */
  const held = (still: Touch): void => {
    if (touch !== still || still.hint !== undefined) return;
    const subject = ofRow(still.index);
    if (subject === undefined || !("conversations" in subject.on)) return;
    toggleSelected(subject.on.conversations[0] ?? "", still.index);
    navigator.vibrate?.(10);
    swallowClick();
    touch = undefined;
  };
  const onDown = (event: PointerEvent): void => {
    if (event.pointerType !== "touch") return;
    if (touch !== undefined) return cancel();
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>(".row") : null;
    if (row?.dataset["kind"] !== "conversation") return;
    const begun: Touch = {
      id: event.pointerId,
      row,
      index: Number(row.dataset["index"]),
      x: event.clientX,
      y: event.clientY,
      timer: setTimeout(() => requestAnimationFrame(() => held(begun)), HOLD_MS),
    };
    touch = begun;
  };
  const onMove = (event: PointerEvent): void => {
    if (touch?.id !== event.pointerId) return;
    const [dx, dy] = [event.clientX - touch.x, event.clientY - touch.y];
    if (Math.max(Math.abs(dx), Math.abs(dy)) < STILL && touch.hint === undefined) return;
    clearTimeout(touch.timer);
    if (touch.hint === undefined && (Math.abs(dy) > Math.abs(dx) || isSelecting())) {
      touch = undefined;
      return;
    }
    const side: Side = dx > 0 ? "right" : "left";
    if (touch.hint?.side !== side) showHint(touch, side);
    touch.row.style.translate = touch.hint === undefined ? "" : `${dx}px 0`;
    touch.hint?.element.toggleAttribute("data-far", Math.abs(dx) >= FAR);
  };
  function showHint(now: Touch, side: Side): void {
    now.hint?.dispose();
    delete now.hint;
    const swipe = swipeTo(side);
    const subject = ofRow(now.index);
    if (subject === undefined || !isPossible(swipe, scene.place(), subject)) return;
    capture(now.row, now.id);
    now.row.classList.add("swiped");
    now.hint = hintBehind(now.row, side, swipe);
  }
  const onUp = (event: PointerEvent): void => {
    const done = touch;
    if (done?.id !== event.pointerId) return;
    clearTimeout(done.timer);
    touch = undefined;
    if (done.hint === undefined) return;
    swallowClick();
    const isFar = Math.abs(event.clientX - done.x) >= FAR && event.type === "pointerup";
    const { swipe } = done.hint;
    putBack(done);
    const subject = ofRow(done.index);
    if (isFar && subject !== undefined) perform({ ...scene, subject: () => subject }, swipe);
  };
  const cancel = (): void => {
    if (touch === undefined) return;
    clearTimeout(touch.timer);
    putBack(touch);
    touch = undefined;
  };
  element.addEventListener("pointerdown", onDown);
  element.addEventListener("pointermove", onMove);
  element.addEventListener("pointerup", onUp);
  element.addEventListener("pointercancel", onUp);
  const onMenu = (event: Event): void => {
    // The long press is taken.
    if (touch !== undefined || isSelecting()) event.preventDefault();
  };
  if (matchMedia("(pointer: coarse)").matches) element.addEventListener("contextmenu", onMenu);
  return () => {
    cancel();
    element.removeEventListener("pointerdown", onDown);
    element.removeEventListener("pointermove", onMove);
    element.removeEventListener("pointerup", onUp);
    element.removeEventListener("pointercancel", onUp);
    element.removeEventListener("contextmenu", onMenu);
  };
}

/** A finger that was lifted before this part was here (list.tsx keeps what it did) can be captured no more. */
function capture(row: HTMLElement, pointer: number): void {
  try {
    row.setPointerCapture(pointer);
  } catch {
    // It is gone.
  }
}

function putBack({ row, hint }: Touch): void {
  row.style.translate = "";
  row.classList.add("back");
  setTimeout(() => {
    row.classList.remove("swiped", "back");
    hint?.dispose();
  }, BACK_MS);
}

/** The click that follows a finger that held or swiped is none; one of the next finger is. */
function swallowClick(): void {
  const swallow = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  const stop = (): void => {
    removeEventListener("click", swallow, { capture: true });
    removeEventListener("pointerdown", stop, { capture: true });
  };
  addEventListener("click", swallow, { capture: true, once: true });
  addEventListener("pointerdown", stop, { capture: true, once: true });
  setTimeout(stop, SWALLOW_MS);
}

function hintBehind(row: HTMLElement, side: Side, swipe: Swipe): NonNullable<Touch["hint"]> {
  const element = document.createElement("div");
  element.className = "swipe-hint";
  element.dataset["side"] = side;
  element.dataset["swipe"] = swipe;
  element.style.transform = row.style.transform;
  row.before(element);
  const stop = render(
    () => (
      <span>
        <CommandIcon command={swipe} /> {triageWords[swipe]}
      </span>
    ),
    element,
  );
  const dispose = (): void => {
    stop();
    element.remove();
  };
  return { element, dispose, side, swipe };
}
