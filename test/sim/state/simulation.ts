/** One run: the devices of an account, the node they share, and the steps of a plan. */
import { createHash } from "node:crypto";
import { createAccountState, type AccountState } from "../../../src/engine/account-state/carry.ts";
import { FRESH_MS } from "../../../src/engine/arrivals.ts";
import type { Topic } from "../../../src/engine/bus.ts";
import { deleteLabel, saveLabel } from "../../../src/engine/commands/labels.ts";
import { setPreference } from "../../../src/engine/commands/preferences.ts";
import { triage } from "../../../src/engine/commands/triage.ts";
import { undo } from "../../../src/engine/commands/undo.ts";
import type { AccountContext } from "../../../src/engine/context.ts";
import { ingest } from "../../../src/engine/ingest.ts";
import { readDevices } from "../../../src/engine/queries/devices.ts";
import { readLabels } from "../../../src/engine/labels.ts";
import { WORKING_STORES } from "../../../src/engine/working-set.ts";
import { planFold } from "../../../src/mail/account-state/buckets.ts";
import type { Jid } from "../../../src/mail/address.ts";
import { type Arrival, arrivalOf } from "../../../src/mail/message.ts";
import type { TriageAct } from "../../../src/mail/triage.ts";
import { FORGET_BEFORE, type ForgetMark } from "../../../src/mail/account-state/forget.ts";
import { msOf, nextStamp, type Stamp } from "../../../src/mail/clock.ts";
import { stateKey, whenOf } from "../../../src/mail/state.ts";
import type { CarriedItem } from "../../../src/xmpp/account-state/item.ts";
import { openStore } from "../../../src/store/database.ts";
import { putMeta, readMeta } from "../../../src/store/meta.ts";
import { accountOn, me } from "../../engine/store-on-trial.ts";
import { surround } from "../globals.ts";
import { Loop } from "../loop.ts";
import { type Random, randomFrom } from "../random.ts";
import { Device, outside, type Tab } from "../tab.ts";
import { actNamed, CHOICES, LABEL_NAMES } from "./acts.ts";
import { watchWrites } from "./follow-writes.ts";
import { Record } from "./record.ts";
import type { ActName, StatePlan, StateStep, StateWorld } from "./schedule.ts";
import { type Line, StateServer } from "./server.ts";
import { lackingIn, together, type Word, wordsIn } from "./words.ts";

const START = Date.UTC(2026, 0, 5, 9);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Messages lie this far apart, so that they are of several months. */
const APART_MS = 5 * DAY + HOUR;
const RECONNECT_MS = 3000;
/** Longer than the longest back-off. */
const CALM_MS = 2 * HOUR;

/** Cannot be read by this version, or by nobody. */
const FOREIGN = [
  { id: "m.202601.broken", payload: "not base64 at all" },
  { id: "j.foreign", payload: "" },
  { id: "r.newer", payload: "////" },
  { id: "something-else", payload: "AAAA" },
];

/** A device of the account, its database, and whether it is to be online. */
export class StateDevice {
  readonly device: Device;
  tab: Tab | undefined;
  context: Promise<AccountContext> | undefined;
  state: AccountState | undefined;
  line: Line | undefined;
  over: AbortController | undefined;
  wantsOnline = true;
  /** Of the account's messages, how many came here. */
  arrived = 0;

  constructor(device: Device) {
    this.device = device;
  }
}

export class StateSimulation {
  readonly plan: StatePlan;
  readonly loop = new Loop(START);
  readonly server: StateServer;
  readonly record: Record<Device>;
  readonly devices: StateDevice[] = [];
  readonly violations: string[] = [];
  readonly lines: string[] = [];
  /** Of the messages, by key of the state. */
  private readonly days: ReadonlyMap<string, number>;
  private readonly keepsLines: boolean;
  private readonly hash = createHash("sha256");
  private readonly random: Random;

