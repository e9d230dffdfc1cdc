/** What happens to the devices of one account and to the node they share, all from a seed, all plain data. */
import { type Random, randomFrom } from "../random.ts";

export type StateWorld = {
  seed: string;
  devices: number;
  /** Messages there are, by and by. */
  messages: number;
  /** Of these, on every device from the beginning. */
  known: number;
  /** One way. ms */
  latencyMs: number;
  /** What one server never does (ejabberd): tell of what was retracted, and of a node that is gone. */
  tellsOfRetractions: boolean;
  /** A publish to a node that is gone makes one, with room for one item (Prosody); else it is refused. */
  remakesOnPublish: boolean;
  /** Not every server says what time it is. */
  tellsTime: boolean;
  /** Items of somebody else's: damaged, newer, unknown. */
  hasForeign: boolean;
  /**
   * Where there are more items than the server likes: the archive begins with this message, counted from the newest, and
   * of those before it something was said long ago.
   */
  archiveFrom?: number;
  /** Of the first sign-in of each device, before the beginning. Days */
  signedInBefore: number[];
};

export const ACTS = [
  "read",
  "unread",
  "star",
  "unstar",
  "archive",
  "trash",
  "inbox",
  "spam",
  "gone",
  "tag",
  "untag",
  "snooze",
  "unsnooze",
  "mute",
  "unmute",
  "file",
] as const;
export type ActName = (typeof ACTS)[number];

export type StateAction =
  /** `which`: a message. */
  | { do: "act"; device: number; which: number; act: ActName }
  /** With everything in All mail. */
  | { do: "act-on-all"; device: number; act: ActName }
  | { do: "undo"; device: number }
  | {
      do: "label";
      device: number;
      how: "new" | "rename" | "hue" | "place" | "delete";
      which: number;
    }
  | { do: "prefer"; device: number; which: number }
  /** The next mail comes, to this device. */
  | { do: "arrive"; device: number; count: number }
  | { do: "offline" | "online" | "repair"; device: number }
  | { do: "crash"; device: number; commitsSurvive: boolean; downMs: number }
  /** The stream breaks; it comes again. */
  | { do: "cut"; device: number }
  | { do: "jump"; device: number; ms: number }
  /** Without a word, one of three. */
  | { do: "drop"; what: "journals" | "rest" | "all" }
  | { do: "delete-node" }
  | { do: "limit"; items: number; ms: number }
  | { do: "refuse"; ms: number }
  /** Somebody lets everybody read; `isMendable`: the server lets us take that back. */
  | { do: "open-node"; ms: number; isMendable: boolean }
  /** It did what it was asked to, and nobody hears of it: silence, or the stream breaks. */
  | { do: "lose-answer"; device: number; count: number; breaks: boolean }
  | { do: "events"; device: number; how: "lose" | "double" | "delay"; count: number };

export type StateStep = StateAction & { afterMs: number };
export type StatePlan = { world: StateWorld; steps: StateStep[] };

export function planFrom(seed: string): StatePlan {
  const random = randomFrom(`state/${seed}`);
  const devices = random.int(2, 4);
  const messages = random.int(10, 44);
  const world: StateWorld = {
    seed,
    devices,
    messages,
    known: random.chance(0.5) ? messages : random.int(0, messages),
    latencyMs: random.pick([0, 1, 40, 300]),
    tellsOfRetractions: random.chance(0.6),
    remakesOnPublish: random.chance(0.5),
    tellsTime: random.chance(0.8),
    hasForeign: random.chance(0.3),
    signedInBefore: Array.from({ length: devices }, () => random.pick([0, 0, 20, 60])),
  };
  // A stream of chance of its own: all other schedules stay as they are.
  const rare = randomFrom(`state/${seed}/forgetting`);
  if (rare.chance(0.3)) world.archiveFrom = rare.int(1, messages - 1);
  const steps = Array.from({ length: random.int(8, 28) }, () => ({
    afterMs: waitFrom(random),
    ...actionFrom(random, world),
  }));
  return { world, steps };
}

function waitFrom(random: Random): number {
  const kind = random.next();
  if (kind < 0.35) return random.int(0, 20);
  if (kind < 0.8) return random.int(20, 2500);
  return random.int(2500, 30_000);
}

function actionFrom(random: Random, { devices, messages }: StateWorld): StateAction {
  const device = random.int(0, devices - 1);
  const count = random.int(1, 4);
  const act = random.pick(ACTS);
  const ms = random.int(1000, 60_000);
  const choices: [number, () => StateAction][] = [
    [30, () => ({ do: "act", device, which: random.int(0, messages - 1), act })],
    [10, () => ({ do: "act-on-all", device, act })],
    [5, () => ({ do: "undo", device })],
    [9, () => ({ do: "label", device, how: random.pick(LABEL_HOWS), which: random.int(0, 4) })],
    [4, () => ({ do: "prefer", device, which: random.int(0, 7) })],
    [7, () => ({ do: "arrive", device, count: random.int(1, 12) })],
    [6, () => ({ do: "offline", device })],
    [8, () => ({ do: "online", device })],
    [1, () => ({ do: "repair", device })],
    [4, () => ({ do: "crash", device, commitsSurvive: random.chance(0.5), downMs: ms })],
    [4, () => ({ do: "cut", device })],
    [4, () => ({ do: "jump", device, ms: jump(random) })],
    [5, () => ({ do: "drop", what: random.pick(["journals", "rest", "rest", "all"] as const) })],
    [2, () => ({ do: "delete-node" })],
    [2, () => ({ do: "limit", items: random.pick([64, 5]), ms })],
    [2, () => ({ do: "refuse", ms })],
    [1, () => ({ do: "open-node", ms, isMendable: random.chance(0.5) })],
    [4, () => ({ do: "lose-answer", device, count, breaks: random.chance(0.6) })],
    [5, () => ({ do: "events", device, how: random.pick(EVENT_HOWS), count })],
  ];
  let left = random.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of choices) {
    left -= weight;
    if (left < 0) return make();
  }
  return { do: "online", device };
}

const LABEL_HOWS = ["new", "new", "rename", "hue", "place", "delete"] as const;
const EVENT_HOWS = ["lose", "double", "delay"] as const;

function jump(random: Random): number {
  const minute = 60_000;
  const size = random.pick([2 * minute, 40 * minute, 24 * 60 * minute, 5_256_000 * minute]);
  return random.chance(0.5) ? size : -size;
}
