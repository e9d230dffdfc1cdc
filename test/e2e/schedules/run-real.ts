/**
 * A schedule of the simulator (test/sim/schedule.ts) in real Chromium on a real server: the same steps from the same
 * seed, done as a person and a bad network do them, and checked by the same invariants.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { connected, rowsOf } from "../../../tools/chaos/people.ts";
import type { Server } from "../../../tools/servers/server.ts";
import type { Jid } from "../../../src/mail/address.ts";
import { listings } from "../../../src/mail/conversation.ts";
import {
  type Contents,
  contentsOf,
  type Reading,
  type Sent,
  type Truth,
  unrest,
  violations,
  type Whose,
} from "../../sim/check.ts";
import { DEVICES, type Plan, type Recipient, type Step } from "../../sim/schedule.ts";
import { type Archived, readArchive } from "./archives.ts";
import { type Person, RealDevice, type Tab } from "./device.ts";
import { Friend } from "./friends.ts";
import { MortalServer } from "./mortal-server.ts";
import { Relay } from "./relay.ts";

/** What all schedules of a server share. */
export type Ground = {
  server: Server;
  browser: Browser;
  /** The built app, and files that take the place of some of it. */
  folder: string;
  files: Record<string, string>;
  /** Hears what happens while it does. */
  say?: (line: string) => void;
};

/** How much of a schedule's time is waited out; the order of things stays. ms */
export type Pace = {
  longestWaitMs: number;
  longestFaultMs: number;
  /** Every socket breaks when the faults end, so that nobody has to find out that one is dead. */
  cutsAtEnd: boolean;
};

export type RealVerdict = { violations: string[]; lines: string[]; messages: number };

/** Everything that waits ends within this: an unanswered request, a back-off, a silent session. */
const PATIENCE_MS = 150_000;
/** A straggler is looked up after everybody is level. */
const SETTLING_MS = 20_000;

const LISTS = [
  ["Inbox", "inbox"],
  ["Sent", "sent"],
  ["Outbox", "outbox"],
] as const;

/** Steps that are nobody's device's alone. */
type Elsewhere =
  | "send"
  | "arrive"
  | "kill"
  | "mute"
  | "stream-error"
  | "refuse-resume"
  | "twice"
  | "expire";

let schedules = 0;

export async function runReal(plan: Plan, ground: Ground, pace: Pace): Promise<RealVerdict> {
  const run = await RealRun.start(plan, ground, pace);
  try {
    return await run.go();
  } finally {
    await run.end();
  }
}

