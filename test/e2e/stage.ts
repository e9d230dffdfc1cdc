/**
 * A stage for end-to-end tests: a real server with accounts, the built app on a port of its own, and Debian's Chromium.
 * Accounts and pages are made per test; the server lives as long as the file.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
import { onTestFinished } from "vitest";
import { shellLaunch } from "../../tools/chromium.ts";
import {
  type Profile,
  type Server,
  type ServerKind,
  startServer,
} from "../../tools/servers/server.ts";
import { serveStatic, type StaticServer } from "../../tools/static-server.ts";
import type { HostileOptions } from "../hostile/server.ts";
import { type RunningHostileServer, startHostileServer } from "../hostile/websocket.ts";

const DIST = join(import.meta.dirname, "../../dist");

export type Account = { local: string; address: string; password: string };

export interface Stage {
  readonly server: Server;
  readonly app: StaticServer;
  readonly browser: Browser;
  /** An account nobody used before; its local part begins with `name`. */
  account(name: string): Promise<Account>;
  /** A browser profile of its own; errors of its pages fail the test. */
  profile(options?: ProfileOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** The app for servers that are there already: one browser, one port. `endpoints`: domain to WebSocket URL. */
export async function startApp(
  endpoints: Record<string, string>,
  extra: Record<string, unknown> = {},
): Promise<{ app: StaticServer; browser: Browser }> {
  if (!existsSync(join(DIST, "index.html"))) throw new Error("no dist/: npm run build comes first");
  const [app, browser] = await Promise.all([
    serveStatic({
      folder: DIST,
      extra: { "config.json": JSON.stringify({ endpoints, ...extra }) },
    }),
    chromium.launch({ ...shellLaunch, headless: true }),
  ]);
  return { app, browser };
}

let accounts = 0;

/** `modules`: of Prosody, beside the profile's. */
export async function startStage(
  kind: ServerKind = "prosody",
  profile: Profile = "generous",
  modules: string[] = [],
): Promise<Stage> {
  const server = await startServer(kind, { profile, modules });
  const { app, browser } = await startApp({ [server.domain]: server.wsUrl });
  return {
    server,
    app,
    browser,
    async account(name) {
      const local = `${name}${++accounts}`;
      const password = `pass-${local}-ünï`;
      await server.addAccount(local, password);
      return { local, password, address: `${local}@${server.domain}` };
    },
    profile: (options = {}) => openProfile(browser, options),
    async close() {
      await browser.close();
      await app.close();
      await server.stop();
    },
  };
}

export type HostileStage = Omit<Stage, "server"> & { readonly server: RunningHostileServer };

/** The stage with a server that does what the test tells it to (test/hostile/). */
export async function startHostileStage(options: HostileOptions = {}): Promise<HostileStage> {
  const server = await startHostileServer(options);
  const { app, browser } = await startApp({ [server.domain]: server.url });
  return {
    server,
    app,
    browser,
    async account(name) {
      const local = `${name}${++accounts}`;
      const password = `pass-${local}-ünï`;
      return { local, password, address: server.addAccount(local, password).jid };
    },
    profile: (more = {}) => openProfile(browser, more),
    async close() {
      await browser.close();
      await app.close();
      await server.stop();
    },
  };
}

type ProfileOptions = {
  width?: number;
  height?: number;
  dark?: boolean;
  /** With the service worker, which fetches all of the app: half as much work again for every page. */
  keepsApp?: boolean;
};

/** A context of its own, closed with the test, that fails it on any error of the page. */
export async function openProfile(
  browser: Browser,
  { width = 1360, height = 800, dark = false, keepsApp = false }: ProfileOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    locale: "en-GB",
    timezoneId: "UTC",
    serviceWorkers: keepsApp ? "allow" : "block",
  });
  const errors: string[] = [];
  context.on("weberror", (error) => errors.push(error.error().stack ?? error.error().message));
  onTestFinished(async () => {
    await context.close();
    if (errors.length > 0) throw new Error(`the page failed:\n${errors.join("\n")}`);
  });
  return context;
}

/** Signs in on a new page of the profile and waits for the mail. */
export async function signIn(
  context: BrowserContext,
  url: string,
  account: Account,
  options: { keep?: boolean } = {},
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("textbox", { name: "Address" }).fill(account.address);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.getByRole("checkbox", { name: "Keep me signed in" }).setChecked(options.keep ?? true);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("navigation", { name: "Mailboxes" }).waitFor();
  return page;
}

/** Waits until the page says that it is connected and level with the server. */
export async function settled(page: Page, timeout = 60_000): Promise<void> {
  await page
    .getByRole("status", { name: "Connection" })
    .filter({ hasText: "Connected" })
    .waitFor({ timeout: 30_000 });
  await page
    .getByRole("status", { name: "Sync" })
    .filter({ hasText: /Up to date|No archive/ })
    .waitFor({ timeout });
}

/** The row of the list that says this. */
export function row(page: Page, text: string | RegExp): Locator {
  return page.getByRole("grid", { name: "Conversations" }).getByRole("row", { name: text });
}

/** Writes and sends a new message by keyboard. */
export async function write(
  page: Page,
  message: { to: string[]; subject: string; body: string },
): Promise<void> {
  await page.getByRole("button", { name: "Compose" }).first().click();
  const composer = page.getByRole("dialog", { name: "New message" });
  const to = composer.getByRole("combobox", { name: "To" });
  for (const address of message.to) {
    await to.fill(address);
    await to.press("Enter");
  }
  await composer.getByRole("textbox", { name: "Subject" }).fill(message.subject);
  await composer.getByRole("textbox", { name: "Message" }).fill(message.body);
  await composer.getByRole("textbox", { name: "Message" }).press("Control+Enter");
  await composer.waitFor({ state: "detached" });
}
