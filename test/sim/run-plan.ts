/** Runs one plan to its end and says what it found. */
import { type Contents, readContents, unrest, violations } from "./check.ts";
import type { Plan } from "./schedule.ts";
import { Simulation } from "./simulation.ts";

/** Everything that waits ends within this: the longest back-off, an unanswered request, a silent session. */
const PATIENCE_MS = 10 * 60_000;
const LOOK_EVERY_MS = 15_000;
/** Stragglers: what is still looked up after everybody is level. And then nobody has a reason to ask anything. */
const STRAGGLE_MS = 12_000;
const QUIET_MS = 30_000;

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
    if (found.violations.length === 0 && simulation.lostOneFrame) {
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
  await simulation.loop.advance(STRAGGLE_MS);
  const asked = simulation.questions;
  await simulation.loop.advance(QUIET_MS);
  const more = simulation.questions - asked;
  const restless = more === 0 ? [] : [`${more} questions to the server though all is level`];
  return { contents: await readAll(simulation), violations: restless };
}

async function readAll(simulation: Simulation): Promise<Contents[]> {
  const all: Contents[] = [];
  for (const device of simulation.devices) all.push(await readContents(simulation, device));
  for (const { messages, device } of all)
    simulation.note(`${device.name} ${JSON.stringify(messages)}`);
  return all;
}