  constructor(plan: StatePlan, { keepsLines }: { keepsLines: boolean }) {
    this.plan = plan;
    this.keepsLines = keepsLines;
    const { world } = plan;
    this.random = randomFrom(`${world.seed}/faults`);
    surround({
      loop: this.loop,
      webSocketOf: () => {
        throw new Error("nobody opens a socket here");
      },
      heard: (text) => this.complain(text),
    });
    const mails = Array.from({ length: world.messages }, (_, n) => mail(n, START).message);
    this.days = new Map(mails.map((message) => [stateKey(message), whenOf(message.at).day]));
    this.record = new Record((text) => this.complain(text));
    watchWrites((device, writes) => this.record.take(device, writes));
    this.server = new StateServer(this.loop, world, {
      complain: (text) => this.complain(text),
      note: (line) => this.note(line),
      published: (_tab, { payload }) => this.record.published(payload),
      retracted: (tab, gone, left) => this.checkRetracted(tab, gone, left),
    });
    for (const item of longAgo(world)) this.server.put(item);
    if (world.hasForeign) for (const item of FOREIGN) this.server.put(item);
    for (let index = 0; index < world.devices; index++)
      this.addDevice(world.signedInBefore[index] ?? 0, world.known);
  }

  get digest(): string {
    return this.hash.copy().digest("hex").slice(0, 16);
  }

  note(line: string): void {
    const text = `${((this.loop.now - START) / 1000).toFixed(3)} ${line}`;
    this.hash.update(`${text}\n`);
    if (this.keepsLines) this.lines.push(text);
  }

  private complain(text: string): void {
    this.note(`WRONG ${text}`);
    this.violations.push(text);
  }

  /** One more; `days`: since it signed in first. */
  addDevice(days: number, known: number): StateDevice {
    const name = `d${this.devices.length + 1}`;
    const it = new StateDevice(new Device(this.loop, name, me));
    this.devices.push(it);
    this.boot(it, { firstSignInAt: START - days * DAY, known });
    return it;
  }

  async run(): Promise<void> {
    for (const step of this.plan.steps) {
      await this.loop.advance(step.afterMs);
      this.note(`STEP ${JSON.stringify(step)}`);
      outside(() => this.take(step));
      await this.loop.drain();
    }
  }

  /** No more faults; every device is there, has all mail, and begins a stream anew. */
  async calm(): Promise<void> {
    this.note("CALM");
    this.server.heal();
    for (const it of this.devices) {
      if (it.tab === undefined) this.boot(it);
      it.wantsOnline = true;
      this.arrive(it, this.plan.world.messages);
    }
    for (const it of this.devices) this.connect(it);
    // What was under way gets there first: a device that is level hears of everything else.
    await this.loop.advance(CALM_MS);
    if (!this.plan.steps.some((step) => ENDS_A_STREAM.has(step.do))) await this.checkSaved();
    for (const it of this.devices) {
      this.disconnect(it);
      this.connect(it);
    }
  }

  /** A stream that goes on is enough for what is said here to get there. */
  private async checkSaved(): Promise<void> {
    for (const it of this.devices) {
      const { pending } = await this.look(it, readDevices);
      if (pending > 0) this.complain(`${it.device.name} does not try again to save ${pending}`);
    }
  }

  /** Runs code on a device, with nothing but its database; everything that can happen meanwhile does. */
  async look<T>(it: StateDevice, code: (context: AccountContext) => Promise<T>): Promise<T> {
    let result: { value: T } | undefined;
    let failure: unknown;
    const { context, tab } = it;
    if (context === undefined || tab === undefined) throw new Error("it is not there");
    void tab
      .run(async () => code(await context))
      ?.then(
        (value) => (result = { value }),
        (error: unknown) => (failure = error),
      );
    await this.loop.drain();
    if (result === undefined) throw failure ?? new Error(`${it.device.name} does not answer`);
    return result.value;
  }

