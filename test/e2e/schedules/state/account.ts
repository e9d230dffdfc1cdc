/** An account with three devices that stay signed in through many schedules, and all that was ever said on them. */
import type { Jid } from "../../../../src/mail/address.ts";
import { NODE_STATE } from "../../../../src/xmpp/nodes.ts";
import { fetchItems, listItems } from "../../../../src/xmpp/pep.ts";
import type { Session } from "../../../../src/xmpp/session.ts";
import { Record } from "../../../sim/state/record.ts";
import { type Words, together, wordsIn } from "../../../sim/state/words.ts";
import { connect } from "../archives.ts";
import { type Person, RealDevice, type Tab } from "../device.ts";
import { Friend } from "../friends.ts";
import { Relay } from "../relay.ts";
import type { Ground } from "../run-real.ts";
import { readSaid, type SaidHere } from "./said-here.ts";
import { keepWorker } from "./worker-port.ts";

const DEVICES = ["one", "two", "three"];
/** Messages that are there before the first device. */
const HISTORY = 10;

let accounts = 0;

export class StateAccount {
  readonly record: Record<RealDevice>;
  devices: RealDevice[] = [];
  /** Of messages that were sent to it. */
  readonly marks: string[] = [];
  /** What was written into drafts, and kept. */
  readonly drafted: string[] = [];
  /** Hear what goes on while a schedule runs. */
  complain: (text: string) => void = () => undefined;
  note: (text: string) => void = () => undefined;
  private readonly ground: Ground;
  private readonly who: Person;
  private readonly friend: Friend;
  private readonly said = new Map<RealDevice, SaidHere>();

  private constructor(ground: Ground, who: Person, friend: Person) {
    this.ground = ground;
    this.who = who;
    this.friend = new Friend(ground.server.wsUrl, friend);
    this.record = new Record((text) => this.complain(text));
  }

  /** `latencyMs`: one way. */
  static async start(ground: Ground, latencyMs: number): Promise<StateAccount> {
    const { server, browser, folder, files } = ground;
    const number = ++accounts;
    const [who, friend] = await Promise.all(
      ["ann", "bob"].map(async (name) => {
        const local = `${name}-state-${number}`;
        await server.addAccount(local, local);
        return { address: `${local}@${server.domain}`, password: local };
      }),
    );
    const account = new StateAccount(ground, who as Person, friend as Person);
    try {
      for (let n = 0; n < HISTORY; n++) await account.arrive();
      for (const name of DEVICES) {
        const relay = await Relay.start(
          name,
          () => server.wsUrl,
          (text) => account.note(text),
        );
        relay.latencyMs = latencyMs;
        relay.onUp = (text) => account.heardUp(name, text);
        const device = { name, who: account.who, relay };
        const start = RealDevice.start(browser, folder, files, device, async (context) => {
          context.on("console", (line) => account.note(`${name}: ${line.type()} ${line.text()}`));
          await keepWorker(context);
        });
        account.devices.push(await start);
      }
      await Promise.all(account.devices.map((device) => account.open(device)));
      return account;
    } catch (error) {
      await account.end();
      throw error;
    }
  }

  /** A tab, where there is none, with all mail in front of it. */
  async open(device: RealDevice): Promise<void> {
    if (device.tabs.length > 0 || !(await device.open())) return;
    await device.tabs[0]?.page.evaluate(() => {
      location.hash = "#/all";
    });
  }

  /** Mail comes. Where the server is away it may not. */
  async arrive(): Promise<void> {
    const mark = `mail-${this.marks.length + 1}`;
    const thread = `thread-${Math.ceil((this.marks.length + 1) / 2)}`;
    const id = `${mark}-of-a-real-account`;
    if (await this.friend.send({ to: this.who.address, mark, id, thread })) this.marks.push(mark);
  }

  /** The friend's session is gone with its server. */
  leave(): void {
    this.friend.leave();
  }

  /** What the device says now goes into the record; undefined where no tab can tell. */
  async look(device: RealDevice, tab: Tab | undefined = device.tabs[0]): Promise<SaidHere> {
    if (tab === undefined) throw new Error(`${device.name} has no tab`);
    const said = await readSaid(tab.page, device.jid, this.said.get(device));
    this.said.set(device, said);
    this.record.take(device, said.writes);
    return said;
  }

  /** As another client of the person's, that says nothing of itself. */
  async with<T>(code: (session: Session) => Promise<T>): Promise<T> {
    const session = await connect(this.ground.server.wsUrl, this.who);
    try {
      return await code(session);
    } finally {
      await session.close();
    }
  }

  /** What all items of the node say together. */
  async onServer(): Promise<Words> {
    return this.with(async (session) => {
      const ids = await listItems(session, NODE_STATE);
      const items = await fetchItems(session, NODE_STATE, ids);
      return together(items.flatMap(({ payload }) => wordsIn(payload?.text() ?? "") ?? []));
    });
  }

  get jid(): Jid {
    return this.who.address as Jid;
  }

  async end(): Promise<void> {
    this.leave();
    for (const device of this.devices) await Promise.allSettled([device.end()]);
  }

  private heardUp(name: string, text: string): void {
    const [, node] = /<publish node="([^"]*)"/.exec(text) ?? [];
    if (node !== undefined) this.note(`${name} publishes on ${node}`);
    if (!text.includes(NODE_STATE)) return;
    for (const [, payload = ""] of text.matchAll(/<state [^>]*>([^<]*)</g))
      this.record.published(payload);
  }
}
