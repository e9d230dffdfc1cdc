/**
 * Runs schedules in this process, which is theirs alone: `node test/sim/run.ts --from 1 --seeds 200`, or of what an
 * account's devices share: `node test/sim/run.ts state --seeds 60`. The last line is a JSON summary for whoever started
 * it.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installGlobals } from "./globals.ts";
import { plant } from "./planted-bugs.ts";
import type { Verdict } from "./run-plan.ts";
import type { AnyPlan } from "./shrink.ts";

const { log, error } = console;
const clock = process.hrtime.bigint.bind(process.hrtime);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: "string", default: "1" },
    seeds: { type: "string", default: "1" },
    digests: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
    planted: { type: "string" },
    /** A plan as JSON, in place of seeds. */
    plan: { type: "string" },
    /** The first failure as it is, not made smaller. */
    raw: { type: "boolean", default: false },
    "go-on": { type: "boolean", default: false },
  },
});

process.on("unhandledRejection", (reason) => stray.push(`unhandled: ${String(reason)}`));
process.on("uncaughtException", (thrown) => stray.push(`uncaught: ${thrown.stack}`));
const stray: string[] = [];

installGlobals();
if (values.planted !== undefined) plant(values.planted);
await loadEngine();
const isOfState = positionals[0] === "state";
const { planFrom, runPlan } = (await (isOfState ? loadState() : loadTabs())) as Simulator;
const { shrink, tell } = await import("./shrink.ts");

const from = Number(values.from);
const startedAt = clock();
let failed = 0;
let ran = 0;
for (let seed = from; seed < from + Number(values.seeds); seed++) {
  const plan =
    values.plan === undefined ? planFrom(String(seed)) : (JSON.parse(values.plan) as AnyPlan);
  const verdict = await runPlan(plan, { keepsLines: values.trace });
  ran++;
  if (values.trace) log(verdict.lines.join("\n"));
  if (values.digests) log(`seed ${seed}: ${verdict.digest} after ${msSince(startedAt)} ms`);
  if (verdict.violations.length === 0) continue;
  failed++;
  error(`seed ${seed}: ${verdict.violations.slice(0, 5).join("\n  ")}`);
  if (values["go-on"]) continue;
  if (values.raw) break;
  error(tell(await shrink(plan, verdict.violations, (smaller) => runPlan(smaller))));
  break;
}
log(JSON.stringify({ from, ran, failed, seconds: msSince(startedAt) / 1000, stray }));
process.exit(failed === 0 && stray.length === 0 ? 0 : 1);

type Simulator = {
  planFrom: (seed: string) => AnyPlan;
  runPlan: (plan: AnyPlan, options?: { keepsLines: boolean }) => Promise<Verdict>;
};

async function loadTabs(): Promise<unknown> {
  return { ...(await import("./schedule.ts")), ...(await import("./run-plan.ts")) };
}

async function loadState(): Promise<unknown> {
  (await import("./state/follow-writes.ts")).followWrites();
  return { ...(await import("./state/schedule.ts")), ...(await import("./state/run-plan.ts")) };
}

function msSince(start: bigint): number {
  return Math.round(Number(clock() - start) / 1e6);
}

/** Everything that is loaded only when needed, now: a module's way from the disk is nothing a seed decides. */
async function loadEngine(): Promise<void> {
  const src = join(import.meta.dirname, "../../src");
  for (const room of ["engine", "xmpp", "store"]) {
    for (const file of readdirSync(join(src, room), { recursive: true, encoding: "utf8" }))
      if (file.endsWith(".ts") && !file.endsWith(".d.ts")) await import(join(src, room, file));
  }
}
