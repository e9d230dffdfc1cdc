/** Faults F10 and F23, the app's own files: a new version while an old one is open, and a start without a network. */
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { serveStatic } from "../../tools/static-server.ts";
import { isKept } from "./kept.ts";
import {
  type HostileStage,
  openProfile,
  row,
  settled,
  signIn,
  startHostileStage,
  write,
} from "./stage.ts";

const DIST = new URL("../../dist", import.meta.url).pathname;

let stage: HostileStage;
beforeAll(async () => {
  stage = await startHostileStage();
});
afterAll(() => stage.close());

/** Turns a folder's build into that of another version: every hashed file has another name, the old ones are gone. */
async function deploy(folder: string, mark: string): Promise<void> {
  const assets = await readdir(join(folder, "assets"));
  const renamed = assets.map((name) => [name, name.replace(/\.(\w+)$/, `${mark}.$1`)] as const);
  for (const [from, to] of renamed)
    await rename(join(folder, "assets", from), join(folder, "assets", to));
  const texts = ["index.html", "sw.js", ...renamed.map(([, to]) => `assets/${to}`)];
  for (const name of texts.filter((n) => /\.(js|css|html)$/.test(n))) {
    let text = await readFile(join(folder, name), "utf8");
    for (const [from, to] of renamed) text = text.replaceAll(from, to);
    if (name === "sw.js")
      text = text.replace(/(version\\*":\\*")(\w+)/, (_all, key, was) => `${key}${was}${mark}`);
    await writeFile(join(folder, name), text);
  }
}

/** The app from a folder of its own, so that it can be replaced under an open page. */
async function serveCopy() {
  const folder = await mkdtemp(join(tmpdir(), "envoi-dist-"));
  await cp(DIST, folder, { recursive: true });
  const app = await serveStatic({
    folder,
    extra: {
      "config.json": JSON.stringify({ endpoints: { [stage.server.domain]: stage.server.url } }),
    },
  });
  onTestFinished(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });
  return {
    app,
    folder,
    deploy: (mark: string) => deploy(folder, mark),
  };
}

const versionOf = (page: Page) =>
  page.evaluate(() => document.querySelector<HTMLScriptElement>("script[type=module]")?.src ?? "");

const caches = (page: Page) => page.evaluate(() => globalThis.caches.keys());

/** The page is told that there is a network again, which makes it look for a new version. */
const look = (page: Page) => page.evaluate(() => void dispatchEvent(new Event("online")));

async function halfAMessage(page: Page) {
  await page.getByRole("button", { name: "Compose" }).first().click();
  const field = page.getByRole("dialog").getByRole("textbox", { name: "Message" });
  await field.fill("Half a mess");
  return field;
}

test("a tab that is being opened while the app's files are kept gets them from there too", async () => {
  const ann = await stage.account("ann");
  const { app } = await serveCopy();
  const context = await openProfile(stage.browser, { keepsApp: true });
  const first = await signIn(context, app.url, ann);
  const second = await context.newPage();
  const { promise: isKeptByFirst, resolve } = Promise.withResolvers<void>();
  await second.route(app.url, async (route) => {
    await isKeptByFirst;
    await route.continue();
  });
  const opened = second.goto(app.url);
  await isKept(first);
  resolve();
  await opened;
  await settled(second);
  await isKept(second);
});

