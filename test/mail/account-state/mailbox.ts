/** A mailbox of many years of which everything is said, as a person says things: in sittings, on one of three devices. */
import type { MessageEntry } from "../../../src/mail/account-state/batch.ts";
import { type Stamp, stampOf } from "../../../src/mail/clock.ts";
import type { MessageState } from "../../../src/mail/state.ts";

const DAY_MS = 86_400_000;
const DEVICES = ["k3x9a1", "p0q7zz", "1m4c8d"];
const FIELDS: [string, unknown, number][] = [
  ["read", true, 0.55],
  ["folder", "archive", 0.25],
  ["star", true, 0.1],
  ["folder", "trash", 0.06],
  ["tag:q7c2m9x1", true, 0.04],
];

/** The same numbers in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `end`: epoch ms. `how`: in sittings, or each word at a moment of its own, on any device, hours after its message. */
export function mailbox(
  count: number,
  years: number,
  end: number,
  how: "sittings" | "alone",
): MessageEntry[] {
  const random = randomFrom(7);
  const span = years * 365.25 * DAY_MS;
  const times = Array.from({ length: count }, () => end - random() * span).sort((a, b) => a - b);
  const entries: MessageEntry[] = [];
  const say = (at: number, ms: number, device: string): void => {
    const [field, value] = fieldAt(random());
    const half = (): string =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, "0");
    entries.push({
      key: half() + half(),
      day: Math.floor(at / DAY_MS),
      said: {
        [field]: [value, stampOf(Math.floor(ms), 0, device) as Stamp],
      } as unknown as MessageState,
    });
  };
  const device = (): string => DEVICES[Math.floor(random() * 3)] ?? "";
  const soon = (mean: number): number => -Math.log(1 - random()) * mean;
  if (how === "alone") {
    for (const at of times) say(at, at + soon(8 * 3_600_000), device());
    return entries;
  }
  let waiting: number[] = [];
  let next = 0;
  for (let sitting = end - span; next < count; sitting += soon(DAY_MS / 4)) {
    while (next < count && (times[next] ?? 0) < sitting) waiting.push(times[next++] ?? 0);
    const own = device();
    let ms = sitting;
    const left: number[] = [];
    // Some are left for later.
    for (const at of waiting)
      if (random() < 0.8) say(at, (ms += 1000 + soon(8000)), own);
      else left.push(at);
    waiting = left;
  }
  for (const at of waiting) say(at, end, device());
  return entries;
}

function fieldAt(random: number): [string, unknown] {
  let sum = 0;
  for (const [field, value, share] of FIELDS) if ((sum += share) > random) return [field, value];
  return ["read", true];
}
