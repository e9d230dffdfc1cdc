/** Runs one plan to its end and says what it found. */
import { setPreference } from "../../../src/engine/commands/preferences.ts";
import { triage } from "../../../src/engine/commands/triage.ts";
import { readPreferences } from "../../../src/engine/queries/preferences.ts";
import type { Verdict } from "../run-plan.ts";
import { readSeen, type Seen, unequal, violationsOf, violationsOnServer } from "./check.ts";
import type { StatePlan } from "./schedule.ts";
import { type StateDevice, StateSimulation } from "./simulation.ts";

/** Longer than anything waits, but for looking again at private XML. */
const QUIET_MS = 100_000;
const PATIENCE_MS = 3600_000;

export async function runPlan(plan: StatePlan, options = { keepsLines: false }): Promise<Verdict> {
  const simulation = new StateSimulation(plan, options);
  const { violations } = simulation;
  try {
    await simulation.run();
    await simulation.calm();
    await quiet(simulation);
    if (violations.length === 0) await check(simulation);
    if (violations.length === 0) await checkNewDevice(simulation);
    if (violations.length === 0) await checkLastWord(simulation);
  } catch (error) {
    violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    for (const { tab } of simulation.devices) if (tab !== undefined) tab.isDead = true;
  }
  const { digest, lines } = simulation;
  return { violations, digest, lines };
}

/** Until nobody asks anything any more. */
async function quiet({ loop, server }: StateSimulation): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += QUIET_MS) {
    const { asked } = server;
    await loop.advance(QUIET_MS);
    if (server.asked === asked) return;
  }
  throw new Error("they never stop asking the server");
}

async function check(simulation: StateSimulation): Promise<void> {
  const { violations, record, devices } = simulation;
  const expected = record.all;
  const kept = new Map(simulation.kept(expected));
  violations.push(...violationsOnServer(simulation, kept));
  const all: [string, Seen][] = [];
  for (const it of devices) all.push([it.device.name, await readSeen(simulation, it)]);
  for (const [name, seen] of all) violations.push(...violationsOf(name, seen, { expected, kept }));
  const [first, ...others] = all;
  if (first !== undefined) for (const other of others) violations.push(...unequal(first, other));
}

/** One that was never there sees all of it, whether its mail is there before or comes then. */
async function checkNewDevice(simulation: StateSimulation): Promise<void> {
  const { messages, seed } = simulation.plan.world;
  const known = Number(seed.charCodeAt(seed.length - 1)) % 2 === 0 ? messages : 0;
  const it = simulation.addDevice(0, known);
  await quiet(simulation);
  simulation.arrive(it, messages);
  await quiet(simulation);
  await check(simulation);
}

/** Whatever a wrong clock said before: what is said now, having seen it, stands. */
async function checkLastWord(simulation: StateSimulation): Promise<void> {
  const [speaker] = simulation.devices.slice(-1);
  if (speaker === undefined) return;
  const stars = async (it: StateDevice): Promise<string> =>
    simulation.look(it, async (context) => {
      const rows = await context.store.read(["messages"], (tx) =>
        tx.objectStore("messages").getAll(),
      );
      const starred = rows.filter((row) => row.star === 1).map(({ mid }) => mid);
      const unread = rows.filter((row) => row.unread === 1).map(({ mid }) => mid);
      const { spelling } = await readPreferences(context);
      return JSON.stringify({ starred: starred.sort(), unread: unread.sort(), spelling });
    });
  simulation.do(speaker, async (context) => {
    const { spelling } = await readPreferences(context);
    await setPreference(context, { name: "spelling", value: !spelling });
    const on = { place: "all" as const, except: [] };
    await triage(context, { act: { do: "unstar" }, on });
    await triage(context, { act: { do: "read" }, on });
  });
  await simulation.loop.drain();
  const wanted = await stars(speaker);
  await quiet(simulation);
  for (const it of simulation.devices) {
    const is = await stars(it);
    if (is !== wanted)
      simulation.violations.push(`last word ${wanted}, and ${it.device.name} has ${is}`);
  }
}
