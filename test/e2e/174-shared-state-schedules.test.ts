/**
 * Schedules of shared state in real Chromium: three devices of one account, signed in once, whatever goes wrong on the
 * way, and at the end all of them say the later of all that was said on any (schedules/state/agree.ts).
 * `STATE_SCHEDULES=5` plays five on each server, `STATE_SCHEDULES_FROM=100` others, `node tools/schedules.mjs state` many.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explain, type Schedules, startStateSchedules } from "./schedules/ground.ts";
import { type RealStatePlan, statePlansFrom } from "./schedules/state/plan.ts";

const DIST = join(import.meta.dirname, "../../dist");
const COUNT = Number(process.env["STATE_SCHEDULES"] ?? 5);
const FROM = Number(process.env["STATE_SCHEDULES_FROM"] ?? 1);

describe.each([
  ["prosody", FROM],
  ["ejabberd", FROM + COUNT],
] as const)("on %s as Debian ships it", (kind, from) => {
  const plans = statePlansFrom(from, COUNT).map((plan) => ({ seed: plan.world.seed, plan }));
  let schedules: Schedules<RealStatePlan>;
  beforeAll(async () => {
    schedules = await startStateSchedules(kind, DIST, {
      longestWaitMs: 100,
      longestFaultMs: 1000,
      cutsAtEnd: true,
    });
  });
  afterAll(() => schedules.close());

  test.each(plans)(
    "all devices say the same after schedule $seed, and all that was said",
    async ({ plan }) => {
      const verdict = await schedules.run(plan);
      if (verdict.violations.length > 0)
        expect.fail(await explain(schedules, plan, verdict, false));
    },
    300_000,
  );
});
