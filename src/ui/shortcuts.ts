/**
 * Keys of the whole page. A key means the Latin letter where the layout has one, else the letter at that place of a
 * QWERTY keyboard, so that it works on Cyrillic, Greek and Hebrew layouts too. The handler registered last wins.
 */
import { createSignal, onCleanup, onMount } from "solid-js";
import { keep, readKept } from "./page-storage.ts";

const KEPT = "envoi-single-keys";
const CHORD_MS = 1000;

const [singleKeys, setSignal] = createSignal(readKept("localStorage", KEPT) !== "off");
export { singleKeys };

export function setSingleKeys(on: boolean): void {
  keep("localStorage", KEPT, on ? "on" : "off");
  setSignal(on);
}

type Handler = () => boolean | void;
const handlers: { keys: Record<string, Handler> }[] = [];
let chord: { key: string; at: number } | undefined;
let listening = false;

/** Keys while the owner lives: "j", "Enter", "g i" (a chord). A handler that returns false passes the key on. */
export function createShortcuts(keys: Record<string, Handler>): void {
  const entry = { keys };
  onMount(() => {
    handlers.push(entry);
    if (!listening) {
      listening = true;
      addEventListener("keydown", onKeyDown);
    }
  });
  onCleanup(() => {
    const index = handlers.indexOf(entry);
    if (index >= 0) handlers.splice(index, 1);
  });
}

/** The name of the key a person meant: "a", "A", "?", "#", "Enter". */
export function keyName(event: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string {
  const { key, code } = event;
  if (key.length > 1 || /^[\u0021-\u007E]$/.test(key)) return key;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return event.shiftKey ? letter : letter.toLowerCase();
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return event.shiftKey ? (SHIFTED[Number(digit)] ?? digit) : digit;
  if (code === "Slash") return event.shiftKey ? "?" : "/";
  return code === "Semicolon" ? (event.shiftKey ? ":" : ";") : key;
}

const SHIFTED = [")", "!", "@", "#", "$", "%", "^", "&", "*", "("];

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
    return;
  if (!singleKeys() || isTyping(event.target)) return;
  const key = keyName(event);
  const first = chord !== undefined && Date.now() - chord.at < CHORD_MS ? chord.key : undefined;
  chord = undefined;
  if (first !== undefined && act(`${first} ${key}`)) return event.preventDefault();
  if (act(key)) return event.preventDefault();
  if (handlers.some(({ keys }) => Object.keys(keys).some((k) => k.startsWith(`${key} `)))) {
    chord = { key, at: Date.now() };
  }
}

function act(key: string): boolean {
  for (let i = handlers.length - 1; i >= 0; i--) {
    const handler = handlers[i]?.keys[key];
    if (handler !== undefined && handler() !== false) return true;
  }
  return false;
}

/** Where a letter is text, or a widget's own. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("dialog[open], [role=dialog], [role=menu], [role=listbox]") !== null)
    return true;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button"].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target.isContentEditable
  );
}
