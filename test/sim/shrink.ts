/** Makes a failing plan smaller: takes steps away, many at once and then one by one, as long as it still fails. */
import { runPlan, type Verdict } from "./run-plan.ts";
import type { Plan, Step } from "./schedule.ts";

export type Failure = { plan: Plan; verdict: Verdict };

export async function shrink(plan: Plan): Promise<Failure> {
  let best: Failure = { plan, verdict: await runPlan(plan) };
  let size = Math.ceil(plan.steps.length / 2);
  while (size >= 1) {
    const smaller = await withoutAny(best, size);
    if (smaller !== undefined) best = smaller;
    else size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return best;
}

/** The first plan without `size` steps in a row that still fails. The time they took passes all the same. */
async function withoutAny({ plan }: Failure, size: number): Promise<Failure | undefined> {
  for (let at = 0; at + size <= plan.steps.length; at++) {
    const gone = plan.steps.slice(at, at + size);
    const rest = plan.steps.slice(at + size);
    const waited = gone.reduce((sum, { afterMs }) => sum + afterMs, 0);
    const [next, ...others] = rest;
    const steps: Step[] = [
      ...plan.steps.slice(0, at),
      ...(next === undefined ? [] : [{ ...next, afterMs: next.afterMs + waited }, ...others]),
    ];
    const candidate = { world: plan.world, steps };
    const verdict = await runPlan(candidate);
    if (verdict.violations.length > 0) return { plan: candidate, verdict };
  }
  return undefined;
}

export function tell({ plan, verdict }: Failure): string {
  const steps = plan.steps.map((step) => `    ${JSON.stringify(step)}`);
  return [
    `  shrunk to ${plan.steps.length} steps in ${JSON.stringify(plan.world)}`,
    ...steps,
    ...verdict.violations.map((text) => `  ${text}`),
  ].join("\n");
}
