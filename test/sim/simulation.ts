/** One run: the server, the devices with their tabs, and the steps of a plan, until everything is calm again. */
import { createHash } from "node:crypto";
import { type AccountEvents, openAccount } from "../../src/engine/account.ts";
import type { AccountContext } from "../../src/engine/context.ts";
import type { Stance } from "../../src/engine/holder.ts";
import { markRead } from "../../src/engine/commands/mark-read.ts";
import { send } from "../../src/engine/commands/send.ts";
import type { Jid } from "../../src/mail/address.ts";
import type { Draft } from "../../src/mail/draft.ts";
import { openRegistry } from "../../src/store/registry.ts";
import { inProcessWebSocket, type InProcessSocket } from "../hostile/in-process.ts";
import { routeMessage } from "../hostile/routing.ts";
import { HostileServer } from "../hostile/server.ts";
import { NS } from "../hostile/xml.ts";
import type { Reading, Sent, Truth, Whose } from "./check.ts";
import { createFaultyNetwork, type FaultyNetwork } from "./faulty-network.ts";
import { surround } from "./globals.ts";
import { Loop } from "./loop.ts";
import { markOf } from "./marks.ts";
import { randomFrom } from "./random.ts";
import { DEVICES, type Plan, type Recipient, type Step } from "./schedule.ts";
import { Device, outside, type Tab } from "./tab.ts";

export const DOMAIN = "sim.example";
const URL = "ws://127.0.0.1/ws";
const START = Date.UTC(2026, 0, 5, 9);
const HOUR = 3_600_000;
const PASSWORD = "secret";

export class Simulation implements Truth {
  readonly plan: Plan;
  readonly loop = new Loop(START);
  readonly server: HostileServer;
  readonly devices: Device[];
  readonly sent: Sent[] = [];
  /** Marks of the messages that archives forgot. */
  readonly expired = new Set<string>();
  readonly copies = new Map<string, number>();
  /** A frame to a client was lost or held back while its stream went on: only a new stream makes up for that. */
  lostOneFrame = false;
  /** For a while the archive did not say what became of a copy. */
  wasArchiveMute = false;
  private isCalm = false;
  /** Requests of clients, but for signs of life. */
  questions = 0;
  /** What went wrong outside of what the checks look at. */
  readonly complaints: string[] = [];
  readonly lines: string[] = [];
  private readonly hash = createHash("sha256");
  private readonly networks: FaultyNetwork<InProcessSocket>[];
  private readonly readings = new Map<string, Reading>();
  private marks = 0;

  constructor(plan: Plan, options: { keepsLines: boolean } = { keepsLines: false }) {
    this.plan = plan;
    const { world } = plan;
    const ids = randomFrom(`${world.seed}/server`);
    this.server = new HostileServer({
      domain: DOMAIN,
      accounts: { ann: PASSWORD, ben: PASSWORD },
      mechanisms: ["PLAIN"],
      archive: world.hasArchive,
      streamManagement: world.hasStreamManagement,
      resumeForMs: world.resumeForMs,
      toBare: world.toBare,
      clock: { now: () => this.loop.now, after: (ms, run) => this.later(ms, run) },
      newId: () => ids.uuid(),
    });
    const { pageCap, wholeSeconds, unknownId } = world;
    Object.assign(this.server.faults.mam, { pageCap, wholeSeconds, unknownId });
    this.server.faults.latencyMs = world.latencyMs;
    this.devices = DEVICES.map(({ name, who }) => new Device(this.loop, name, addressOf(who)));
    this.networks = this.devices.map((device) => this.networkOf(device));
    this.keepsLines = options.keepsLines;
    surround({
      loop: this.loop,
      webSocketOf: (tab) => this.webSocketOf(tab),
      heard: (text) => this.heard(text),
    });
    this.tellOfFrames();
    for (let i = 0; i < world.history; i++) this.writeHistory(i);
  }

  private readonly keepsLines: boolean;

  get hasArchive(): boolean {
    return this.server.hasArchive;
  }

  archiveOf(jid: string): { id: string; mark: string | undefined }[] | undefined {
    const account = this.server.account(jid);
    return account?.archive.messages.map(({ id, text }) => ({ id, mark: markOf(text) }));
  }

  readingOn({ name }: Whose): Reading {
    const known = this.readings.get(name) ?? { read: new Set(), perhaps: new Set() };
    this.readings.set(name, known);
    return known;
  }

  timesTaken({ mid }: { mid: string }, jid: Jid): number {
    return this.server.log.timesAccepted(mid, jid);
  }

  /** Everything that happened, in one number. */
  get digest(): string {
    return this.hash.copy().digest("hex").slice(0, 16);
  }

