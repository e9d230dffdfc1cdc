/** What happens in one run: the world it starts from and the steps, all from a seed, all plain data. */
import { type Random, randomFrom } from "./random.ts";

export type WorldPlan = {
  seed: string;
  hasArchive: boolean;
  hasStreamManagement: boolean;
  resumeForMs: number;
  toBare: "all" | "one";
  pageCap: number;
  wholeSeconds: boolean;
  unknownId: "item-not-found" | "oldest";
  /** Messages in each archive before anybody signs in. */
  history: number;
  /** One way. ms */
  latencyMs: number;
};

/** Devices and whose they are. */
export const DEVICES = [
  { name: "ann-desk", who: "ann" },
  { name: "ann-phone", who: "ann" },
  { name: "ben-desk", who: "ben" },
] as const;

/** Somebody here, somebody the server does not have, somebody on a server nobody can reach. */
export type Recipient = "ann" | "ben" | "nobody" | "abroad";

export type Action =
  | { do: "send"; device: number; tab: number; to: Recipient[]; isReply: boolean }
  /** Mail from elsewhere. Short ids prove nothing: everybody's third message may be "3". */
  | { do: "arrive"; to: "ann" | "ben"; thread: number; isChat: boolean; id: "long" | "short" }
  | { do: "read"; device: number; tab: number; which: number }
  | { do: "offline" | "online"; device: number }
  | { do: "open"; device: number }
  | { do: "crash"; device: number; tab: number; commitsSurvive: boolean }
  | { do: "close"; device: number; tab: number }
  | { do: "hide" | "show"; device: number; tab: number }
  | { do: "freeze"; device: number; tab: number; ms: number; isTold: boolean }
  /** SIGKILL and a new start. */
  | { do: "kill"; downMs: number }
  /** The sockets of a device break, now or when its account's next message got that far. */
  | { do: "cut"; device: number; when: "now" | "stored" | "delivered" }
  /** Nothing gets through any more in this direction, until a new socket is opened. */
  | { do: "lose"; device: number; direction: "up" | "down" }
  | { do: "drop"; device: number; direction: "up" | "down"; count: number }
  | { do: "double"; device: number; count: number }
  | { do: "swap"; device: number }
  /** The server takes the next message twice. */
  | { do: "twice" }
  | { do: "jump"; device: number; ms: number }
  | { do: "refuse-resume"; isOn: boolean }
  | { do: "stream-error"; condition: string }
  | { do: "mute"; what: "iq" | "mam" | "fin" | "sm"; ms: number }
  /** The archives forget their oldest. */
  | { do: "expire"; count: number };

export type Step = Action & { afterMs: number };

export type Plan = { world: WorldPlan; steps: Step[] };

export function planFrom(seed: string): Plan {
  const random = randomFrom(seed);
  const hasArchive = random.chance(0.85);
  const world: WorldPlan = {
    seed,
    hasArchive,
    // Without either nothing that is under way when a cable breaks can be kept by anybody.
    hasStreamManagement: !hasArchive || random.chance(0.85),
    resumeForMs: random.pick([0, 20_000, 300_000]),
    toBare: random.pick(["all", "all", "one"]),
    pageCap: random.pick([3, 5, 50]),
    wholeSeconds: random.chance(0.4),
    unknownId: random.pick(["item-not-found", "item-not-found", "oldest"]),
    history: hasArchive ? random.pick([0, 2, 7, 20]) : 0,
    latencyMs: random.pick([0, 1, 40, 300]),
  };
  const steps = Array.from({ length: random.int(8, 26) }, () => ({
    afterMs: waitFrom(random),
    ...actionFrom(random, hasArchive),
  }));
  return { world, steps };
}

function waitFrom(random: Random): number {
  const kind = random.next();
  if (kind < 0.35) return random.int(0, 20);
  if (kind < 0.8) return random.int(20, 2000);
  if (kind < 0.97) return random.int(2000, 20_000);
  return random.int(20_000, 120_000);
}

function actionFrom(random: Random, hasArchive: boolean): Action {
  const device = random.int(0, DEVICES.length - 1);
  const tab = random.int(0, 1);
  const count = random.int(1, 4);
  const direction = random.pick(["up", "down"] as const);
  const choices: [number, () => Action][] = [
    [26, () => ({ do: "send", device, tab, to: recipients(random), isReply: random.chance(0.3) })],
    [
      12,
      () => ({
        do: "arrive",
        to: random.pick(["ann", "ben"]),
        thread: random.int(0, 3),
        isChat: random.chance(0.2),
        id: random.pick(["long", "long", "short"] as const),
      }),
    ],
    [4, () => ({ do: "read", device, tab, which: random.int(0, 3) })],
    [5, () => ({ do: "offline", device })],
    [6, () => ({ do: "online", device })],
    [6, () => ({ do: "open", device })],
    [6, () => ({ do: "crash", device, tab, commitsSurvive: random.chance(0.5) })],
    [2, () => ({ do: "close", device, tab })],
    [2, () => ({ do: random.pick(["hide", "show"] as const), device, tab })],
    [3, () => ({ do: "freeze", device, tab, ms: freeze(random), isTold: random.chance(0.5) })],
    [5, () => ({ do: "kill", downMs: random.pick([0, 500, 5000, 40_000]) })],
    [8, () => ({ do: "cut", device, when: random.pick(["now", "stored", "delivered"] as const) })],
    [3, () => ({ do: "lose", device, direction })],
    // Without an archive nobody can make up for a stanza that was counted (XEP-0198) and lost, or counted twice.
    [4, () => ({ do: "drop", device, direction: hasArchive ? direction : "up", count })],
    [hasArchive ? 3 : 0, () => ({ do: "double", device, count })],
    [hasArchive ? 3 : 0, () => ({ do: "swap", device })],
    [2, () => ({ do: "twice" })],
    [3, () => ({ do: "jump", device, ms: jump(random) })],
    [2, () => ({ do: "refuse-resume", isOn: random.chance(0.6) })],
    [2, () => ({ do: "stream-error", condition: random.pick(STREAM_ERRORS) })],
    [3, () => ({ do: "mute", what: random.pick(MUTES), ms: random.int(1000, 70_000) })],
    [hasArchive ? 1 : 0, () => ({ do: "expire", count: random.int(1, 6) })],
  ];
  let left = random.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of choices) {
    left -= weight;
    if (left < 0) return make();
  }
  return { do: "online", device };
}

const STREAM_ERRORS = ["system-shutdown", "reset", "internal-server-error", "connection-timeout"];
const MUTES = ["iq", "mam", "fin", "sm"] as const;

function recipients(random: Random): Recipient[] {
  const first = random.pick(["ann", "ben", "ben", "ann", "nobody", "abroad"] as const);
  if (!random.chance(0.25)) return [first];
  const second = random.pick(["ann", "ben", "nobody"] as const);
  return first === second ? [first] : [first, second];
}

function freeze(random: Random): number {
  return random.pick([500, 5000, 40_000, 600_000]);
}

function jump(random: Random): number {
  const minute = 60_000;
  const size = random.pick([minute, 8 * minute, 40 * minute, 24 * 60 * minute, 5_256_000 * minute]);
  return random.chance(0.5) ? size : -size;
}
