/**
 * Many schedules of the simulator (test/sim/), in as many processes as asked for, and how long they took:
 * `node tools/sim.mjs --seeds 10000 --from 1 --jobs 2`; `node tools/sim.mjs state --seeds 10000` of what an account's
 * devices share. Stops at the first failure of a process, makes it smaller and prints it.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: "string", default: "1" },
    seeds: { type: "string", default: "10000" },
    jobs: { type: "string", default: "2" },
  },
});

type Summary = { ran: number; failed: number; stray: string[] };

const [from, seeds, jobs] = [Number(values.from), Number(values.seeds), Number(values.jobs)];
const share = Math.ceil(seeds / jobs);
const startedAt = Date.now();
const summaries = await Promise.all(
  Array.from({ length: jobs }, (_, job) =>
    run(from + job * share, Math.max(0, Math.min(share, seeds - job * share))),
  ),
);
const ran = summaries.reduce((sum, summary) => sum + summary.ran, 0);
const failed = summaries.reduce((sum, { failed: own, stray }) => sum + own + stray.length, 0);
const seconds = Math.round((Date.now() - startedAt) / 1000);
console.log(`${ran} of ${seeds} schedules, ${failed} with violations, ${seconds} s`);
process.exit(failed === 0 && ran === seeds ? 0 : 1);

/** One process; what it says goes to the screen, its last line is for us. */
function run(first: number, count: number): Promise<Summary> {
  const script = join(import.meta.dirname, "../test/sim/run.ts");
  const child = spawn(
    process.execPath,
    [script, ...positionals, "--from", `${first}`, "--seeds", `${count}`],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let text = "";
  child.stdout.on("data", (data) => (text += String(data)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const last = text.trim().split("\n").at(-1) ?? "";
      if (!last.startsWith("{"))
        return reject(new Error(`it broke off, ${signal ?? `code ${code}`}: ${text}`));
      resolve(JSON.parse(last) as Summary);
    });
  });
}