  private boot(it: StateDevice, first?: { firstSignInAt: number; known: number }): void {
    const tab = it.device.newTab(this.plan.world.seed);
    it.tab = tab;
    it.context = tab.run(async () => {
      const store = await openStore(me, { onLost: () => undefined, onBlocked: () => undefined });
      const context = { ...accountOn(store), now: () => Date.now() };
      if (first === undefined) return context;
      await store.write(["meta"], async (tx) => {
        putMeta(tx, "device", `${it.device.name}dev`.slice(0, 6));
        putMeta(tx, "firstSignInAt", first.firstSignInAt);
        const { archiveFrom } = this.plan.world;
        if (archiveFrom === undefined) return;
        putMeta(tx, "archiveStart", { state: "starts", at: atOf(archiveFrom), checkedAt: START });
      });
      return context;
    });
    this.do(it, async ({ bus }) => {
      bus.onTopics((topics) => {
        if (topics.some((topic) => STATED.has(topic))) it.state?.nudge();
      });
      if (it.wantsOnline) outside(() => this.connect(it));
    });
    if (first !== undefined) this.arrive(it, first.known);
  }

  /** What a person or the engine does there; nothing while it is not running. */
  do(it: StateDevice, work: (context: AccountContext) => Promise<unknown>): void {
    const { tab, context } = it;
    if (tab === undefined || context === undefined) return;
    tab
      .run(async () => work(await context))
      ?.catch((error: unknown) => {
        if (!tab.isDead) this.complain(`${tab.name}: ${String(error)}`);
      });
  }

  private connect(it: StateDevice): void {
    const { tab, context } = it;
    if (tab === undefined || context === undefined || tab.isDead || it.line !== undefined) return;
    const over = new AbortController();
    const line = this.server.connect(
      tab,
      (event) => it.state?.take(event),
      () => {
        this.disconnect(it);
        this.loop.after(RECONNECT_MS, () => {
          if (it.wantsOnline) this.connect(it);
        });
      },
    );
    Object.assign(it, { line, over });
    this.do(it, async (ready) => {
      if (over.signal.aborted) return;
      it.state = createAccountState(ready, {
        open: () => this.server.open(line),
        serverNow: () => (this.plan.world.tellsTime ? this.loop.now : undefined),
        signal: over.signal,
        onError: (error) => this.complain(`${tab.name} failed: ${String(error)}`),
      });
    });
  }

  private disconnect(it: StateDevice): void {
    const { over, line, tab } = it;
    it.state = undefined;
    it.line = undefined;
    tab?.run(() => over?.abort());
    if (line !== undefined) this.server.close(line);
  }

  private take(step: StateStep): void {
    switch (step.do) {
      case "drop":
        return this.server.drop(step.what, () => this.random.chance(0.4));
      case "delete-node":
        return this.server.deleteNode();
      case "limit":
        this.server.limit(step.items);
        return this.after(step.ms, () => this.server.limit(256));
      case "refuse":
        this.server.refuse(true);
        return this.after(step.ms, () => this.server.refuse(false));
      case "open-node":
        this.server.openToAll(step.isMendable);
        return this.after(step.ms, () => this.server.closeToOthers());
      default: {
        const it = this.devices[step.device];
        if (it !== undefined) this.takeOn(it, step);
      }
    }
  }

  private after(ms: number, what: () => void): void {
    this.loop.after(ms, what);
  }

