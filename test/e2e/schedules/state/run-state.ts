/**
 * A schedule of shared state (test/sim/state/schedule.ts) on three devices of one account in real Chromium, on a real
 * server: the same steps from the same seed, the same record of all that was said, and the same checks at the end.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { NODE_STATE } from "../../../../src/xmpp/nodes.ts";
import { deleteNode, listItems, retractItems } from "../../../../src/xmpp/pep.ts";
import { type Random, randomFrom } from "../../../sim/random.ts";
import type { StateStep } from "../../../sim/state/schedule.ts";
import type { RealDevice, Tab } from "../device.ts";
import { MortalServer } from "../mortal-server.ts";
import type { Ground, Pace, RealVerdict } from "../run-real.ts";
import type { StateAccount } from "./account.ts";
import { disagreements } from "./agree.ts";
import type { DraftStep, RealStatePlan } from "./plan.ts";
import type { SaidHere } from "./said-here.ts";
import { act, actOnAll, changeLabel, draft, prefer } from "./take-step.ts";
import { run } from "./worker-port.ts";

/** Everything that waits ends within this. ms */
const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 400;
/** Of mail at once. */
const MOST_MAIL = 2;
/** What is lost of a stream is mended by the next one alone. */
const MENDED_ANEW: ReadonlySet<string> = new Set([
  "drop",
  "delete-node",
  "open-node",
  "lose-answer",
  "events",
]);

type Step = StateStep | DraftStep;
type OnDevice = Extract<Step, { device: number }>;

export async function runState(
  plan: RealStatePlan,
  account: StateAccount,
  ground: Ground,
  pace: Pace,
): Promise<RealVerdict> {
  const schedule = new StateRun(plan, account, ground, pace);
  try {
    return await schedule.go();
  } finally {
    await schedule.end();
  }
}

class StateRun {
  private readonly plan: RealStatePlan;
  private readonly account: StateAccount;
  private readonly pace: Pace;
  private readonly random: Random;
  private readonly mortal: MortalServer;
  private readonly lines: string[] = [];
  private readonly complaints: string[] = [];
  private readonly startedAt = Date.now();
  /** Tabs that crashed and are opened again. */
  private readonly returns: Promise<void>[] = [];

  constructor(plan: RealStatePlan, account: StateAccount, ground: Ground, pace: Pace) {
    this.plan = plan;
    this.account = account;
    this.pace = pace;
    this.random = randomFrom(`${plan.world.seed}/faults`);
    this.mortal = new MortalServer(ground.server, (text) => this.note(text));
    account.note = (text) => {
      this.note(text);
      ground.say?.(text);
    };
    account.complain = (text) => this.complaints.push(text);
  }

  async go(): Promise<RealVerdict> {
    for (const step of this.plan.steps) {
      await sleep(Math.min(step.afterMs, this.pace.longestWaitMs));
      this.account.note(JSON.stringify(step));
      await this.take(step).catch((error: unknown) => this.failed(step, String(error)));
    }
    await this.calm();
    const violations = [...(await this.rest()), ...this.complaints];
    for (const { errors } of this.account.devices) violations.push(...errors.splice(0));
    return { violations, lines: this.lines, messages: this.account.record.all.size };
  }

  async end(): Promise<void> {
    await Promise.allSettled([this.mortal.back, ...this.returns]);
    for (const device of this.account.devices) {
      device.relay.mend();
      await device.setClock(0);
    }
  }

  /** Without a network a part that was not kept yet cannot be had: nothing was done then, and the person is told. */
  private failed(step: Step, text: string): void {
    if (text.includes("dynamically imported module")) return this.account.note(text);
    this.complaints.push(`${JSON.stringify(step)}: ${text}`);
  }

  private note(text: string): void {
    this.lines.push(`${((Date.now() - this.startedAt) / 1000).toFixed(1)} ${text}`);
  }

  private async take(step: Step): Promise<void> {
    switch (step.do) {
      case "drop":
        return this.onNode(async (session) => {
          const ids = (await listItems(session, NODE_STATE)).filter(
            (id) =>
              (step.what === "all" || id.startsWith("j.") === (step.what === "journals")) &&
              this.random.chance(0.4),
          );
          await retractItems(session, NODE_STATE, ids);
        });
      case "delete-node":
        return this.onNode((session) => deleteNode(session, NODE_STATE));
      case "refuse":
        return this.mortal.kill(Math.min(step.ms, this.pace.longestFaultMs), () =>
          this.account.leave(),
        );
      // Real servers have limits of their own, and 173 opens nodes.
      case "limit":
      case "open-node":
        return undefined;
      case "arrive":
        for (let n = 0; n < Math.min(step.count, MOST_MAIL); n++)
          if (this.mortal.back === undefined) await this.account.arrive();
        return undefined;
      default: {
        const { devices } = this.account;
        const device = devices[step.device % devices.length];
        if (device !== undefined) await this.takeOn(device, step);
      }
    }
  }

