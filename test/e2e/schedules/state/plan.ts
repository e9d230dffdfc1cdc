/** The simulator's schedules of shared state (test/sim/state/), from the same seeds, with drafts. */
import { randomFrom } from "../../../sim/random.ts";
import { planFrom, type StatePlan, type StateStep } from "../../../sim/state/schedule.ts";

/** `which`: a draft that is there, or a new one. */
export type DraftStep = { afterMs: number; do: "draft"; device: number; which: number };
export type RealStatePlan = { world: StatePlan["world"]; steps: (StateStep | DraftStep)[] };

const DRAFTS = 2;

export function statePlansFrom(first: number, count: number): RealStatePlan[] {
  return Array.from({ length: count }, (_, n) => withDrafts(planFrom(String(first + n))));
}

function withDrafts({ world, steps }: StatePlan): RealStatePlan {
  const random = randomFrom(`${world.seed}/drafts`);
  const all: RealStatePlan["steps"] = [...steps];
  for (let n = 0; n < DRAFTS; n++) {
    const step = { do: "draft", device: random.int(0, 2), which: random.int(0, 3) } as const;
    all.splice(random.int(0, all.length), 0, { afterMs: random.int(0, 500), ...step });
  }
  return { world, steps: all };
}
