/** Makes a failing plan smaller: takes steps away, many at once and then one by one, as long as it still fails. */

/** A world, and what happens in it: plain data. */
export type AnyPlan = { world: unknown; steps: { afterMs: number }[] };
export type Failure<P extends AnyPlan> = { plan: P; violations: string[] };

/** Runs a plan and says what it found. */
type Run<P> = (plan: P) => Promise<{ violations: string[] }>;

/** `violations`: what the whole plan ended with. */
export async function shrink<P extends AnyPlan>(
  plan: P,
  violations: string[],
  run: Run<P>,
): Promise<Failure<P>> {
  let best: Failure<P> = { plan, violations };
  let size = Math.ceil(plan.steps.length / 2);
  while (size >= 1) {
    const smaller = await withoutAny(best, size, run);
    if (smaller !== undefined) best = smaller;
    else size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return best;
}

/** The first plan without `size` steps in a row that still fails. The time they took passes all the same. */
async function withoutAny<P extends AnyPlan>(
  { plan }: Failure<P>,
  size: number,
  run: Run<P>,
): Promise<Failure<P> | undefined> {
  for (let at = 0; at + size <= plan.steps.length; at++) {
    const gone = plan.steps.slice(at, at + size);
    const rest = plan.steps.slice(at + size);
    const waited = gone.reduce((sum, { afterMs }) => sum + afterMs, 0);
    const [next, ...others] = rest;
    const steps: AnyPlan["steps"] = [
      ...plan.steps.slice(0, at),
      ...(next === undefined ? [] : [{ ...next, afterMs: next.afterMs + waited }, ...others]),
    ];
    const candidate: P = { ...plan, steps };
    const { violations } = await run(candidate);
    if (violations.length > 0) return { plan: candidate, violations };
  }
  return undefined;
}

export function tell({ plan, violations }: Failure<AnyPlan>): string {
  const steps = plan.steps.map((step) => `    ${JSON.stringify(step)}`);
  return [
    `  ${plan.steps.length} steps in ${JSON.stringify(plan.world)}`,
    ...steps,
    ...violations.map((text) => `  ${text}`),
  ].join("\n");
}