test("an old page goes on with its own files, is told of the new version, and keeps what is written over the reload", async () => {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const { app, deploy: next } = await serveCopy();
  const context = await openProfile(stage.browser, { keepsApp: true });
  const old = await signIn(context, app.url, ann);
  await settled(old);
  await isKept(old);
  const field = await halfAMessage(old);
  const before = await versionOf(old);
  await next("two");
  // Parts that were not loaded before, from files the web server no longer has.
  await old.evaluate(() => (location.hash = "#/settings"));
  await old.getByRole("radiogroup", { name: "Theme" }).waitFor();
  await old.evaluate(() => (location.hash = "#/inbox"));
  expect(await old.getByRole("region", { name: "A new version is ready" }).count()).toBe(0);
  await look(old);
  const notice = old.getByRole("region", { name: "A new version is ready" });
  await notice.waitFor();
  expect(await field.inputValue()).toBe("Half a mess");
  expect(await versionOf(old)).toBe(before);

  // Both versions at once: one connection, and neither disturbs the other.
  const fresh = await context.newPage();
  await fresh.goto(app.url);
  await settled(fresh);
  expect(await versionOf(fresh)).not.toBe(before);
  await write(fresh, { to: [ben.address], subject: "From the new one", body: "1" });
  await fresh.getByRole("link", { name: "Sent" }).click();
  await row(fresh, /From the new one/).waitFor();
  expect(stage.server.connectionsOf(ann.address)).toHaveLength(1);
  expect((await caches(fresh)).length).toBeLessThanOrEqual(2);

  await notice.getByRole("button", { name: "Reload" }).click();
  await old.waitForFunction(
    (was) => document.querySelector<HTMLScriptElement>("script[type=module]")?.src !== was,
    before,
  );
  await settled(old);
  expect(await field.inputValue()).toBe("Half a mess");
  await field.press("Control+Enter");
  expect(stage.server.log.doubled()).toEqual([]);
  // Nobody runs the old version any more: its files go.
  await fresh.reload();
  await settled(fresh);
  await vi.waitFor(async () => expect(await caches(fresh)).toHaveLength(1), { timeout: 20_000 });
});

/** A profile that keeps no files of the app, and in which a page may fail: parts will be missing. */
async function profileWithout(): Promise<BrowserContext> {
  const context = await stage.browser.newContext({
    serviceWorkers: "block",
    viewport: { width: 1360, height: 800 },
  });
  onTestFinished(() => context.close());
  return context;
}

/** That part of the app was never to be had. */
const SETTINGS = /\/settings-[^/]*\.js$/;

test("without kept files a missing part says so, and what was written is kept", async () => {
  const ann = await stage.account("ann");
  const { app, deploy: next } = await serveCopy();
  const context = await profileWithout();
  await context.route(SETTINGS, (route) => route.fulfill({ status: 404 }));
  const page = await signIn(context, app.url, ann);
  await settled(page);
  await page.getByRole("navigation", { name: "Tags" }).waitFor();
  await page.waitForLoadState("networkidle");
  const field = await halfAMessage(page);
  await next("two");
  await page.evaluate(() => (location.hash = "#/settings"));
  const alert = page.getByRole("alert");
  await alert.getByText("A part of Envoi could not be loaded").waitFor();
  expect(await field.inputValue()).toBe("Half a mess");
  await context.unroute(SETTINGS);
  await alert.getByRole("button", { name: "Reload" }).click();
  await page.getByRole("radiogroup", { name: "Theme" }).waitFor();
  expect(await field.inputValue()).toBe("Half a mess");
});

