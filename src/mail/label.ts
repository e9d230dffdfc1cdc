/** Folders and tags of the person's own. Each has an id that never changes, so addresses outlive a new name. */
import { sha256 } from "../base/sha256.ts";
import { withoutHalf } from "../base/whole-characters.ts";
import type { Stamp } from "./clock.ts";

export type LabelKind = "tag" | "folder";

/** Every field is a register of its own in which the last word wins (mail/state.ts). */
export type Label = {
  id: string;
  kind: LabelKind;
  name: readonly [string, Stamp];
  /** One of HUES. */
  hue: readonly [number, Stamp];
  /** The one it stands inside of; null at the top. */
  inside: readonly [string | null, Stamp];
  order: readonly [number, Stamp];
  gone?: readonly [boolean, Stamp];
};

/** Deleted; that stays known, so that nobody's older word brings it back. */
export function isGone({ gone }: Label): boolean {
  return gone?.[0] === true;
}

/** Hues of tags and avatars, OKLCH degrees: LOOK.md 5. */
export const HUES = [25, 55, 85, 145, 195, 250, 295, 345] as const;

/** UTF-16 units of a name. */
const MAX_LABEL_NAME = 100;

/** A name as it is kept, or undefined where nothing of it is left. */
export function labelName(typed: string): string | undefined {
  const clean = typed.normalize("NFC").replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, " ");
  const name = withoutHalf(clean.slice(0, MAX_LABEL_NAME)).replaceAll(/\s+/gu, " ").trim();
  return name === "" ? undefined : name;
}

/** Characters of an id, each of 36: 51 bits. None is a folder's own name (mail/place.ts). */
export const ID_LENGTH = 10;

/**
 * Two devices that make the same tag while they do not hear of each other make one: its id is read off what it is.
 * `name`: as `labelName` has it. account-state/xep-private-state.md section 4 defines it, and it may not change.
 */
export function labelIdOf(kind: LabelKind, inside: string | null, name: string): string {
  const text = JSON.stringify([kind, inside, name.toLowerCase()]);
  return asLabelId(sha256(new TextEncoder().encode(text)));
}

/** At least ID_LENGTH bytes as an id. */
export function asLabelId(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, ID_LENGTH), (byte) => (byte % 36).toString(36)).join("");
}

export type Placed = { label: Label; depth: number };

/** Labels of a kind as they are shown: each below the one it stands in, siblings by order, then name. */
export function asTree(labels: readonly Label[], kind: LabelKind): Placed[] {
  const all = labels.filter((l) => l.kind === kind && !isGone(l));
  const ids = new Set(all.map((l) => l.id));
  const parents = new Map(all.map((l) => [l.id, parentOf(l, ids)]));
  const rows: Placed[] = [];
  const seen = new Set<string>();
  const add = (parent: string | null, depth: number): void => {
    const children = all
      .filter((l) => parents.get(l.id) === parent && !seen.has(l.id))
      .sort((a, b) => a.order[0] - b.order[0] || compareNames(a, b));
    for (const label of children) {
      seen.add(label.id);
      rows.push({ label, depth });
      add(label.id, depth + 1);
    }
  };
  add(null, 0);
  // Two devices that moved two labels into each other: both stand at the top then.
  for (const label of all) if (!seen.has(label.id)) rows.push({ label, depth: 0 });
  return rows;
}

/** Whether `id` may stand inside `parent`: not in itself, nor in what stands in it. */
export function mayStandIn(labels: readonly Label[], id: string, parent: string): boolean {
  const byId = new Map(labels.map((l) => [l.id, l]));
  const seen = new Set<string>();
  for (let at: string | null = parent; at !== null && !seen.has(at);) {
    if (at === id) return false;
    seen.add(at);
    at = byId.get(at)?.inside[0] ?? null;
  }
  return byId.get(parent)?.kind === byId.get(id)?.kind;
}

function parentOf(label: Label, ids: ReadonlySet<string>): string | null {
  const parent = label.inside[0];
  return parent !== null && ids.has(parent) && parent !== label.id ? parent : null;
}

function compareNames(a: Label, b: Label): number {
  return a.name[0].localeCompare(b.name[0]) || (a.id < b.id ? -1 : 1);
}
