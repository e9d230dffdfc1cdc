/**
 * Schedules of the simulator, the same from the same seeds, in real Chromium on real servers. A few in every run;
 * `SCHEDULES=20 SCHEDULES_FROM=100` for others, `node tools/schedules.mjs` for many.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explain, plansFrom, type Schedules, startSchedules } from "./schedules/ground.ts";

const DIST = join(import.meta.dirname, "../../dist");
const COUNT = Number(process.env["SCHEDULES"] ?? 1);
const FROM = Number(process.env["SCHEDULES_FROM"] ?? 1);
/** What passes on a server without an archive is the simulator's alone. */
const PLANS = plansFrom(FROM, COUNT).map((plan) => ({ seed: plan.world.seed, plan }));

describe.each(["prosody", "ejabberd"] as const)("on %s", (kind) => {
  let schedules: Schedules;
  beforeAll(async () => {
    schedules = await startSchedules(kind, DIST, {
      longestWaitMs: 500,
      longestFaultMs: 1500,
      cutsAtEnd: true,
    });
  });
  afterAll(() => schedules.close());

  test.each(PLANS)(
    "schedule $seed keeps every promise",
    async ({ plan }) => {
      const verdict = await schedules.run(plan);
      if (verdict.violations.length > 0)
        expect.fail(await explain(schedules, plan, verdict, false));
    },
    300_000,
  );
});