  note(line: string): void {
    const text = `${((this.loop.now - START) / 1000).toFixed(3)} ${line}`;
    this.hash.update(`${text}\n`);
    if (this.keepsLines) this.lines.push(text);
  }

  async run(): Promise<void> {
    for (const device of this.devices) this.openTab(device);
    for (const step of this.plan.steps) {
      await this.loop.advance(step.afterMs);
      this.note(`STEP ${JSON.stringify(step)}`);
      outside(() => this.take(step));
      await this.loop.drain();
    }
  }

  /** No more faults; everybody is there, online, and looks. */
  async calm(): Promise<void> {
    this.note("CALM");
    this.isCalm = true;
    this.endFaults();
    for (const [index, device] of this.devices.entries()) {
      device.network.isUp = true;
      this.networks[index]?.mend();
      if (device.tabs.length === 0) this.openTab(device);
    }
    await this.loop.advance(1);
    for (const device of this.devices) {
      this.wake(device, "online");
      for (const tab of device.tabs) {
        tab.thaw();
        this.setStance(tab, "visible");
      }
    }
  }

  /** Every stream begins again, as after a night. */
  async reconnectAll(): Promise<void> {
    this.note("RECONNECT");
    this.server.restart();
    await this.loop.advance(1);
    for (const device of this.devices) this.wake(device, "online");
  }

  /** Runs code as a tab of the device would, past the ones that are open: for looking at its database. */
  async look<T>(device: Device, code: () => Promise<T>): Promise<T> {
    const reader = device.newTab("reader");
    device.tabs = device.tabs.filter((tab) => tab !== reader);
    let result: { value: T } | undefined;
    let failure: unknown;
    void reader.run(code)?.then(
      (value) => (result = { value }),
      (error: unknown) => (failure = error),
    );
    await this.loop.drain();
    if (result === undefined) throw failure ?? new Error(`${device.name} does not answer`);
    return result.value;
  }

  /** Stanzas that wait for a client that is gone, until the server notices. */
  get isWaitingForTheDead(): boolean {
    return this.devices.some(({ jid }) => {
      const sessions = this.server.account(jid)?.sessions ?? [];
      return [...sessions].some(({ sm }) => sm !== undefined && sm.queue.length > 0);
    });
  }

  private later(ms: number, run: () => void): () => void {
    return this.loop.after(ms, () => outside(run));
  }

  private take(step: Step): void {
    const { server } = this;
    switch (step.do) {
      case "send":
        return this.send(step);
      case "arrive":
        return this.arrive(step);
      case "read":
        return this.read(step);
      case "open":
        if (this.device(step).tabs.length < 2) this.openTab(this.device(step));
        return undefined;
      case "crash":
        return this.tab(step)?.crash(step.commitsSurvive);
      case "close":
        return this.close(this.tab(step));
      case "show":
      case "hide":
        return this.setStance(this.tab(step), step.do === "show" ? "visible" : "hidden");
      case "freeze":
        return this.freeze(this.tab(step), step);
      case "online":
      case "offline":
        this.device(step).network.isUp = step.do === "online";
        return this.wake(this.device(step), step.do);
      case "kill":
        return server.restart({ downForMs: step.downMs });
      case "cut":
        return this.cut(step);
      case "jump":
        this.device(step).clockOffset += step.ms;
        return undefined;
      case "twice":
        return this.takeNextTwice();
      case "refuse-resume":
        server.faults.refuseResume = step.isOn;
        return undefined;
      case "stream-error":
        return server.fail(step.condition);
      case "mute":
        // What goes unanswered may be left undone, and nobody asks twice for the same.
        this.lostOneFrame ||= step.what === "iq";
        this.wasArchiveMute ||= step.what !== "sm";
        server.faults.mute.add(step.what);
        this.later(step.ms, () => server.faults.mute.delete(step.what));
        return undefined;
      case "expire":
        return this.expire(step.count);
      default:
        if (step.do === "swap" || (step.do === "drop" && step.direction === "down"))
          this.lostOneFrame = true;
        this.networks[step.device]?.take(step);
    }
  }

  private networkOf(device: Device): FaultyNetwork<InProcessSocket> {
    const faults = createFaultyNetwork({
      name: device.name,
      open: () => device.tabs.flatMap(({ sockets }) => [...sockets]),
      note: (text) => this.note(text),
    });
    device.network.carry = (...frame) => faults.carry(...frame);
    return faults;
  }

  private device(step: { device: number }): Device {
    return this.devices[step.device] as Device;
  }

  private tab(step: { device: number; tab: number }): Tab | undefined {
    const { tabs } = this.device(step);
    return tabs[step.tab % Math.max(1, tabs.length)];
  }

  private newMark(kind: string): string {
    return `${kind}-${++this.marks}`;
  }

