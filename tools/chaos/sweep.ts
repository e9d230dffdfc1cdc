/**
 * Kills the tab, the server or the cable a moment after Send, again and again, and counts what arrived: in the
 * recipient's archive, as another client sees it, and in the rows that sender and recipient see in the app.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import { chromiumLaunch } from "../chromium.ts";
import { type Server, type ServerKind, startServer } from "../servers/server.ts";
import { serveStatic, type StaticServer } from "../static-server.ts";
import { countArchive } from "./archive-count.ts";
import { allSent, compose, connected, crash, openMail, rowsOf } from "./people.ts";
import { type Proxy, startProxy } from "./proxy.ts";

export const VICTIMS = ["tab", "server", "socket"] as const;
export type Victim = (typeof VICTIMS)[number];

/** Who is killed, and how long after Send. */
export type Kill = { victim: Victim; delayMs: number };

export type SweepFigures = {
  /** Send was pressed so often. */
  pressed: number;
  /** Of these, still a draft: the tab was gone before anything could be kept as sent. */
  drafts: number;
  lost: number;
  doubled: number;
  /** Rows in Sent of the sender and in Inbox of the recipient, beyond or below one a message. */
  sentRows: number;
  inboxRows: number;
};

/** A server, a cable to it, the app and a browser. */
export interface Ring {
  readonly kind: ServerKind;
  /** One message a kill, all between the same two people. */
  run(kills: readonly Kill[]): Promise<SweepFigures>;
  close(): Promise<void>;
}

export async function startRing(kind: ServerKind, folder: string): Promise<Ring> {
  const server = await startServer(kind);
  const proxy = await startProxy(server.wsUrl);
  const app = await serveStatic({
    folder,
    extra: { "config.json": JSON.stringify({ endpoints: { [server.domain]: proxy.url } }) },
  });
  const browser = await chromium.launch({ ...chromiumLaunch, headless: true });
  let rounds = 0;
  return {
    kind,
    run: (kills) => round({ server, proxy, app, browser }, ++rounds, kills),
    async close() {
      await browser.close();
      await app.close();
      await proxy.close();
      await server.stop();
    },
  };
}

type Means = { server: Server; proxy: Proxy; app: StaticServer; browser: Browser };

async function round(
  { server, proxy, app, browser }: Means,
  number: number,
  kills: readonly Kill[],
): Promise<SweepFigures> {
  const person = async (name: string): Promise<{ address: string; password: string }> => {
    const local = `${name}${number}`;
    await server.addAccount(local, local);
    return { address: `${local}@${server.domain}`, password: local };
  };
  const [sender, recipient] = [await person("sender"), await person("recipient")];
  const context = await browser.newContext({ locale: "en-GB" });
  let page = await openMail(context, app.url, sender);
  const subjects: string[] = [];
  for (const { victim, delayMs } of kills) {
    const subject = `${subjects.length + 1}: ${victim}, ${delayMs} ms`;
    subjects.push(subject);
    await connected(page);
    const press = await compose(page, recipient.address, subject);
    await press();
    if (delayMs > 0) await sleep(delayMs);
    if (victim === "tab") {
      await crash(context, page);
      page = await openMail(context, app.url, sender);
    } else if (victim === "socket") {
      proxy.cut();
    } else {
      await server.crash();
      await server.restart();
    }
  }
  await allSent(page);
  const soFar = await countArchive(server.wsUrl, recipient);
  const drafts = await rowsOf(page, "Drafts", subjects.length - soFar.size);
  const sent = subjects.length - drafts;
  const sentRows = await rowsOf(page, "Sent", sent);
  await context.close();
  const other = await browser.newContext({ locale: "en-GB" });
  const otherPage = await openMail(other, app.url, recipient);
  await connected(otherPage);
  const inboxRows = await rowsOf(otherPage, "Inbox", sent);
  await other.close();
  const counts = await countArchive(server.wsUrl, recipient);
  const lost = subjects.filter((subject) => !counts.has(subject));
  if (lost.length > drafts) {
    const own = await countArchive(server.wsUrl, sender, "sent");
    for (const subject of lost)
      console.log(`${subject}: ${own.get(subject) ?? 0} in the sender's archive`);
  }
  const arrived = subjects.filter((subject) => counts.has(subject)).length;
  const doubled = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
  return {
    pressed: subjects.length,
    drafts,
    lost: sent - arrived,
    doubled,
    sentRows: sentRows - sent,
    inboxRows: inboxRows - sent,
  };
}
