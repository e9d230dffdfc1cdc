/**
 * `node tools/schedules.mjs`: schedules of the simulator in real Chromium on Prosody and ejabberd, and what was lost or
 * doubled. About twenty seconds each. Where the server does not come back or a browser dies, a schedule is
 * inconclusive, and the next one gets a server and a browser of its own.
 *   state              of what the devices of one account share
 *   --seeds N, --from N      how many, 50 unless told, from seed 1
 *   --servers                some of prosody,ejabberd
 *   --wait MS, --fault MS    the longest wait between two steps and the longest a fault lasts, 4000 and 8000 unless told
 *   --cut                    every socket breaks when the faults end: faster, but nobody has to notice a dead one
 *   --plan JSON              one schedule by hand
 *   --trace                  every step, as it is done
 *   --shrink                 makes a failing one smaller
 *   --folder FOLDER          a build of the app; dist/ is built anew unless told
 */
import { fileURLToPath } from "node:url";
import { inspect, parseArgs } from "node:util";
import {
  explain,
  plansFrom,
  type Schedules,
  startSchedules,
  startStateSchedules,
} from "../test/e2e/schedules/ground.ts";
import type { RealVerdict } from "../test/e2e/schedules/run-real.ts";
import { statePlansFrom } from "../test/e2e/schedules/state/plan.ts";
import type { AnyPlan } from "../test/sim/shrink.ts";
import { build } from "./build.ts";
import type { ServerKind } from "./servers/server.ts";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "50" },
    from: { type: "string", default: "1" },
    servers: { type: "string", default: "prosody,ejabberd" },
    wait: { type: "string", default: "4000" },
    fault: { type: "string", default: "8000" },
    cut: { type: "boolean", default: false },
    plan: { type: "string" },
    trace: { type: "boolean", default: false },
    shrink: { type: "boolean", default: false },
    folder: { type: "string" },
  },
});

if (values.folder === undefined) await build();
const folder = values.folder ?? DIST;
const [from, count] = [Number(values.from), Number(values.seeds)];
const pace = {
  longestWaitMs: Number(values.wait),
  longestFaultMs: Number(values.fault),
  cutsAtEnd: values.cut,
};
const say = values.trace ? console.log : undefined;
let failed = 0;
for (const kind of values.servers.split(",") as ServerKind[]) {
  failed +=
    positionals[0] === "state"
      ? await runOn(kind, plansOr(statePlansFrom), () =>
          startStateSchedules(kind, folder, pace, say),
        )
      : await runOn(kind, plansOr(plansFrom), () => startSchedules(kind, folder, pace, say));
}
process.exit(failed === 0 ? 0 : 1);

function plansOr<P>(planned: (first: number, count: number) => P[]): P[] {
  return values.plan === undefined ? planned(from, count) : [JSON.parse(values.plan) as P];
}

/** How many schedules failed, or said nothing, on this server. */
async function runOn<P extends AnyPlan & { world: { seed: string } }>(
  kind: ServerKind,
  plans: readonly P[],
  layGround: () => Promise<Schedules<P>>,
): Promise<number> {
  const startedAt = Date.now();
  const things = positionals[0] === "state" ? "words" : "messages";
  let [violated, inconclusive, steps, messages] = [0, 0, 0, 0];
  let schedules = await layGround();
  try {
    for (const plan of plans) {
      const since = Date.now();
      const name = `${kind} seed ${plan.world.seed}`;
      const verdict = await schedules.run(plan).catch((error: unknown) => error);
      if (!isVerdict(verdict)) {
        inconclusive++;
        console.error(`${name}: inconclusive: ${inspect(verdict)}`);
        await schedules.close().catch((error: unknown) => console.error(inspect(error)));
        schedules = await layGround();
        continue;
      }
      steps += plan.steps.length;
      messages += verdict.messages;
      const seconds = ((Date.now() - since) / 1000).toFixed(1);
      console.log(`${name}: ${plan.steps.length} steps, ${seconds} s`);
      if (verdict.violations.length === 0) continue;
      violated++;
      console.error(await explain(schedules, plan, verdict, values.shrink).catch(inspect));
    }
  } finally {
    await schedules.close();
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(
    `${kind}: ${plans.length} schedules, ${steps} steps, ${messages} ${things}, ${violated} with violations, ${inconclusive} inconclusive, ${seconds} s`,
  );
  return violated + inconclusive;
}

function isVerdict(verdict: unknown): verdict is RealVerdict {
  return typeof verdict === "object" && verdict !== null && "violations" in verdict;
}