class RealRun implements Truth {
  readonly hasArchive: boolean;
  readonly sent: Sent[] = [];
  readonly expired = new Set<string>();
  readonly copies = new Map<string, number>();
  wasArchiveMute = false;
  readonly complaints: string[] = [];
  private readonly plan: Plan;
  private readonly ground: Ground;
  private readonly pace: Pace;
  private readonly people: Map<string, Person>;
  private devices: RealDevice[] = [];
  private friends: Friend[] = [];
  private readonly lines: string[] = [];
  private readonly startedAt = Date.now();
  private readonly outcomes: Promise<void>[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private archives = new Map<string, Archived[]>();
  private marks = 0;
  private readonly mortal: MortalServer;

  private constructor(plan: Plan, ground: Ground, pace: Pace, people: Map<string, Person>) {
    this.plan = plan;
    this.ground = ground;
    this.pace = pace;
    this.people = people;
    this.hasArchive = ground.server.profile !== "no-archive";
    this.mortal = new MortalServer(ground.server, (text) => this.note(text));
  }

  static async start(plan: Plan, ground: Ground, pace: Pace): Promise<RealRun> {
    const { server } = ground;
    const number = ++schedules;
    const people = new Map<string, Person>();
    for (const name of ["ann", "ben", "friend0", "friend1"]) {
      const local = `${name}-${number}`;
      await server.addAccount(local, local);
      people.set(name, { address: `${local}@${server.domain}`, password: local });
    }
    const run = new RealRun(plan, ground, pace, people);
    await run.setUp().catch(async (error: unknown) => {
      await run.end();
      throw error;
    });
    return run;
  }

  async go(): Promise<RealVerdict> {
    for (const step of this.plan.steps) {
      await sleep(Math.min(step.afterMs, this.pace.longestWaitMs));
      this.note(JSON.stringify(step));
      await this.take(step).catch((error: unknown) =>
        this.complaints.push(`${JSON.stringify(step)}: ${String(error)}`),
      );
    }
    await this.calm();
    const found = await this.verdict();
    for (const { errors } of this.devices) found.push(...errors);
    return { violations: found, lines: this.lines, messages: this.marks };
  }

  /** Whatever fails here, the rest ends too. */
  async end(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.allSettled([this.mortal.back]);
    for (const friend of this.friends) friend.leave();
    for (const device of this.devices) await Promise.allSettled([device.end()]);
  }

  archiveOf(jid: string): readonly Archived[] | undefined {
    return this.archives.get(jid);
  }

  /** Where the recipient has no archive here, the sender's says it. */
  timesTaken({ mid, from }: { mid: string; from: Jid }, jid: Jid): number {
    const items = this.archives.get(jid) ?? this.archives.get(from) ?? [];
    const ids = items
      .filter(({ received }) => received.from === from && received.to === jid)
      .filter(({ received }) => (received.originId ?? received.id) === mid);
    // To myself: one server keeps it as sent and as received.
    return from === jid ? Math.ceil(ids.length / 2) : ids.length;
  }

  readingOn({ name }: Whose): Reading {
    const device = this.devices.find((each) => each.name === name);
    return device?.reading ?? { read: new Set(), perhaps: new Set() };
  }

  private note(text: string): void {
    const line = `${((Date.now() - this.startedAt) / 1000).toFixed(1)} ${text}`;
    this.lines.push(line);
    this.ground.say?.(line);
  }

  private async setUp(): Promise<void> {
    const { server, browser, folder, files } = this.ground;
    const { world } = this.plan;
    this.friends = [0, 1].map((n) => new Friend(server.wsUrl, this.person(`friend${n}`)));
    for (let i = 0; i < world.history; i++) {
      for (const who of ["ann", "ben"] as const)
        await this.friends[i % 2]?.send({ to: this.addressOf(who), mark: this.newMark("history") });
    }
    for (const { name, who } of DEVICES) {
      const relay = await Relay.start(
        name,
        () => server.wsUrl,
        (text) => this.note(text),
      );
      relay.latencyMs = world.latencyMs;
      relay.hasStreamManagement = world.hasStreamManagement;
      const device = { name, who: this.person(who), relay };
      this.devices.push(await RealDevice.start(browser, folder, files, device));
    }
    await Promise.all(this.devices.map((device) => device.open()));
    this.note("signed in");
  }

  private async take(step: Step): Promise<void> {
    switch (step.do) {
      case "send":
        return this.send(step);
      case "arrive":
        return this.arrive(step);
      case "kill":
        return this.mortal.kill(Math.min(step.downMs, this.pace.longestFaultMs), () => {
          for (const friend of this.friends) friend.leave();
        });
      case "mute":
        return this.mute(step);
      case "stream-error":
        return this.devices.forEach(({ relay }) => relay.fail(step.condition));
      case "refuse-resume":
        for (const { relay } of this.devices) relay.refusesResume = step.isOn;
        return undefined;
      // Nothing on the way up may come twice (XEP-0198 counts it), and these archives forget nothing so soon.
      case "twice":
      case "expire":
        return undefined;
      default:
        return this.takeOn(this.device(step), step);
    }
  }

  private async takeOn(device: RealDevice, step: Exclude<Step, { do: Elsewhere }>): Promise<void> {
    const { relay } = device;
    const tab = "tab" in step ? device.tab(step.tab) : undefined;
    switch (step.do) {
      case "open":
        if (device.tabs.length < 2) await device.open();
        return undefined;
      case "offline":
      case "online":
        return device.setOnline(step.do === "online");
      case "jump":
        return device.jump(step.ms);
      case "cut":
        for (const each of this.devices) {
          if (each.jid === device.jid) each.relay.cut(step.when);
        }
        return undefined;
      case "lose":
      case "drop":
      case "double":
      case "swap":
        return relay.faults.take(step);
      default:
        if (tab !== undefined) await this.takeInTab(device, tab, step);
    }
  }

  private async takeInTab(
    device: RealDevice,
    tab: Tab,
    step: Extract<Step, { do: "read" | "close" | "crash" | "hide" | "show" | "freeze" }>,
  ): Promise<void> {
    switch (step.do) {
      case "read":
        return device.read(tab, step.which);
      case "close":
        return device.close(tab);
      case "crash":
        return device.crash(tab, step.commitsSurvive);
      case "hide":
        return device.lookAway();
      case "show":
        return device.look(tab);
      default:
        return device.freeze(tab, Math.min(step.ms, this.pace.longestFaultMs));
    }
  }

  private async send(step: Extract<Step, { do: "send" }>): Promise<void> {
    const device = this.device(step);
    const tab = device.tab(step.tab);
    if (tab === undefined) return;
    const mark = this.newMark("sent");
    const text = `This is ${mark}.`;
    const to = step.to.map((who) => this.addressOf(who));
    const sent: Sent = { mark, device, to: to as Jid[], outcome: "open" };
    this.sent.push(sent);
    const replied = step.isReply ? await device.reply(tab, text) : undefined;
    if (replied !== undefined) sent.to = replied.to as Jid[];
    const { kept } = replied ?? (await device.send(tab, { to, subject: mark, text }));
    // A tab that dies meanwhile may have kept it or not.
    this.outcomes.push(
      kept.then((isKept) => {
        if (isKept) sent.outcome = "ok";
        else if (!tab.isGone) this.complaints.push(`${device.name} does not let ${mark} go`);
      }),
    );
  }

  private async arrive(step: Extract<Step, { do: "arrive" }>): Promise<void> {
    if (this.mortal.back !== undefined) return;
    const { thread, isChat, id } = step;
    await this.friends[thread % 2]?.send({
      to: this.addressOf(step.to),
      mark: this.newMark("arrived"),
      isChat,
      ...(id === "short" ? { id: String(thread) } : {}),
      ...(thread === 0 ? {} : { thread: `thread-${thread}` }),
    });
  }

  private mute({ what, ms }: Extract<Step, { do: "mute" }>): void {
    this.wasArchiveMute ||= what !== "sm";
    for (const { relay } of this.devices) {
      relay.mute.add(what);
      const timer = setTimeout(
        () => relay.mute.delete(what),
        Math.min(ms, this.pace.longestFaultMs),
      );
      this.timers.add(timer);
    }
  }

  /** No more faults; everybody is there, online, and looks. */
  private async calm(): Promise<void> {
    await this.mortal.back;
    for (const device of this.devices) {
      device.relay.mend();
      if (this.pace.cutsAtEnd) device.relay.cut("now");
      await device.setOnline(true);
      for (const tab of device.tabs) await tab.thawed;
      this.note(`${device.name} is online`);
      if (device.tabs.length === 0) await device.open();
      const [tab] = device.tabs;
      if (tab !== undefined) await device.look(tab);
      this.note(`${device.name} is looked at`);
    }
    await Promise.all(this.outcomes);
    this.note("calm");
  }

  private async verdict(): Promise<string[]> {
    for (const until = Date.now() + PATIENCE_MS; ; await sleep(500)) {
      const restless = (await this.readAll()).flatMap(unrest);
      if (restless.length === 0) break;
      if (Date.now() > until) return [...restless, ...this.complaints];
    }
    this.note("at rest");
    let wrong: string[] = [];
    for (const until = Date.now() + SETTLING_MS; Date.now() < until; await sleep(500)) {
      await this.readArchives();
      const all = await this.readAll();
      wrong = [...all.flatMap(unrest), ...violations(this, all)];
      if (wrong.length === 0) return this.listsAreTrue(all);
    }
    return wrong;
  }

  /** The lists show what the database says, row for row. */
  private async listsAreTrue(all: readonly Contents[]): Promise<string[]> {
    const wrong: string[] = [];
    for (const [index, { conversations }] of all.entries()) {
      const device = this.devices[index];
      const page = device?.tabs[0]?.page;
      if (page === undefined) return [`${device?.name} has no tab`];
      await connected(page);
      for (const [name, mailbox] of LISTS) {
        const expected = conversations
          .flatMap(listings)
          .filter((listing) => listing.place === mailbox).length;
        const rows = await rowsOf(page, name, expected);
        if (rows !== expected)
          wrong.push(`I2 ${device?.name} shows ${rows} rows in ${name}, not ${expected}`);
      }
    }
    return wrong;
  }

  private async readAll(): Promise<Contents[]> {
    const all: Contents[] = [];
    for (const device of this.devices) all.push(contentsOf(device, await device.rows()));
    return all;
  }

  private async readArchives(): Promise<void> {
    const { wsUrl } = this.ground.server;
    const known = new Map<string, Archived[]>();
    for (const person of this.people.values())
      known.set(person.address, this.hasArchive ? await readArchive(wsUrl, person) : []);
    this.archives = known;
  }

  private device(step: { device: number }): RealDevice {
    return this.devices[step.device] as RealDevice;
  }

  private person(name: string): Person {
    return this.people.get(name) as Person;
  }

  private addressOf(who: Recipient): string {
    if (who === "abroad") return "somebody@elsewhere.example";
    return this.people.get(who)?.address ?? `nobody@${this.ground.server.domain}`;
  }

  private newMark(kind: string): string {
    return `${kind}-${++this.marks}`;
  }
}