  private takeOn(it: StateDevice, step: Extract<StateStep, { device: number }>): void {
    const { tab } = it;
    switch (step.do) {
      case "act":
        return this.do(it, (context) => act(context, step.act, step.which));
      case "act-on-all":
        return this.do(it, async (context) => {
          const on = { place: "all" as const, except: [] };
          const wanted = await actOf(context, step.act);
          if (wanted !== undefined) await triage(context, { act: wanted, on });
        });
      case "undo":
        return this.do(it, (context) => undo(context, {}));
      case "label":
        return this.do(it, (context) => changeLabel(context, step.how, step.which));
      case "prefer":
        return this.do(it, (context) => prefer(context, step.which));
      case "arrive":
        return this.arrive(it, step.count);
      case "jump":
        it.device.clockOffset += step.ms;
        return;
      case "repair":
        tab?.run(() => it.state?.repair());
        return;
      case "online":
        it.wantsOnline = true;
        return this.connect(it);
      case "offline":
        it.wantsOnline = false;
        return this.disconnect(it);
      case "crash":
        return this.crash(it, step);
      case "cut":
        if (tab !== undefined) this.server.cut(tab);
        return;
      case "lose-answer":
        if (tab !== undefined) this.server.lose(tab, step);
        return;
      case "events":
        if (tab !== undefined) this.server.disturb(tab, step);
    }
  }

  private crash(it: StateDevice, how: { commitsSurvive: boolean; downMs: number }): void {
    const { tab, line } = it;
    if (tab === undefined) return;
    tab.crash(how.commitsSurvive);
    Object.assign(it, { tab: undefined, context: undefined, state: undefined, line: undefined });
    if (line !== undefined) this.server.close(line);
    this.after(how.downMs, () => {
      if (it.tab === undefined) this.boot(it);
    });
  }

  /** The next mail of the account, to a device. */
  arrive(it: StateDevice, count: number): void {
    this.do(it, async ({ store, bus }) => {
      const to = Math.min(this.plan.world.messages, it.arrived + count);
      await store.write(WORKING_STORES, async (tx) => {
        const first = (await readMeta(tx, "firstSignInAt")) ?? START;
        const all = Array.from({ length: to - it.arrived }, (_, n) => mail(it.arrived + n, first));
        await ingest(tx, me, all);
      });
      it.arrived = Math.max(it.arrived, to);
      bus.touch(["mail"]);
    });
  }

  /** Nothing goes that is not said elsewhere. */
  private checkRetracted(
    tab: Tab,
    gone: readonly { id: string; payload: string }[],
    left: readonly { payload: string }[],
  ): void {
    const onServer = together(left.flatMap(({ payload }) => wordsIn(payload) ?? []));
    const here = this.record.wordsOn(tab.device);
    for (const { id, payload } of gone) {
      if (FOREIGN.some((foreign) => foreign.id === id))
        this.complain(`${tab.name} takes ${id} away, which is not ours`);
      const words = wordsIn(payload) ?? [];
      const [unknown] = lackingIn(words, here);
      if (unknown !== undefined)
        this.complain(`${tab.name} takes ${id} away and does not know ${unknown}`);
      const [lost] = this.server.isLossy ? [] : lackingIn(this.kept(words), onServer);
      if (lost !== undefined)
        this.complain(`${tab.name} takes ${id} away, and nothing else says ${lost}`);
    }
  }

  /**
   * Whether a word may be lacking anywhere: of mail from before the archive's start, and older than a mark says. Marks are
   * taken as they were ever said, whichever of them stood when.
   */
  mayForget(subject: string, stamp: Stamp): boolean {
    const day = this.days.get(/^message (\S+) /.exec(subject)?.[1] ?? "");
    if (day === undefined) return false;
    const marks = this.record.valuesOf(`register ${FORGET_BEFORE}`);
    return marks.some((mark) => {
      const { day: before, saidAt } = mark as ForgetMark;
      return day < before && msOf(stamp) < saidAt;
    });
  }

  /** Without what may be forgotten. */
  kept(words: Iterable<[string, Word]>): [string, Word][] {
    return [...words].filter(([subject, { stamp }]) => !this.mayForget(subject, stamp));
  }

  get foreign(): readonly { id: string; payload: string }[] {
    return this.plan.world.hasForeign ? FOREIGN : [];
  }
}