  private openTab(device: Device): void {
    const tab = device.newTab(this.plan.world.seed);
    const events: AccountEvents = {
      onTabSecret: () => undefined,
      onSignedOut: () => this.complaints.push(`${tab.name} was signed out`),
      onBlocked: () => this.complaints.push(`${tab.name} waits for its database`),
      isSignedOut: async () => false,
      onTrouble: () => this.complaints.push(`${tab.name} is in trouble with its database`),
      onPartMissing: () => this.complaints.push(`${tab.name} lacks a part of the app`),
    };
    const open = async (): Promise<void> => {
      const registry = await openRegistry();
      const jid = device.jid as Jid;
      const fresh = { jid, keep: true, scramSeen: false, clientId: device.name, lastUsedAt: 0 };
      const known = await registry.update(jid, (old) => old ?? fresh);
      const account = await openAccount(jid, known ?? fresh, {
        registry,
        config: async () => ({ endpoints: { [DOMAIN]: URL } }),
        tabSecret: undefined,
        credential: { kind: "password", password: PASSWORD },
        stance: tab.stance,
        events,
      });
      tab.account = account;
    };
    tab.run(open)?.catch((error: unknown) => this.complaints.push(`${tab.name}: ${String(error)}`));
  }

  private close(tab: Tab | undefined): void {
    if (tab === undefined) return;
    // Nothing of one that stands still runs any more, not even what it would do at its end.
    if (tab.isFrozen) return tab.crash(true);
    tab.device.tabs = tab.device.tabs.filter((other) => other !== tab);
    tab
      .run(() => tab.account?.close())
      ?.catch((error: unknown) => this.complaints.push(`${tab.name} closing: ${String(error)}`));
  }

  private setStance(tab: Tab | undefined, stance: Stance): void {
    if (tab === undefined) return;
    tab.stance = stance;
    tab.run(() => tab.account?.setStance(stance));
  }

  /** The browser stops the tab for a while, with or without a word. */
  private freeze(tab: Tab | undefined, { ms, isTold }: { ms: number; isTold: boolean }): void {
    if (tab === undefined || tab.isFrozen || tab.stance === "frozen") return;
    const before = tab.stance;
    if (isTold) this.setStance(tab, "frozen");
    this.later(50, () => {
      tab.isFrozen = !this.isCalm;
    });
    this.later(50 + ms, () => {
      tab.thaw();
      if (isTold) this.setStance(tab, before);
    });
  }

  private wake(device: Device, why: "online" | "offline"): void {
    for (const tab of device.tabs) tab.run(() => tab.account?.wake(why));
  }

  private webSocketOf(tab: Tab): typeof WebSocket {
    return (tab.webSocket ??= this.makeWebSocket(tab));
  }

  private makeWebSocket(tab: Tab): typeof WebSocket {
    return inProcessWebSocket(this.server, tab.device.network, {
      opened: (socket, url) => {
        tab.sockets.add(socket);
        return url === URL;
      },
      run: (listeners) => {
        tab.run(listeners);
      },
    });
  }

  private send(step: Extract<Step, { do: "send" }>): void {
    const tab = this.tab(step);
    const context = tab?.account?.context;
    if (tab === undefined || context === undefined) return;
    const mark = this.newMark("sent");
    const to = step.to.map(addressOf) as Jid[];
    const entry: Sent = { mark, device: tab.device, to, outcome: "open" };
    this.sent.push(entry);
    const act = async (): Promise<void> => {
      const draft: Draft = {
        id: crypto.randomUUID(),
        kind: step.isReply ? "reply" : "new",
        to: to.map((jid) => ({ jid })),
        cc: [],
        bcc: [],
        pending: { to: "", cc: "", bcc: "" },
        subject: mark,
        body: `This is ${mark}.`,
        quote: "",
        updatedAt: context.now(),
      };
      const source = step.isReply ? await this.newestMail(tab) : undefined;
      const answer = await send(context, { draft: { ...draft, ...source } });
      entry.outcome = answer.ok ? "ok" : "refused";
      this.note(`${tab.name} ${mark} ${entry.outcome}`);
    };
    tab.run(act)?.catch((error: unknown) => {
      if (!tab.isDead) this.complaints.push(`${tab.name} send: ${String(error)}`);
    });
  }

  private async newestMail(tab: Tab): Promise<Pick<Draft, "source">> {
    const rows = await tab.account?.context.store.read(["messages"], (tx) =>
      tx.objectStore("messages").getAll(),
    );
    const row = rows?.filter(({ kind, direction }) => kind === "mail" && direction === "in").at(-1);
    if (row === undefined) return {};
    return {
      source: {
        key: row.key,
        ...(row.thread === undefined ? {} : { thread: row.thread }),
        reply: { id: row.mid, to: row.from },
      },
    };
  }