test("parts beside the list that are gone say so in a corner, and take nothing with them", async () => {
  const ann = await stage.account("ann");
  const { app } = await serveCopy();
  const context = await profileWithout();
  const BESIDE = /\/assets\/(tools|settings)-[^/]*\.js$/;
  await context.route(BESIDE, (route) => route.fulfill({ status: 404 }));
  const page = await signIn(context, app.url, ann);
  const field = await halfAMessage(page);
  const alerts = page.getByRole("alert");
  await expect.poll(() => alerts.count()).toBe(3);
  expect(await field.inputValue()).toBe("Half a mess");
  for (let left = 3; left > 0; left--) {
    await page.locator(".broken-part").getByRole("button", { name: "Close" }).last().click();
    await expect.poll(() => alerts.count()).toBe(left - 1);
  }
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await alerts.getByText("A part of Envoi could not be loaded").waitFor();
  await context.unroute(BESIDE);
  await page.getByRole("link", { name: "Sent", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Sent" }).waitFor();
  expect(await field.inputValue()).toBe("Half a mess");
});

test("a composer that cannot be loaded takes nothing else with it, and comes when it can", async () => {
  const ann = await stage.account("ann");
  const { app } = await serveCopy();
  const context = await profileWithout();
  const COMPOSER = /assets\/writing-.*js/;
  await context.route(COMPOSER, (route) => route.fulfill({ status: 404 }));
  const page = await signIn(context, app.url, ann);
  await settled(page);
  await page.getByRole("button", { name: "Compose" }).first().click();
  const alert = page.getByRole("alert");
  await alert.getByText("A part of Envoi could not be loaded").waitFor();
  await page.getByRole("link", { name: "Sent", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Sent" }).waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await alert.waitFor({ state: "detached" });
  await context.unroute(COMPOSER);
  await page.reload();
  await page.getByRole("button", { name: "Compose" }).first().click();
  await page.getByRole("dialog", { name: "New message" }).waitFor();
});

test("a composer that is long in coming says so where it will stand", async () => {
  const ann = await stage.account("ann");
  const { app } = await serveCopy();
  const context = await profileWithout();
  let come: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (come = resolve));
  await context.route(/assets\/writing-.*js/, async (route) => {
    await held;
    await route.continue();
  });
  const page = await signIn(context, app.url, ann);
  await page.getByRole("button", { name: "Compose" }).first().click();
  await page.getByRole("status").filter({ hasText: "Opening …" }).waitFor();
  come();
  await page.getByRole("dialog", { name: "New message" }).waitFor();
  expect(await page.getByText("Opening …").count()).toBe(0);
});

test("a start without a network shows the mail, and the new version comes with the network", async () => {
  const ann = await stage.account("ann");
  const { app, deploy: next } = await serveCopy();
  const context = await openProfile(stage.browser, { keepsApp: true });
  const page = await signIn(context, app.url, ann);
  await settled(page);
  stage.server.mail({
    from: "ben@elsewhere.example",
    to: ann.address,
    subject: "To be read offline",
  });
  await row(page, /To be read offline/).waitFor();
  await isKept(page);
  const before = await versionOf(page);
  await context.setOffline(true);
  await page.reload();
  await row(page, /To be read offline/).click();
  await page.getByRole("article").waitFor();
  await page.getByRole("status", { name: "Connection" }).filter({ hasText: "Offline" }).waitFor();
  await page.getByRole("button", { name: "Reply", exact: true }).first().click();
  await page
    .getByRole("region", { name: "Reply" })
    .getByRole("textbox", { name: "Message" })
    .fill("Later");
  await next("three");
  await context.setOffline(false);
  await settled(page);
  expect(await versionOf(page)).toBe(before);
  await page.reload();
  await settled(page);
  expect(await versionOf(page)).not.toBe(before);
});

test("a network that never answers for the page does not hold up the start", async () => {
  const ann = await stage.account("ann");
  const { app } = await serveCopy();
  const context = await openProfile(stage.browser, { keepsApp: true });
  const page = await signIn(context, app.url, ann);
  await settled(page);
  await isKept(page);
  await context.route(app.url, () => new Promise(() => undefined));
  await page.reload({ waitUntil: "commit" });
  await page.getByRole("navigation", { name: "Mailboxes" }).waitFor();
  await settled(page);
});

test("what could not be loaded for want of a network is loaded when there is one, without a reload", async () => {
  const ann = await stage.account("ann");
  const { app, folder } = await serveCopy();
  const assets = join(folder, "assets");
  const late = (await readdir(assets)).filter((n) => /^(afterwards|commands|later)-.*js$/.test(n));
  expect(late).toHaveLength(3);
  for (const name of late) await rename(join(assets, name), join(folder, name));
  const context = await openProfile(stage.browser, { keepsApp: true });
  const page = await signIn(context, app.url, ann);
  await page.getByRole("alert").getByText("A part of Envoi could not be loaded").first().waitFor();
  await page.getByRole("button", { name: "Compose" }).first().click();
  for (const name of late) await rename(join(folder, name), join(assets, name));
  await look(page);
  await settled(page);
  // What was asked for meanwhile comes late, and comes.
  await page.getByRole("dialog", { name: "New message" }).waitFor();
});
