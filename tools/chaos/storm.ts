/**
 * Two people on two federated servers write to each other while tabs, cables and servers are killed at random, and
 * everything is counted at the end.
 *
 * A message that one server has taken and the other has not lies in the first one's memory, or in a socket's: no client
 * can bring it back when either is killed just then. So a server is killed when everything written before has arrived
 * or come back, and the message of its turn is sent while it dies or while it is gone; tabs and cables are killed at any
 * moment. `raw` kills servers at any moment too, and tells what they lose.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { chromiumLaunch } from "../chromium.ts";
import { startFederation } from "../servers/federation.ts";
import type { Server } from "../servers/server.ts";
import { serveStatic } from "../static-server.ts";
import { Ledger, type Party } from "./ledger.ts";
import {
  type Account,
  allSent,
  compose,
  connected,
  crash,
  openMail,
  rowsOf,
  sendDrafts,
} from "./people.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import { seeded } from "./random.ts";
import { Gate, type Kill, planOf } from "./storm-plan.ts";

/** A server that lives notices that the other one is gone; until then it writes to a dead socket. ms */
const NOTICED_MS = 100;

export type StormFigures = {
  seed: number;
  messages: number;
  kills: { tab: number; server: number; socket: number };
  /** Came back because the other server was down, and sent again by hand. */
  retried: number;
  /** Neither with the recipient, nor shown as unsent, nor taken by the sender's server. */
  lost: number;
  /** Taken by the sender's server, in its archive, and never with the recipient. */
  lostByServers: number;
  /** Copies in the recipients' archives beyond one a message. */
  doubled: number;
  /** Beyond or below one row a message: in Sent and Inbox of both. */
  sentRows: number;
  inboxRows: number;
};

export type StormOptions = {
  seed: number;
  messages: number;
  kills: number;
  folder: string;
  raw?: boolean;
  say?: (line: string) => void;
};

type Writer = Party & {
  readonly name: string;
  readonly other: string;
  readonly proxy: Proxy;
  readonly context: BrowserContext;
};

type Scene = {
  readonly url: string;
  readonly writers: readonly [Writer, Writer];
  readonly ledgers: readonly [Ledger, Ledger];
  readonly gate: Gate;
  readonly raw: boolean;
  readonly say: (line: string) => void;
};

export async function storm(options: StormOptions): Promise<StormFigures> {
  const { seed, messages } = options;
  const federation = await startFederation({
    accounts: { foo: { ann: "pass-ann" }, bar: { ben: "pass-ben" } },
  });
  const { foo, bar } = federation;
  const proxies = [await startProxy(foo.wsUrl), await startProxy(bar.wsUrl)] as const;
  const endpoints = { [foo.domain]: proxies[0].url, [bar.domain]: proxies[1].url };
  const extra = { "config.json": JSON.stringify({ endpoints }) };
  const app = await serveStatic({ folder: options.folder, extra });
  const browser = await chromium.launch({ ...chromiumLaunch, headless: true });
  try {
    const ann = { address: `ann@${foo.domain}`, password: "pass-ann" };
    const ben = { address: `ben@${bar.domain}`, password: "pass-ben" };
    const writers = [
      await writer(browser, app.url, "Ann", foo, proxies[0], ann, ben),
      await writer(browser, app.url, "Ben", bar, proxies[1], ben, ann),
    ] as const;
    const scene: Scene = {
      url: app.url,
      writers,
      ledgers: [new Ledger(writers[0], writers[1]), new Ledger(writers[1], writers[0])],
      gate: new Gate(),
      raw: options.raw ?? false,
      say: options.say ?? (() => undefined),
    };
    const plan = planOf(messages, options.kills, seeded(seed));
    await Promise.all([write(scene, 0, messages, plan), write(scene, 1, messages, plan)]);
    const again = await Promise.all(writers.map(({ page }) => allSent(page)));
    const retried = again.reduce((sum, count) => sum + count, 0);
    const kills = { tab: 0, server: 0, socket: 0 };
    for (const { victim } of plan.values()) kills[victim]++;
    return { seed, messages, kills, retried, ...(await countAll(scene)) };
  } finally {
    await browser.close();
    await app.close();
    for (const proxy of proxies) await proxy.close();
    await federation.stop();
  }
}

