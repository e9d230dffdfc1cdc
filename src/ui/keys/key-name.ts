/**
 * What a person meant by a key: the character where the layout has a Latin letter or a sign of ASCII, else the character
 * at that place of a QWERTY keyboard, so that a key means the same on Cyrillic, Greek and Hebrew layouts.
 */
export type KeyPress = Pick<KeyboardEvent, "key" | "code" | "shiftKey"> &
  Partial<Pick<KeyboardEvent, "ctrlKey" | "altKey" | "metaKey" | "getModifierState">>;

const MODIFIERS = new Set([
  "Shift",
  "Control",
  "Alt",
  "Meta",
  "AltGraph",
  "CapsLock",
  "Fn",
  "NumLock",
  "Dead",
  "Process",
  "Unidentified",
]);

/** Alone and with Shift, by place. */
const PLACES: Record<string, string> = {
  Minus: "-_",
  Equal: "=+",
  BracketLeft: "[{",
  BracketRight: "]}",
  Backslash: "\\|",
  Semicolon: ";:",
  Quote: "'\"",
  Comma: ",<",
  Period: ".>",
  Slash: "/?",
  Backquote: "`~",
};
const SHIFTED_DIGITS = ")!@#$%^&*(";

/** Letters and signs of scripts beyond Latin and Greek's neighbours; "№" stands where QWERTY has "#". */
const FOREIGN = /^[\u0370-\u1FFF\u2116\u2C00-\u{10FFFF}]$/u;

/** "a", "A", "?", "#", "Enter". */
export function keyName({ key, code, shiftKey }: KeyPress): string {
  if (/^[a-z]$/i.test(key)) return shiftKey ? key.toUpperCase() : key.toLowerCase();
  // Accented letters are Latin letters: "é" is no digit, and "ö" no semicolon, though they stand in their place.
  if (!FOREIGN.test(key) || /^\p{Script=Latin}$/u.test(key)) return key;
  return atPlace(code, shiftKey) ?? key;
}

function atPlace(code: string, shiftKey: boolean): string | undefined {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shiftKey ? letter : letter.toLowerCase();
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return shiftKey ? SHIFTED_DIGITS[Number(digit)] : digit;
  return PLACES[code]?.[shiftKey ? 1 : 0];
}

/**
 * A key with what was held down, as key-map.ts writes it: "e", "E", "Shift+Delete", "Mod+k" (Ctrl or Command), "Alt+q",
 * "Ctrl+Meta+a". Undefined for a key that only changes others.
 */
export function strokeOf(press: KeyPress): string | undefined {
  if (MODIFIERS.has(press.key)) return undefined;
  // How many layouts type "#" and "[": Windows calls AltGr Ctrl and Alt, a Mac has Option for it.
  const isTyped =
    press.getModifierState?.("AltGraph") === true ||
    (press.altKey === true && isMac && /^[!-/:-@[-`{-~]$/.test(press.key));
  const held = heldOf(press, isTyped);
  if (held.length === 0) {
    const name = keyName(press);
    return name.length > 1 && press.shiftKey ? `Shift+${name}` : name;
  }
  // Option types other characters on a Mac: the place says what is meant.
  const isOther = press.altKey === true && !/^[!-~]$/.test(press.key) && press.key.length === 1;
  const name = (isOther ? atPlace(press.code, false) : undefined) ?? keyName(press);
  if (press.shiftKey && (name.length > 1 || /^[a-z]$/i.test(name))) held.push("Shift");
  return [...held, name.length === 1 ? name.toLowerCase() : name].join("+");
}

function heldOf(press: KeyPress, isTyped: boolean): string[] {
  if (isTyped) return [];
  const { ctrlKey = false, metaKey = false, altKey = false } = press;
  const held = ctrlKey && metaKey ? ["Ctrl", "Meta"] : ctrlKey || metaKey ? ["Mod"] : [];
  return altKey ? [...held, "Alt"] : held;
}

/** Command there, Ctrl elsewhere. */
export const isMac = /Mac|iP(hone|ad)/.test(globalThis.navigator?.platform ?? "");

/** A chord as caps to be shown, stroke by stroke: ["g", "i"], ["Ctrl+K"], ["⌘K"]. */
export function capsOf(keys: string): string[] {
  return keys.split(" ").map(capOf);
}

const CAPS: Record<string, string> = {
  Mod: "Ctrl",
  Escape: "Esc",
  Delete: "Del",
  ArrowDown: "↓",
  ArrowUp: "↑",
};
const MAC_CAPS: Record<string, string> = {
  Mod: "⌘",
  Meta: "⌘",
  Ctrl: "⌃",
  Alt: "⌥",
  Shift: "⇧",
  Delete: "⌦",
  Backspace: "⌫",
  Enter: "↩",
};

function capOf(stroke: string): string {
  // "+" is a key as well.
  const parts = stroke.split(/\+(?=.)/);
  const last = parts.at(-1) ?? "";
  const isLetter = /^[a-z]$/i.test(last);
  if (parts.length === 1) return /^[A-Z]$/.test(last) ? `Shift+${last}` : named(last);
  const caps = parts.map((part) => (isLetter && part === last ? part.toUpperCase() : named(part)));
  return isMac ? caps.join("") : caps.join("+");
}

function named(part: string): string {
  return (isMac ? MAC_CAPS[part] : undefined) ?? CAPS[part] ?? part;
}
