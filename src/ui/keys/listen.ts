/** From a key to what it does. A chord is two keys within a second; what may follow the first is shown (hint-bar.tsx). */
import { createSignal, onCleanup } from "solid-js";
import { type ActionId, isAvailable, isRepeatable, runAction } from "./actions.ts";
import { actionsOf, chordsOf, isSingle, singleKeys } from "./key-map.ts";
import { strokeOf } from "./key-name.ts";

export const CHORD_MS = 1000;

/** The first key of a chord, while the second is waited for. */
const [chord, setChord] = createSignal<string>();
export { chord };
let timer: ReturnType<typeof setTimeout> | undefined;
/** By the time of the presses themselves: a page that was busy is no reason to forget the first. */
let begun: { first: string; at: number } | undefined;

/** What can follow a key that was pressed: only what somebody can do. */
export function followers(first: string): { key: string; id: ActionId }[] {
  return chordsOf(first).filter(({ id }) => isAvailable(id));
}

/** Listens while the owner lives. */
export function createKeys(): void {
  addEventListener("keydown", onKeyDown);
  onCleanup(() => {
    removeEventListener("keydown", onKeyDown);
    endChord();
  });
}

function endChord(): void {
  clearTimeout(timer);
  begun = undefined;
  setChord(undefined);
}

function beginChord(first: string, at: number): void {
  begun = { first, at };
  setChord(first);
  timer = setTimeout(() => setChord(undefined), CHORD_MS);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const stroke = strokeOf(event);
  if (stroke === undefined) return;
  const isInTime = begun !== undefined && event.timeStamp - begun.at <= CHORD_MS;
  const first = isInTime ? begun?.first : undefined;
  if (first !== undefined && event.repeat) return;
  endChord();
  const target = focusOf(event);
  if (isTaken(target, stroke)) return;
  const wanted = first === undefined ? stroke : `${first} ${stroke}`;
  const done = actionsOf(wanted).some(
    (id) => mayHere(id, target) && (!event.repeat || isRepeatable(id)) && runAction(id),
  );
  // The second key of a chord that is none does nothing of its own: "g" and "#" must not delete.
  const isWithin = first !== undefined;
  if (done || isWithin) return event.preventDefault();
  if (!event.repeat && isSingle(stroke) && followers(stroke).length > 0) {
    event.preventDefault();
    beginChord(stroke, event.timeStamp);
  }
}

/** A dialog that was closed just now keeps the focus until the browser has drawn again: nobody types there any more. */
function focusOf({ target }: KeyboardEvent): EventTarget | null {
  const isClosed = target instanceof Element && target.closest("dialog:not([open])") !== null;
  return isClosed ? null : target;
}

/** Where the key belongs to what has the focus, or to nobody. */
function isTaken(target: EventTarget | null, stroke: string): boolean {
  if (document.querySelector("dialog:modal") !== null) return true;
  if (isSingle(stroke) && !singleKeys()) return true;
  if (!(target instanceof Element)) return false;
  if (isSingle(stroke))
    return isTyping(target) || ((stroke === "Enter" || stroke === " ") && isPressable(target));
  return target.closest("[role=menu], [role=listbox]") !== null;
}

/** With other keys held down, one works in a field of one line too; a text is left alone. */
function mayHere(id: ActionId, target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || !isField(target)) return true;
  return id === "palette" && target instanceof HTMLInputElement;
}

/** Where a letter is text, or a widget's own. */
function isTyping(target: Element): boolean {
  return (
    target.closest("[role=dialog], [role=menu], [role=listbox]") !== null ||
    target instanceof HTMLSelectElement ||
    isField(target)
  );
}

function isField(target: Element): boolean {
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button"].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

/** Enter presses these. */
function isPressable(target: Element): boolean {
  return target.closest("a, button, summary, input, select, [role=separator]") !== null;
}
