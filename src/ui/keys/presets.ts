/**
 * The keys of other programs, as far as a web page may have them: what a browser keeps for itself (Ctrl+N, Ctrl+W) is
 * left out. An action that is not named here keeps Gmail's key, unless that is another one's here.
 */
import type { PageChoices } from "../../mail/preferences.ts";
import { ACTION_IDS, ACTIONS, type ActionId } from "./actions.ts";

export type Preset = PageChoices["keyPreset"];
export type Keys = Readonly<Record<ActionId, readonly string[]>>;
type Changes = Partial<Record<ActionId, readonly string[]>>;

/** Outlook on the web. */
const OUTLOOK: Changes = {
  archive: ["e"],
  delete: ["Delete", "#"],
  spam: ["j"],
  notSpam: ["j"],
  star: ["Insert"],
  read: ["q"],
  unread: ["u"],
  move: ["v", "Mod+Shift+v"],
  tag: ["c"],
  mute: ["Mod+Delete"],
  next: ["Mod+."],
  previous: ["Mod+,"],
  back: ["Escape"],
  selectAll: ["Mod+a"],
  compose: ["n"],
  reply: ["r"],
  replyAll: ["R"],
  forward: ["F"],
  goSent: ["g s"],
  goStarred: ["g *"],
  search: ["Alt+q", "/"],
};

/** Mail on a Mac. */
const APPLE: Changes = {
  archive: ["Ctrl+Meta+a", "e"],
  delete: ["Backspace", "Delete"],
  spam: ["Mod+Shift+j"],
  notSpam: ["Mod+Shift+j"],
  star: ["Mod+Shift+l"],
  copyLink: ["Mod+Alt+l"],
  unread: ["Mod+Shift+u"],
  selectAll: ["Mod+a"],
  reply: ["Mod+r", "r"],
  replyAll: ["Mod+Shift+r", "a"],
  forward: ["Mod+Shift+f", "f"],
  goInbox: ["Ctrl+Meta+1", "g i"],
  goStarred: ["Ctrl+Meta+2", "g s"],
  goSent: ["Ctrl+Meta+3", "g t"],
  goDrafts: ["Ctrl+Meta+4", "g d"],
  goAll: ["Ctrl+Meta+5", "g a"],
  search: ["Mod+Alt+f", "/"],
};

const CHANGES: Record<Preset, Changes> = { gmail: {}, outlook: OUTLOOK, apple: APPLE };

export function keysOfPreset(preset: Preset): Keys {
  const changes = CHANGES[preset];
  const taken = Object.values(changes).flat();
  const rows = ACTION_IDS.map((id): [ActionId, readonly string[]] => [
    id,
    changes[id] ?? ACTIONS[id].keys.filter((key) => !taken.some((other) => clash(key, other))),
  ]);
  return Object.fromEntries(rows) as Record<ActionId, readonly string[]>;
}

/** One of the two could not be pressed: they are the same, or one is how the other begins. */
export function clash(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `);
}
