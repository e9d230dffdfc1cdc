/** A server, a browser and the app that many schedules run on, one after the other. */
import { type ServerKind, startServer } from "../../../tools/servers/server.ts";
import { planFrom, type Plan } from "../../sim/schedule.ts";
import { shrink, tell } from "../../sim/shrink.ts";
import { workerWithClock } from "../clock.ts";
import { launchRealBrowser } from "../real-browser.ts";
import { type Ground, type Pace, type RealVerdict, runReal } from "./run-real.ts";

export interface Schedules {
  run(plan: Plan): Promise<RealVerdict>;
  close(): Promise<void>;
}

export async function startSchedules(
  kind: ServerKind,
  folder: string,
  pace: Pace,
  say?: (line: string) => void,
): Promise<Schedules> {
  const server = await startServer(kind);
  const { browser, close } = await launchRealBrowser();
  const files = await workerWithClock(folder);
  const ground: Ground = { server, browser, folder, files, ...(say === undefined ? {} : { say }) };
  return {
    run: (plan) => runReal(plan, ground, pace),
    async close() {
      await close();
      await server.stop();
    },
  };
}

/** The plans of so many seeds that a server with an archive can play; the others are the simulator's alone. */
export function plansFrom(first: number, count: number): Plan[] {
  const plans: Plan[] = [];
  for (let seed = first; plans.length < count; seed++) {
    const plan = planFrom(String(seed));
    if (plan.world.hasArchive) plans.push(plan);
  }
  return plans;
}

/** What somebody needs to find out why; `shrinks`: with the fewest steps that still fail. */
export async function explain(
  schedules: Schedules,
  plan: Plan,
  { violations, lines }: RealVerdict,
  shrinks: boolean,
): Promise<string> {
  const failure = shrinks
    ? await shrink(plan, violations, (smaller) => schedules.run(smaller))
    : { plan, violations };
  return [`seed ${plan.world.seed}`, tell(failure), ...lines.map((line) => `  ${line}`)].join("\n");
}