  private arrive(step: Extract<Step, { do: "arrive" }>): void {
    const mark = this.newMark("arrived");
    this.server.mail({
      from: `friend${step.thread % 2}@elsewhere.example`,
      to: addressOf(step.to),
      ...(step.isChat ? { type: "chat" } : { subject: mark }),
      body: `This is ${mark}.`,
      ...(step.id === "short" ? { id: String(step.thread) } : {}),
      ...(step.thread === 0 ? {} : { more: `<thread>thread-${step.thread}</thread>` }),
    });
  }

  private read({ which, ...step }: Extract<Step, { do: "read" }>): void {
    const tab = this.tab(step);
    const context = tab?.account?.context;
    if (tab === undefined || context === undefined) return;
    const { read, perhaps } = this.readingOn(tab.device);
    const act = async (): Promise<void> => {
      const ids = await context.store.read(["conversations"], (tx) =>
        tx.objectStore("conversations").getAllKeys(),
      );
      const id = ids[which % Math.max(1, ids.length)];
      if (id === undefined) return;
      const before = await marksIn(context, id);
      for (const mark of before) perhaps.add(mark);
      await markRead(context, { conversation: `c${id}` });
      for (const mark of before) read.add(mark);
      for (const mark of await marksIn(context, id)) perhaps.add(mark);
    };
    tab.run(act)?.catch((error: unknown) => {
      if (!tab.isDead) this.complaints.push(`${tab.name} read: ${String(error)}`);
    });
  }

  private cut({ when, ...step }: Extract<Step, { do: "cut" }>): void {
    const device = this.device(step);
    const cut = (): void => {
      for (const connection of this.server.connectionsOf(device.jid)) connection.cut();
    };
    if (when === "now") return cut();
    const stop = this.server.at(when, ({ sender }) => {
      if (sender?.account.jid !== device.jid) return;
      stop();
      cut();
    });
  }

  private takeNextTwice(): void {
    const stop = this.server.at("delivered", ({ stanza, sender }) => {
      stop();
      // Twice in an archive under an id that proves nothing is two messages.
      const mark = markOf(stanza.toString());
      if ((stanza.attrs["id"] ?? "").length < 8 && mark !== undefined)
        this.copies.set(mark, (this.copies.get(mark) ?? 1) + 1);
      routeMessage(this.server, stanza, sender);
    });
  }

  private expire(count: number): void {
    for (const { who } of DEVICES) {
      const archive = this.server.account(addressOf(who))?.archive;
      // Not what was just sent: an archive that forgets at once is none to ask what became of it.
      const old = archive?.messages.filter(({ at }) => at < START).length ?? 0;
      for (const { text } of archive?.messages.splice(0, Math.min(count, old)) ?? []) {
        const mark = markOf(text);
        if (mark !== undefined) this.expired.add(mark);
      }
    }
  }

  private endFaults(): void {
    const { faults } = this.server;
    faults.mute.clear();
    faults.refuseResume = false;
    faults.refuseConnections = false;
  }

  private writeHistory(index: number): void {
    for (const who of ["ann", "ben"] as const) {
      const mark = this.newMark("history");
      const friend = `friend${index % 3}@elsewhere.example`;
      this.server.remember(
        addressOf(who),
        `<message xmlns='jabber:client' id='${mark}-of-old' from='${friend}' to='${addressOf(who)}'>` +
          `<subject>${mark}</subject><body>This is ${mark}.</body></message>`,
        { with: friend, at: START - (this.plan.world.history - index) * HOUR },
      );
    }
  }

  private tellOfFrames(): void {
    this.server.on(({ text, element, connection }) => {
      this.note(`${connection.number} > ${text}`);
      const isPing = element.getChild("ping", NS.ping) !== undefined;
      if (element.name === "iq" && !isPing) this.questions++;
    });
    this.server.onWrite((text, connection) => {
      this.note(`${connection.number} < ${text}`);
      return undefined;
    });
  }

  private heard(text: string): void {
    this.note(`SAID ${text}`);
    if (/\b(Type|Range|Reference|Constraint|Data|InvalidState)Error\b/.test(text))
      this.complaints.push(text);
  }
}

export function addressOf(who: Recipient): string {
  return who === "abroad" ? "somebody@elsewhere.example" : `${who}@${DOMAIN}`;
}

async function marksIn(context: AccountContext, conversation: number): Promise<string[]> {
  const bodies = await context.store.read(["messages", "bodies"], async (tx) => {
    const rows = await tx.objectStore("messages").getAll();
    const keys = rows.filter((row) => row.conversation === conversation).map(({ key }) => key);
    return Promise.all(keys.map((key) => tx.objectStore("bodies").get(key)));
  });
  return bodies.flatMap((body) => markOf(body?.body ?? "") ?? []);
}
