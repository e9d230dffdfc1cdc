/** A server, a browser and the app that many schedules run on, one after the other. */
import { chromium } from "playwright-core";
import { chromiumLaunch } from "../../../tools/chromium.ts";
import { type ServerKind, startServer } from "../../../tools/servers/server.ts";
import { planFrom, type Plan } from "../../sim/schedule.ts";
import { type AnyPlan, shrink, tell } from "../../sim/shrink.ts";
import { workerWithClock } from "../clock.ts";
import { launchRealBrowser } from "../real-browser.ts";
import { type Ground, type Pace, type RealVerdict, runReal } from "./run-real.ts";
import { StateAccount } from "./state/account.ts";
import type { RealStatePlan } from "./state/plan.ts";
import { runState } from "./state/run-state.ts";

export interface Schedules<P extends AnyPlan = Plan> {
  run(plan: P): Promise<RealVerdict>;
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

/** Wide enough for the sidebar. */
const WINDOW = "--window-size=1360,900";
/** Schedules on one account that an account keeps up with; then another takes its place. */
const PER_ACCOUNT = 10;

/** Of what an account's devices share, on a server as Debian ships it. After a violation with another account. */
export async function startStateSchedules(
  kind: ServerKind,
  folder: string,
  pace: Pace,
  say?: (line: string) => void,
): Promise<Schedules<RealStatePlan>> {
  const server = await startServer(kind, { profile: "debian" });
  const browser = await chromium.launch({
    ...chromiumLaunch,
    args: [...chromiumLaunch.args, WINDOW],
    headless: true,
  });
  const files = await workerWithClock(folder);
  const ground: Ground = { server, browser, folder, files, ...(say === undefined ? {} : { say }) };
  let account: StateAccount | undefined;
  let played = 0;
  const renew = async (): Promise<void> => {
    await account?.end();
    account = undefined;
    played = 0;
  };
  return {
    async run(plan) {
      if (played === PER_ACCOUNT) await renew();
      account ??= await StateAccount.start(ground, plan.world.latencyMs);
      played++;
      const verdict = await runState(plan, account, ground, pace);
      if (verdict.violations.length > 0) await renew();
      return verdict;
    },
    async close() {
      await renew();
      await browser.close();
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
export async function explain<P extends AnyPlan & { world: { seed: string } }>(
  schedules: Schedules<P>,
  plan: P,
  { violations, lines }: RealVerdict,
  shrinks: boolean,
): Promise<string> {
  const failure = shrinks
    ? await shrink(plan, violations, (smaller) => schedules.run(smaller))
    : { plan, violations };
  return [`seed ${plan.world.seed}`, tell(failure), ...lines.map((line) => `  ${line}`)].join("\n");
}
