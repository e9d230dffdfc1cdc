/** Keys of five layouts, as browsers tell them: `key` is what the layout types, `code` where it is. */
import { describe, expect, test } from "vitest";
import { ACTION_IDS, ACTIONS } from "../../src/ui/keys/actions.ts";
import { type KeyPress, strokeOf } from "../../src/ui/keys/key-name.ts";

const CODES =
  "KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK " +
  "KeyL Semicolon KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash";
const ROW = CODES.split(" ");

/** What the keys of ROW type, alone and with Shift, and with Shift the digits 1 to 0; "." in the place of a dead key. */
const LAYOUTS = {
  qwerty: {
    plain: "qwertyuiop[]asdfghjkl;zxcvbnm,./",
    shifted: "QWERTYUIOP{}ASDFGHJKL:ZXCVBNM<>?",
    digits: "!@#$%^&*()",
  },
  cyrillic: {
    plain: "йцукенгшщзхъфывапролджячсмитьбю.",
    shifted: "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЯЧСМИТЬБЮ,",
    digits: '!"№;%:?*()',
  },
  greek: {
    plain: ";ςερτυθιοπ[]ασδφγηξκλ\u0000ζχψωβνμ,./",
    shifted: ":ΣΕΡΤΥΘΙΟΠ{}ΑΣΔΦΓΗΞΚΛ\u0000ΖΧΨΩΒΝΜ<>?",
    digits: "!@#$%^&*()",
  },
  hebrew: {
    plain: "/'קראטוןםפ][שדגכעיחלךףזסבהנמצתץ.",
    shifted: "QWERTYUIOP}{ASDFGHJKL:ZXCVBNM><?",
    digits: "!@#$%^&*)(",
  },
  azerty: {
    plain: "azertyuiop\u0000$qsdfghjklmwxcvbn,;:!",
    shifted: "AZERTYUIOP\u0000£QSDFGHJKLMWXCVBN?./§",
    digits: "1234567890",
  },
  dvorak: {
    plain: "',.pyfgcrl/=aoeuidhtns;qjkxbmwvz",
    shifted: '"<>PYFGCRL?+AOEUIDHTNS:QJKXBMWVZ',
    digits: "!@#$%^&*()",
  },
} as const;
type Layout = keyof typeof LAYOUTS;

function press(key: string, code: string, shiftKey: boolean): KeyPress {
  return { key, code, shiftKey, ctrlKey: false, altKey: false, metaKey: false };
}

/** Every press of a layout that types something at once. */
function presses(layout: Layout): KeyPress[] {
  const { plain, shifted, digits } = LAYOUTS[layout];
  return [
    ...ROW.map((code, index) => press(plain[index] ?? "", code, false)),
    ...ROW.map((code, index) => press(shifted[index] ?? "", code, true)),
    ...digits.split("").map((key, index) => press(key, `Digit${(index + 1) % 10}`, true)),
    press("_", "Minus", true),
  ].filter(({ key }) => key !== "\u0000");
}

/** On AZERTY these are typed with AltGr or stand on keys of their own. */
const ELSEWHERE: Partial<Record<Layout, KeyPress[]>> = {
  azerty: [
    { ...press("#", "Digit3", false), ctrlKey: true, altKey: true, getModifierState: () => true },
    { ...press("[", "Digit5", false), ctrlKey: true, altKey: true, getModifierState: () => true },
    { ...press("]", "Minus", false), ctrlKey: true, altKey: true, getModifierState: () => true },
    press("*", "Backslash", false),
  ],
  dvorak: [press("[", "Minus", false), press("]", "Equal", false)],
  cyrillic: [press("/", "Backslash", true)],
  hebrew: [press(",", "Quote", false)],
};

const ALL = [...new Set(ACTION_IDS.flatMap((id) => ACTIONS[id].keys).flatMap((k) => k.split(" ")))];
const TYPED = ALL.filter((key) => key.length === 1);

describe.each(Object.keys(LAYOUTS) as Layout[])("%s", (layout) => {
  const reached = [...presses(layout), ...(ELSEWHERE[layout] ?? [])].map((p) => ({
    ...p,
    stroke: strokeOf(p),
  }));

  test.each(TYPED)("reaches %s", (wanted) => {
    expect(reached.filter(({ stroke }) => stroke === wanted)).not.toEqual([]);
  });

  test("a Latin letter is that letter, wherever it stands", () => {
    for (const { key, stroke } of reached) if (/^[a-z]$/i.test(key)) expect(stroke).toBe(key);
  });

  test("other letters are those of QWERTY in their place", () => {
    if (layout === "azerty" || layout === "dvorak") return;
    const place = new Map(presses("qwerty").map((p) => [`${p.code} ${p.shiftKey}`, p.key]));
    for (const { key, code, shiftKey, stroke } of reached)
      if (/[\u0370-\uFFFF]/.test(key)) expect(stroke).toBe(place.get(`${code} ${shiftKey}`));
  });
});

test.each<[string, Partial<KeyPress>, string | undefined]>([
  ["Russian о", { key: "о", code: "KeyJ" }, "j"],
  ["Russian Г with Shift", { key: "Г", code: "KeyU", shiftKey: true }, "U"],
  ["Caps Lock", { key: "U", code: "KeyU" }, "u"],
  ["Caps Lock and Shift", { key: "u", code: "KeyU", shiftKey: true }, "U"],
  ["Ctrl+K", { key: "k", code: "KeyK", ctrlKey: true }, "Mod+k"],
  ["Command+K", { key: "k", code: "KeyK", metaKey: true }, "Mod+k"],
  ["Ctrl+K on a Russian layout", { key: "л", code: "KeyK", ctrlKey: true }, "Mod+k"],
  ["Ctrl+Shift+L", { key: "L", code: "KeyL", ctrlKey: true, shiftKey: true }, "Mod+Shift+l"],
  ["Ctrl+Enter", { key: "Enter", code: "Enter", ctrlKey: true }, "Mod+Enter"],
  ["Shift+Delete", { key: "Delete", code: "Delete", shiftKey: true }, "Shift+Delete"],
  ["Shift alone", { key: "Shift", code: "ShiftLeft", shiftKey: true }, undefined],
  ["a German ö, not the semicolon of its place", { key: "ö", code: "Semicolon" }, "ö"],
  ["a French é, not the digit of its place", { key: "é", code: "Digit2" }, "é"],
  ["a German § is no #", { key: "§", code: "Digit3", shiftKey: true }, "§"],
  ["a German € is no e", { key: "€", code: "KeyE", getModifierState: () => true }, "€"],
  ["Arabic question mark", { key: "؟", code: "Slash", shiftKey: true }, "?"],
])("%s", (_name, part, expected) => {
  expect(strokeOf({ key: "", code: "", shiftKey: false, ...part })).toBe(expected);
});
