/** Makes a failing plan smaller: takes steps away, many at once and then one by one, as long as it still fails. */
import type { Plan, Step } from "./schedule.ts";

export type Failure = { plan: Plan; violations: string[] };

/** Runs a plan and says what it found. */
type Run = (plan: Plan) => Promise<{ violations: string[] }>;

/** `violations`: what the whole plan ended with. */
export async function shrink(plan: Plan, violations: string[], run: Run): Promise<Failure> {
  let best: Failure = { plan, violations };
  let size = Math.ceil(plan.steps.length / 2);
  while (size >= 1) {
    const smaller = await withoutAny(best, size, run);
    if (smaller !== undefined) best = smaller;
    else size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return best;
}

/** The first plan without `size` steps in a row that still fails. The time they took passes all the same. */
async function withoutAny({ plan }: Failure, size: number, run: Run): Promise<Failure | undefined> {
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
    const { violations } = await run(candidate);
    if (violations.length > 0) return { plan: candidate, violations };
  }
  return undefined;
}

export function tell({ plan, violations }: Failure): string {
  const steps = plan.steps.map((step) => `    ${JSON.stringify(step)}`);
  return [
    `  ${plan.steps.length} steps in ${JSON.stringify(plan.world)}`,
    ...steps,
    ...violations.map((text) => `  ${text}`),
  ].join("\n");
}