/** After these nothing more is tried, or noticed, on the same stream. */
const ENDS_A_STREAM: ReadonlySet<string> = new Set(["delete-node", "drop"]);

/** Whatever a person says is announced as one of these (engine/online.ts). */
const STATED: ReadonlySet<Topic> = new Set(["mail", "triage", "labels", "preferences"]);

function atOf(n: number): number {
  return START - HOUR - n * APART_MS;
}

/**
 * What a device that is no more said of every message, more than a year before: of those from before the archive's start
 * it may be forgotten. A field of a later version, which shows nowhere.
 */
function longAgo({ archiveFrom, messages }: StateWorld): CarriedItem[] {
  if (archiveFrom === undefined) return [];
  return Array.from({ length: messages }, (_, n) => {
    const { message } = mail(n, START);
    const said = { "tag:": [n, nextStamp(undefined, START - 400 * DAY + n, "longago")] as const };
    const batch = {
      messages: [{ key: stateKey(message), day: whenOf(message.at).day, said }],
      registers: [],
    };
    return planFold(String(whenOf(message.at).month), batch, []).parts;
  }).flat();
}

/** The account's nth message, three to a thread. `firstSignInAt`: older ones count as read (engine/arrivals.ts). */
function mail(n: number, firstSignInAt: number): Arrival {
  const at = atOf(n);
  const made = arrivalOf(
    {
      from: `friend${Math.floor(n / 3) % 4}@example.net` as Jid,
      fromResource: "",
      to: me,
      toResource: "",
      type: "normal",
      id: `message-${n}-of-the-simulated-account`,
      subject: `Matter ${Math.floor(n / 3)}`,
      body: `About ${n}`,
      thread: { id: `thread-${Math.floor(n / 3)}` },
      stanzaIds: [],
      references: [],
      headers: {},
      fallbacks: [],
      addresses: [],
      attachments: [],
      receiptWanted: false,
    },
    { me, at, unread: at > firstSignInAt - FRESH_MS, archiveId: `archive-${n}` },
  );
  if (made === undefined) throw new Error("no message");
  return made;
}

/** With the conversation that message is of, where it is here. */
async function act(context: AccountContext, name: ActName, which: number): Promise<void> {
  const [row] = await context.store.read(["messages"], (tx) =>
    tx.objectStore("messages").index("mid").getAll(`message-${which}-of-the-simulated-account`),
  );
  const wanted = await actOf(context, name);
  if (row === undefined || wanted === undefined) return;
  await triage(context, { act: wanted, on: { conversations: [`c${row.conversation}`] } });
}

async function actOf(context: AccountContext, name: ActName): Promise<TriageAct | undefined> {
  const labels = await context.store.read(["labels"], readLabels);
  return actNamed(
    name,
    labels.filter(({ gone }) => gone?.[0] !== true),
  );
}

async function changeLabel(
  context: AccountContext,
  how: Extract<StateStep, { do: "label" }>["how"],
  which: number,
): Promise<void> {
  const kind = which % 2 === 0 ? "tag" : "folder";
  if (how === "new")
    return void (await saveLabel(context, { kind, name: LABEL_NAMES[which] ?? "X" }));
  const labels = await context.store.read(["labels"], readLabels);
  const label = labels[which % Math.max(1, labels.length)];
  if (label === undefined) return;
  const { id } = label;
  if (how === "delete") await deleteLabel(context, { id });
  else if (how === "place") await saveLabel(context, { id, kind: label.kind, place: which % 2 });
  else if (how === "hue")
    await saveLabel(context, { id, kind: label.kind, hue: (label.hue[0] + 40) % 360 });
  else await saveLabel(context, { id, kind: label.kind, name: `${label.name[0]} ${which}` });
}

async function prefer(context: AccountContext, which: number): Promise<void> {
  const choice = CHOICES[which];
  if (choice !== undefined) await setPreference(context, choice);
}