  private async takeOn(device: RealDevice, step: Extract<Step, { device: number }>): Promise<void> {
    const { relay } = device;
    switch (step.do) {
      case "offline":
      case "online":
        return device.setOnline(step.do === "online");
      case "cut":
        return relay.cut("now");
      case "jump":
        return device.setClock(step.ms);
      case "lose-answer":
      case "events":
        return this.disturb(device, step);
      default:
        return this.takeInTab(device, step);
    }
  }

  /** The next frames that come, whatever they are. */
  private disturb(
    { relay }: RealDevice,
    step: Extract<Step, { do: "lose-answer" | "events" }>,
  ): void {
    const on = { device: 0, afterMs: 0 };
    const how = step.do === "events" ? step.how : "lose";
    if (how === "delay") relay.faults.take({ do: "swap", ...on });
    else if (how === "double") relay.faults.take({ do: "double", count: step.count, ...on });
    else relay.faults.take({ do: "drop", direction: "down", count: step.count, ...on });
    if (step.do === "lose-answer" && step.breaks)
      setTimeout(() => relay.cut("now"), this.pace.longestWaitMs);
  }

  private async takeInTab(device: RealDevice, step: OnDevice): Promise<void> {
    const [tab] = device.tabs;
    // It crashed, and is not back yet.
    if (tab === undefined) return;
    const here = await this.account.look(device, tab);
    if (step.do === "crash") return this.crash(device, tab, step);
    await this.doIn(tab, step, here);
    await this.account.look(device, tab);
  }

  private async doIn({ page }: Tab, step: OnDevice, here: SaidHere): Promise<void> {
    switch (step.do) {
      case "act":
        return act(page, step.act, step.which, here);
      case "act-on-all":
        return actOnAll(page, step.act);
      case "undo":
        return page.keyboard.press("z");
      case "label":
        return changeLabel(page, step);
      case "prefer":
        return prefer(page, step.which);
      case "repair":
        await run(page, "repairState", null);
        return undefined;
      case "draft": {
        const mark = `Draft-${this.account.drafted.length + 1}`;
        await draft(page, { which: step.which, mark }, here);
        this.account.drafted.push(mark);
        return undefined;
      }
      default:
        return undefined;
    }
  }

  private async crash(
    device: RealDevice,
    tab: Tab,
    { commitsSurvive, downMs }: Extract<StateStep, { do: "crash" }>,
  ): Promise<void> {
    await device.crash(tab, commitsSurvive);
    const back = sleep(Math.min(downMs, this.pace.longestFaultMs)).then(() =>
      this.account.open(device),
    );
    back.catch((error: unknown) => this.complaints.push(`${device.name}: ${String(error)}`));
    this.returns.push(back);
  }

  /** Another client of the person's, while the server is there. */
  private async onNode(code: Parameters<StateAccount["with"]>[0]): Promise<void> {
    if (this.mortal.back !== undefined) return;
    await this.account.with(code).catch((error: unknown) => this.note(String(error)));
  }

  /** No more faults; every device is there, online, and where something was lost on a new stream. */
  private async calm(): Promise<void> {
    await this.mortal.back;
    await Promise.allSettled(this.returns);
    const isAnew = this.plan.steps.some((step) => MENDED_ANEW.has(step.do));
    for (const device of this.account.devices) {
      device.relay.mend();
      await device.setOnline(true);
      device.relay.refusesResume = isAnew;
      if (isAnew) device.relay.cut("now");
      await this.account.open(device);
    }
    this.account.note("calm");
  }

  /** Until nobody has anything to object to. */
  private async rest(): Promise<string[]> {
    let before: string | undefined;
    for (const until = Date.now() + PATIENCE_MS; ; await sleep(LOOK_EVERY_MS)) {
      const found = await disagreements(this.account).catch((error: unknown) => [String(error)]);
      if (found.length === 0 || Date.now() > until) return found;
      if (found[0] !== before) this.account.note(`not yet: ${found[0]}`);
      before = found[0];
    }
  }
}
