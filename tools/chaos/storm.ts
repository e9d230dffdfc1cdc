/**
 * Two people on two federated servers write to each other while tabs, cables and servers are killed at random, and
 * everything is counted at the end.
 *
 * A message that one server has taken and the other has not lies in the first one's memory: no client can bring it back
 * when that server is killed just then. So a server is killed when the two have had a moment to hand over what they
 * had, and the messages of its turn are sent into its death; tabs and cables are killed at any moment.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumLaunch } from "../chromium.ts";
import { startFederation } from "../servers/federation.ts";
import type { Server } from "../servers/server.ts";
import { serveStatic } from "../static-server.ts";
import { countArchive } from "./archive-count.ts";
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

/** Who was just cut off has come back and sent what was open, and two servers on one machine have handed it over. */
const HANDED_OVER_MS = 2500;

export type StormFigures = {
  seed: number;
  messages: number;
  kills: { tab: number; server: number; socket: number };
  /** Bounced because the other server was down, and sent again by hand. */
  retried: number;
  lost: number;
  doubled: number;
  /** Beyond or below one row a message: in Sent and Inbox of both. */
  sentRows: number;
  inboxRows: number;
};

type Writer = {
  account: Account;
  other: string;
  server: Server;
  proxy: Proxy;
  context: BrowserContext;
  page: Page;
  subjects: string[];
};

type Kill = { victim: "tab" | "server" | "socket"; delayMs: number; ofFirst: boolean };

/** Who is killed at which message: the seed decides. */
function planOf(messages: number, kills: number, random: () => number): Map<number, Kill> {
  const plan = new Map<number, Kill>();
  while (plan.size < Math.min(kills, messages)) {
    plan.set(Math.floor(random() * messages), {
      victim: (["tab", "server", "socket"] as const)[Math.floor(random() * 3)] ?? "tab",
      delayMs: Math.floor(random() * 500),
      ofFirst: random() < 0.5,
    });
  }
  return plan;
}

/** Lets several press, or one kill a server. */
class Gate {
  private pressing = 0;
  private open: Promise<void> = Promise.resolve();

  async press(work: () => Promise<void>): Promise<void> {
    await this.open;
    this.pressing++;
    try {
      await work();
    } finally {
      this.pressing--;
    }
  }

  async alone(settled: () => Promise<unknown>, work: () => Promise<void>): Promise<void> {
    const before = this.open;
    let done: () => void = () => undefined;
    this.open = new Promise((resolve) => (done = resolve));
    try {
      await before;
      while (this.pressing > 0) await sleep(10);
      await settled();
      await sleep(HANDED_OVER_MS);
      await work();
    } finally {
      done();
    }
  }
}

export async function storm(options: {
  seed: number;
  messages: number;
  kills: number;
  folder: string;
  say?: (line: string) => void;
}): Promise<StormFigures> {
  const { seed, messages, kills } = options;
  const federation = await startFederation({
    accounts: { foo: { ann: "pass-ann" }, bar: { ben: "pass-ben" } },
  });
  const { foo, bar } = federation;
  const proxies = [await startProxy(foo.wsUrl), await startProxy(bar.wsUrl)] as const;
  const app = await serveStatic({
    folder: options.folder,
    extra: {
      "config.json": JSON.stringify({
        endpoints: { [foo.domain]: proxies[0].url, [bar.domain]: proxies[1].url },
      }),
    },
  });
  const browser = await chromium.launch({ ...chromiumLaunch, headless: true });
  const done = { tab: 0, server: 0, socket: 0 };
  const gate = new Gate();
  try {
    const ann = { address: `ann@${foo.domain}`, password: "pass-ann" };
    const ben = { address: `ben@${bar.domain}`, password: "pass-ben" };
    const writers = [
      await writer(browser, app.url, foo, proxies[0], ann, ben),
      await writer(browser, app.url, bar, proxies[1], ben, ann),
    ];
    const plan = planOf(messages, kills, seeded(seed));
    await Promise.all(
      writers.map(async (person, which) => {
        for (let n = which; n < messages; n += writers.length) {
          const subject = `${which === 0 ? "Ann" : "Ben"} ${n}`;
          person.subjects.push(subject);
          const press = await compose(person.page, person.other, subject);
          const kill = plan.get(n);
          if (kill === undefined) {
            await gate.press(press);
            continue;
          }
          const { victim, delayMs } = kill;
          done[victim]++;
          options.say?.(`${subject}: ${victim}, ${delayMs} ms`);
          if (victim === "server") {
            const one = kill.ofFirst ? foo : bar;
            await gate.alone(
              () => Promise.all(writers.map(({ page }) => connected(page))),
              async () => {
                await one.crash();
                await sleep(delayMs / 10);
                await press();
                await one.restart();
              },
            );
          } else {
            await gate.press(async () => {
              await press();
              await sleep(delayMs);
              if (victim === "socket") person.proxy.cut();
              else await crash(person.context, person.page);
              if (victim !== "tab") return;
              person.page = await openMail(person.context, app.url, person.account);
              await sendDrafts(person.page);
            });
          }
        }
      }),
    );
    const again = await Promise.all(writers.map(({ page }) => allSent(page)));
    const retried = again.reduce((sum, count) => sum + count, 0);
    return { seed, messages, kills: done, retried, ...(await countAll(writers)) };
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
  server: Server,
  proxy: Proxy,
  account: Account,
  other: Account,
): Promise<Writer> {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await openMail(context, url, account);
  await connected(page);
  return { account, other: other.address, server, proxy, context, page, subjects: [] };
}

async function countAll(
  writers: Writer[],
): Promise<Pick<StormFigures, "lost" | "doubled" | "sentRows" | "inboxRows">> {
  const figures = { lost: 0, doubled: 0, sentRows: 0, inboxRows: 0 };
  const missing = async (): Promise<string[]> => {
    const lost: string[] = [];
    figures.doubled = 0;
    for (const [index, { server, account }] of writers.entries()) {
      const counts = await countArchive(server.wsUrl, account);
      const expected = writers[1 - index]?.subjects ?? [];
      lost.push(...expected.filter((subject) => !counts.has(subject)));
      for (const count of counts.values()) figures.doubled += count - 1;
    }
    return lost;
  };
  let lost = await missing();
  // The other server may still be on its way.
  for (let i = 0; lost.length > 0 && i < 20; i++) {
    await sleep(1000);
    lost = await missing();
  }
  figures.lost = lost.length;
  for (const { server, account } of lost.length > 0 ? writers : []) {
    const own = await countArchive(server.wsUrl, account, "sent");
    for (const subject of lost.filter((s) => own.has(s)))
      console.log(`${subject} was taken by the sender's server`);
  }
  if (lost.length > 0) console.log(`lost: ${lost.join("; ")}`);
  for (const [index, { page, subjects }] of writers.entries()) {
    const incoming = writers[1 - index]?.subjects.length ?? 0;
    await connected(page);
    figures.sentRows += (await rowsOf(page, "Sent", subjects.length)) - subjects.length;
    figures.inboxRows += (await rowsOf(page, "Inbox", incoming)) - incoming;
  }
  return figures;
}