async function writer(
  browser: Browser,
  url: string,
  name: string,
  server: Server,
  proxy: Proxy,
  account: Account,
  other: Account,
): Promise<Writer> {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await openMail(context, url, account);
  await connected(page);
  return { name, account, other: other.address, server, proxy, context, page };
}

/** Every second message, with what happens to it. */
async function write(
  scene: Scene,
  which: 0 | 1,
  messages: number,
  plan: ReadonlyMap<number, Kill>,
): Promise<void> {
  const { gate, say } = scene;
  const person = scene.writers[which];
  for (let n = which; n < messages; n += 2) {
    const subject = `${person.name} ${n}`;
    const click = await compose(person.page, person.other, subject);
    const press = (): Promise<void> => {
      scene.ledgers[which].pressed.push(subject);
      return click();
    };
    const kill = plan.get(n);
    if (kill !== undefined) say(`${subject}: ${JSON.stringify(kill)}`);
    if (kill === undefined) await gate.press(press);
    else if (kill.victim === "server")
      await gate.alone(() => strikeServer(scene, which, kill, press));
    else await gate.press(() => strikePerson(scene, person, kill, press));
  }
}

async function strikePerson(
  scene: Scene,
  person: Writer,
  { victim, delayMs }: Kill,
  press: () => Promise<void>,
): Promise<void> {
  await press();
  await sleep(delayMs);
  if (victim === "socket") return person.proxy.cut();
  await crash(person.context, person.page);
  person.page = await openMail(person.context, scene.url, person.account);
  await sendDrafts(person.page);
}

async function strikeServer(
  scene: Scene,
  which: 0 | 1,
  { delayMs, isSenders, isSentFirst }: Kill,
  press: () => Promise<void>,
): Promise<void> {
  const { server } = scene.writers[isSenders ? which : 1 - which] ?? scene.writers[which];
  if (!scene.raw) await allSettled(scene);
  const end = (): Promise<void> => (scene.raw ? server.kill() : server.crash());
  if (isSentFirst && (isSenders || scene.raw)) {
    await press();
    await sleep(delayMs);
    await end();
  } else {
    await end();
    await sleep(NOTICED_MS + delayMs);
    await press();
  }
  await server.restart();
}

async function allSettled({ writers, ledgers, say }: Scene): Promise<void> {
  await Promise.all(writers.map(({ page }) => connected(page)));
  for (const missing of await Promise.all(ledgers.map((ledger) => ledger.settled())))
    for (const one of missing) say(`missing: ${JSON.stringify(one)}`);
}

async function countAll(
  scene: Scene,
): Promise<Omit<StormFigures, "seed" | "messages" | "kills" | "retried">> {
  const { writers, ledgers, say } = scene;
  const figures = { lost: 0, lostByServers: 0, doubled: 0, sentRows: 0, inboxRows: 0 };
  const ends = [await ledgers[0].ended(), await ledgers[1].ended()] as const;
  for (const { missing, doubled } of ends) {
    for (const one of missing) {
      say(`lost: ${JSON.stringify(one)}`);
      if (one.isWithServer) figures.lostByServers++;
      else figures.lost++;
    }
    figures.doubled += doubled;
  }
  for (const which of [0, 1] as const) {
    const { page } = writers[which];
    const other = which === 0 ? 1 : 0;
    const out = ledgers[which].pressed.length;
    const arrived = ledgers[other].pressed.length - ends[other].missing.length;
    await connected(page);
    figures.sentRows += (await rowsOf(page, "Sent", out)) - out;
    figures.inboxRows += (await rowsOf(page, "Inbox", arrived)) - arrived;
  }
  return figures;
}
