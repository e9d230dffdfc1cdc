/** What is left when somebody signs out while another tab cannot hear of it, and when the browser is killed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { dumpStorage } from "./dump-storage.ts";
import { isKept } from "./kept.ts";
import { launchRealBrowser } from "./real-browser.ts";
import { freeze, realTabs, thaw } from "./real-tabs.ts";
import {
  type Account,
  type HostileStage,
  row,
  settled,
  signIn,
  startHostileStage,
  write,
} from "./stage.ts";
import { databaseIsQuiet } from "./storage.ts";

let stage: HostileStage;
beforeAll(async () => {
  stage = await startHostileStage();
});
afterAll(() => stage.close());

const composerOf = (page: Page) => page.getByRole("dialog", { name: "New message" });
const signInForm = (page: Page) => page.getByRole("textbox", { name: "Password" });

/** Mail in the Inbox and a draft that is being written. */
async function mailAndDraft(page: Page, account: Account): Promise<void> {
  await settled(page);
  await write(page, { to: [account.address], subject: "Remember the keys", body: "The mat" });
  await row(page, /Remember the keys/).waitFor();
  await page.getByRole("button", { name: "Compose" }).first().click();
  await composerOf(page).getByRole("textbox", { name: "Subject" }).fill("Half a thought");
  await composerOf(page).getByRole("status").getByText("Draft saved").waitFor();
}

/**
 * False where the other tab holds a write open after all, and the person is told so: this tool freezes a tab at any
 * moment, a browser none that others wait for.
 */
async function signOut(page: Page): Promise<boolean> {
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign out?" });
  await dialog.getByRole("button", { name: "Sign out" }).click();
  const told = page.getByText("Another tab of Envoi may be asleep");
  await signInForm(page).or(told).first().waitFor();
  return signInForm(page).isVisible();
}

/** Both storages, and the caches: what they hold is files of the app. The databases are looked at by themselves. */
async function expectNoTrace(page: Page, account: Account): Promise<void> {
  const { origin } = new URL(page.url());
  const left = await page.evaluate(async () => {
    const cached: string[] = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) cached.push(url);
    return { cached, kept: [...Object.entries(localStorage), ...Object.entries(sessionStorage)] };
  });
  expect(left.kept.flat().join(" ")).not.toMatch(/keys|thought|mat/);
  expect(left.kept.flat().join(" ")).not.toContain(account.local);
  for (const url of left.cached) expect(url.startsWith(origin)).toBe(true);
  expect(left.cached.join(" ")).not.toContain(account.local);
}

/** By name: one whose deletion waits for somebody cannot be opened. */
async function databases(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const all = await indexedDB.databases();
    return all.map(({ name }) => name ?? "");
  });
}

async function twoTabs(): Promise<{
  ann: Account;
  context: BrowserContext;
  asleep: Page;
  page: Page;
}> {
  const ann = await stage.account("leaving");
  const context = await realTabs();
  const asleep = await signIn(context, stage.app.url, ann);
  await mailAndDraft(asleep, ann);
  const page = await context.newPage();
  await page.goto(stage.app.url);
  await row(page, /Remember the keys/).waitFor();
  await settled(page);
  return { ann, context, asleep, page };
}

test("signed out while another tab is frozen: wiped at once; thawed, it asks for a password and writes nothing back", async () => {
  const { ann, context, asleep, page } = await twoTabs();
  await page.bringToFront();
  await settled(page);
  await databaseIsQuiet(page);
  await freeze(asleep);
  if (await signOut(page)) await expectNoTrace(page, ann);
  await thaw(asleep);
  await signInForm(page).waitFor();
  await asleep.bringToFront();
  await signInForm(asleep).waitFor();
  await vi.waitFor(async () => expect(await databases(asleep)).toEqual(["envoi"]), {
    timeout: 20_000,
  });
  for (const each of [asleep, page]) await expectNoTrace(each, ann);
  expect(await dumpStorage(asleep)).not.toContain(ann.local);
  const later = await context.newPage();
  await later.goto(stage.app.url);
  await signInForm(later).waitFor();
  expect(await databases(later)).toEqual(["envoi"]);
}, 240_000);

test("signed out while another tab is frozen for good: nothing of the mail is left in its database", async () => {
  const { ann, context, asleep, page } = await twoTabs();
  await page.bringToFront();
  await settled(page);
  await databaseIsQuiet(page);
  await freeze(asleep);
  await signOut(page);
  // It never wakes: its end lets go of the name, and nothing else was left.
  await asleep.close();
  await signInForm(page).waitFor();
  const later = await context.newPage();
  await later.goto(stage.app.url);
  await signInForm(later).waitFor();
  expect(await dumpStorage(later)).not.toMatch(/keys|thought/);
  expect(await dumpStorage(later)).not.toContain(ann.local);
}, 240_000);

test("signed out while there is no network: every tab is at the form, and nothing is left", async () => {
  const { ann, context, asleep, page } = await twoTabs();
  // The browser has kept the whole app by now, the sign-out dialog too.
  await isKept(page);
  await context.setOffline(true);
  await page
    .getByRole("status", { name: "Connection" })
    .filter({ hasText: /Offline|Connecting/ })
    .waitFor();
  await signOut(page);
  for (const each of [page, asleep]) await signInForm(each).waitFor();
  for (const each of [asleep, page]) {
    await expectNoTrace(each, ann);
    expect(await dumpStorage(each)).not.toContain(ann.local);
    expect(await databases(each)).toEqual(["envoi"]);
  }
  await context.setOffline(false);
}, 240_000);

/** Signs in, writes, and is killed; resolves with the browser's next start. */
async function killed(account: Account, keep: boolean): Promise<Page> {
  const folder = await mkdtemp(join(tmpdir(), "envoi-killed-"));
  const first = await launchRealBrowser(folder);
  let close = first.close;
  onTestFinished(async () => {
    await close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const context = first.browser.contexts()[0] as BrowserContext;
  const page = await signIn(context, stage.app.url, account, { keep });
  await mailAndDraft(page, account);
  await first.kill();
  const second = await launchRealBrowser(folder);
  close = second.close;
  const again = await (second.browser.contexts()[0] as BrowserContext).newPage();
  await again.goto(stage.app.url);
  return again;
}

test("the browser is killed, kept: signed in again, with mail and draft", async () => {
  const ann = await stage.account("kept");
  const page = await killed(ann, true);
  await settled(page);
  await row(page, /Remember the keys/).waitFor();
  await page.getByRole("link", { name: "Drafts, 1" }).click();
  await row(page, /Half a thought/).waitFor();
  expect(await dumpStorage(page)).not.toContain(ann.password);
}, 240_000);

test("the browser is killed, not kept: told, nothing shown, nobody signed in, and the data go", async () => {
  const ann = await stage.account("unkept");
  const page = await killed(ann, false);
  const known = new Set(stage.server.connectionsOf(ann.address));
  await page.getByRole("heading", { name: "Your last session has ended" }).waitFor();
  expect(await page.getByText(/Remember the keys|Half a thought/).count()).toBe(0);
  const before = await dumpStorage(page);
  expect(before).not.toContain(ann.password);
  expect(before).not.toContain("sessionKey");
  expect(stage.server.connectionsOf(ann.address).filter((c) => !known.has(c))).toEqual([]);
  await page.getByRole("button", { name: "Discard and continue" }).click();
  await signInForm(page).waitFor();
  await expectNoTrace(page, ann);
  expect(await databases(page)).toEqual(["envoi"]);
  await page.reload();
  await signInForm(page).waitFor();
}, 240_000);
