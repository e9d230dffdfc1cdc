/** What a measurement stands on: a real server with a filled archive, the built app, a browser; and a slow line. */
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumLaunch } from "../chromium.ts";
import { fillArchive } from "../demo/bulk.ts";
import { type Server, startServer } from "../servers/server.ts";
import { serveStatic, type StaticServer } from "../static-server.ts";
import { addProbes } from "./probes.ts";

export const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
/** Messages of the conversations that are opened, the oldest in the archive; the last of `FORMATTED` is foreign HTML. */
export const LONG = [200, 20, 1] as const;
export const FORMATTED = 20;

const MINUTE_MS = 60_000;

export interface BenchStage {
  readonly server: Server;
  readonly browser: Browser;
  readonly app: StaticServer;
  /**
   * A browser profile of its own on the disk, as people have one, with the probes in its pages. In a private window the
   * browser keeps databases in memory, where a write costs four times as much once 30,000 messages are there.
   */
  profile(options?: Parameters<Browser["newContext"]>[0]): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** `messages`: in the archive of "ann"; "bob" has none. */
export async function startStage(messages: number): Promise<BenchStage> {
  const dataFolder = await mkdtemp(join(tmpdir(), "envoi-bench-"));
  const accounts = { ann: "secret", bob: "secret" };
  const server = await startServer("prosody", { dataFolder, accounts });
  if (messages > 0) {
    await server.stop();
    const to = { user: "ann", host: "localhost", chats: 0 };
    const file = join(dataFolder, "prosody.sqlite");
    const newestAt = Date.now() - 3_600_000;
    // The oldest, put in first: on the newest page they would be all of it.
    let longAt = newestAt - (messages + 1000) * MINUTE_MS;
    for (const count of LONG) {
      const html = count === FORMATTED ? { html: newsletter(3000) } : {};
      const long = { count, perConversation: count, prefix: longName(count) };
      longAt += count * MINUTE_MS;
      fillArchive(file, { ...to, ...html, ...long, newestAt: longAt });
    }
    fillArchive(file, { ...to, count: messages, newestAt });
    await server.restart();
  }
  const app = await serveApp(server.wsUrl);
  const browser = await chromium.launch(chromiumLaunch);
  const profiles: BrowserContext[] = [];
  return {
    server,
    browser,
    app,
    async profile(options = {}) {
      const folder = join(dataFolder, `profile-${profiles.length}`);
      const context = await chromium.launchPersistentContext(folder, {
        ...chromiumLaunch,
        viewport: { width: 1360, height: 800 },
        ...options,
      });
      profiles.push(context);
      await addProbes(context);
      return context;
    },
    async close() {
      for (const context of profiles) await context.close();
      await browser.close();
      await app.close();
      await server.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** What the thread and the ids of such a conversation begin with. */
export function longName(count: number): string {
  return `long${count}-`;
}

const WORDS = "and many more of them that fill the line until it ends. ".repeat(4);

/** Well-formed HTML as programs write it: tables that place things, pictures elsewhere, links. */
export function newsletter(length: number): string {
  const part = (i: number): string =>
    `<table width="600" border="0"><tr><td><h2>Part ${i}</h2><p style="color:#333">Some <b>foreign</b> words, ` +
    `<a href="https://example.org/${i}">a link</a>, ${WORDS}</p></td>` +
    `<td><img src="https://example.org/${i}.png" alt="part ${i}" width="100" height="40"/></td></tr></table>`;
  let html = "";
  for (let i = 0; html.length + part(i).length <= length; i++) html += part(i);
  return html;
}

export function serveApp(wsUrl: string): Promise<StaticServer> {
  const config = JSON.stringify({ endpoints: { localhost: wsUrl } });
  return serveStatic({ folder: DIST, extra: { "config.json": config } });
}

export async function signIn(page: Page, url: string, user = "ann"): Promise<void> {
  await page.goto(url);
  await page.getByRole("textbox", { name: "Address" }).fill(`${user}@localhost`);
  await page.getByRole("textbox", { name: "Password" }).fill("secret");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export function upToDate(page: Page): Promise<void> {
  return page
    .getByRole("status", { name: "Sync" })
    .filter({ hasText: "Up to date" })
    .waitFor({ timeout: 1_800_000 });
}

/** A line to a port of this machine on which everything takes half of `roundTripMs` in each direction. */
export async function slowLine(
  port: number,
  roundTripMs: number,
): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>();
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on("data", (bytes) => setTimeout(() => to.write(bytes), roundTripMs / 2));
    from.on("close", () => setTimeout(() => to.destroy(), roundTripMs / 2));
    from.on("error", () => to.destroy());
  };
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
