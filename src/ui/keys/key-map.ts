/**
 * Which key does what: a preset and a person's own changes to it, kept in localStorage, read before anything is drawn,
 * and the same on all of the person's devices.
 *
 * A key is written as it is typed ("e", "E", "?"), a named one by its name ("Enter", "Shift+Delete"), one with others
 * held down with "Mod" for Ctrl or Command ("Mod+Shift+l"); a chord is two of them ("g i").
 */
import { createSignal, untrack } from "solid-js";
import { KEY_PRESETS } from "../../mail/preferences.ts";
import { keep, readKept } from "../page-storage.ts";
import { sharedChoice } from "../shared-choice.ts";
import { ACTION_IDS, type ActionId } from "./actions.ts";
import { capsOf } from "./key-name.ts";
import { clash, type Keys, keysOfPreset, type Preset } from "./presets.ts";

const SINGLE = "envoi-single-keys";
const KEPT = "envoi-keys";

type Own = Partial<Record<ActionId, readonly string[]>>;
type Choice = { preset: Preset; own: Own };

const [singleKeys, setSingle] = createSignal(readSingle());
const [choice, setChoice] = createSignal(readChoice());
export { singleKeys };

function readSingle(): boolean {
  return readKept("localStorage", SINGLE) !== "off";
}

/** What another version or a curious hand left there is taken as far as it makes sense. */
function readChoice(): Choice {
  try {
    const kept = JSON.parse(readKept("localStorage", KEPT) ?? "null") as Partial<Choice> | null;
    return {
      preset: KEY_PRESETS.find((preset) => preset === kept?.preset) ?? "gmail",
      own: ownOf(kept?.own ?? {}),
    };
  } catch {
    return { preset: "gmail", own: {} };
  }
}

function ownOf(kept: { readonly [action: string]: unknown }): Own {
  const known = Object.entries(kept).filter(
    ([id, keys]) =>
      ACTION_IDS.includes(id as ActionId) &&
      Array.isArray(keys) &&
      keys.every((key) => typeof key === "string"),
  );
  return Object.fromEntries(known) as Own;
}

/** Another tab of this browser changed them. */
globalThis.addEventListener?.("storage", ({ key }) => {
  if (key === SINGLE) setSingle(readSingle());
  if (key === KEPT) setChoice(readChoice());
});

export const setSingleKeys = sharedChoice("singleKeys", (on) => {
  keep("localStorage", SINGLE, on ? "on" : "off");
  setSingle(on);
});

function change(make: (before: Choice) => Choice): void {
  setChoice(make);
  keep("localStorage", KEPT, JSON.stringify(untrack(choice)));
}

export const preset = (): Preset => choice().preset;

/** Another program's keys; a person's own changes stay. */
export const setPreset = sharedChoice("keyPreset", (next) =>
  change((before) => ({ ...before, preset: next })),
);

const setOwn = sharedChoice("ownKeys", (own) =>
  change((before) => ({ ...before, own: ownOf(own) })),
);

export function isRemapped(id?: ActionId): boolean {
  const { own } = choice();
  return id === undefined ? Object.keys(own).length > 0 : own[id] !== undefined;
}

/** The actions that would lose a key to this one. */
export function conflictsOf(id: ActionId, key: string): ActionId[] {
  const preset = keysOfPreset(choice().preset);
  // Those that share a key by the preset go on sharing.
  const isShared = (other: ActionId): boolean =>
    preset[id].includes(key) && preset[other].includes(key);
  return ACTION_IDS.filter(
    (other) => other !== id && !isShared(other) && keysOf(other).some((k) => clash(k, key)),
  );
}

/** Gives an action one key, or none; whoever had it loses it. */
export function remap(id: ActionId, key: string | undefined): void {
  const own: Own = { ...choice().own };
  if (key !== undefined)
    for (const other of conflictsOf(id, key))
      own[other] = keysOf(other).filter((k) => !clash(k, key));
  own[id] = key === undefined ? [] : [key];
  setOwn(own);
}

/** The preset's keys again, of one action or of all. */
export function resetKeys(id?: ActionId): void {
  const { own } = choice();
  if (id === undefined) return setOwn({});
  const { [id]: _dropped, ...rest } = own;
  setOwn(rest);
}

type Computed = { of: Choice; keys: Keys; actions: Map<string, ActionId[]> };
let computed: Computed | undefined;

function map(): Computed {
  const of = choice();
  if (computed?.of === of) return computed;
  const keys: Keys = { ...keysOfPreset(of.preset), ...of.own };
  const actions = new Map<string, ActionId[]>();
  for (const id of ACTION_IDS)
    for (const key of keys[id]) actions.set(key, [...(actions.get(key) ?? []), id]);
  computed = { of, keys, actions };
  return computed;
}

/** Every key of an action, the first is the one that is shown. */
export function keysOf(id: ActionId): readonly string[] {
  return map().keys[id];
}

/** What a key does: the first of them that can be done. */
export function actionsOf(key: string): readonly ActionId[] {
  return map().actions.get(key) ?? [];
}

/** The chords that begin with this key, and what each does. */
export function chordsOf(key: string): { key: string; id: ActionId }[] {
  return [...map().actions].flatMap(([chord, ids]) =>
    chord.startsWith(`${key} `) ? ids.map((id) => ({ key: chord.slice(key.length + 1), id })) : [],
  );
}

/** A letter alone: what the off switch switches off. */
export function isSingle(key: string): boolean {
  return !/^(Mod|Ctrl|Alt)\+/.test(key);
}

/** The keys of an action that work now. */
export function workingKeysOf(id: ActionId): readonly string[] {
  return singleKeys() ? keysOf(id) : keysOf(id).filter((key) => !isSingle(key));
}

/** The key of an action as people read it ("Shift+U", "g i", "Ctrl+K"); undefined where none works. */
export function keyOf(id: ActionId): string | undefined {
  const [key] = workingKeysOf(id);
  return key === undefined ? undefined : capsOf(key).join(" ");
}

/** A tooltip: the words, and the key. */
export function titleOf(words: string, id: ActionId): string {
  const key = keyOf(id);
  return key === undefined ? words : `${words} (${key})`;
}
