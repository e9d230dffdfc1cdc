/** Runs one plan to its end and says what it found. */
import { type Contents, unrest, violations } from "./check.ts";
import { readContents } from "./contents.ts";
import type { Plan } from "./schedule.ts";
import { Simulation } from "./simulation.ts";

/** Everything that waits ends within this: the longest back-off, an unanswered request, a silent session. */
const PATIENCE_MS = 10 * 60_000;
const LOOK_EVERY_MS = 15_000;
/** Stragglers are looked up after everybody is level; then nobody has a reason to ask anything for so long. */
const QUIET_MS = 20_000;
const MAX_TRIES = 20;

export type Verdict = {
  violations: string[];
  /** The same for the same plan, on every machine. */
  digest: string;
  lines: string[];
};

export async function runPlan(plan: Plan, options = { keepsLines: false }): Promise<Verdict> {
  const simulation = new Simulation(plan, options);
  try {
    await simulation.run();
    await simulation.calm();
    let found = await rest(simulation);
    if (simulation.lostOneFrame) {
      await simulation.reconnectAll();
      found = await rest(simulation);
    }
    const wrong =
      found.violations.length > 0
        ? [...found.violations, ...simulation.complaints]
        : violations(simulation, found.contents);
    return { violations: wrong, digest: simulation.digest, lines: simulation.lines };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { violations: [text], digest: simulation.digest, lines: simulation.lines };
  } finally {
    for (const device of simulation.devices) {
      for (const tab of device.tabs) tab.isDead = true;
    }
  }
}

/** Waits until every device is level with the server, or says why it is not. */
async function rest(
  simulation: Simulation,
): Promise<{ contents: Contents[]; violations: string[] }> {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    await simulation.loop.advance(LOOK_EVERY_MS);
    const restless = (await readAll(simulation)).flatMap(unrest);
    const isHeldBack = !simulation.server.hasArchive && simulation.isWaitingForTheDead;
    if (restless.length === 0 && !isHeldBack) break;
    if (waited >= PATIENCE_MS) return { contents: [], violations: restless };
  }
  for (let tries = 0; ; tries++) {
    const asked = simulation.questions;
    await simulation.loop.advance(QUIET_MS);
    const more = simulation.questions - asked;
    if (more === 0) return { contents: await readAll(simulation), violations: [] };
    if (tries > MAX_TRIES)
      return { contents: [], violations: [`${more} questions to the server though all is level`] };
  }
}

async function readAll(simulation: Simulation): Promise<Contents[]> {
  const all: Contents[] = [];
  for (const device of simulation.devices) all.push(await readContents(simulation, device));
  for (const { messages, device } of all)
    simulation.note(`${device.name} ${JSON.stringify(messages)}`);
  return all;
}
