/** F10: the database is upgraded, held, deleted or cleared under the open app. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StoredCopy } from "../store/stored-copy.ts";
import { mail, openPeer } from "./peer.ts";
import { type Account, row, settled, signIn, type Stage, startStage, write } from "./stage.ts";
import {
  bystander,
  deleteDatabase,
  holdDatabase,
  letGo,
  restoreAndHold,
  rowsOf,
} from "./storage.ts";
import type { BrowserContext, Locator, Page } from "playwright-core";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const databaseOf = (account: Account): string => `envoi:${account.address}`;
const composerOf = (page: Page): Locator => page.getByRole("dialog", { name: "New message" });

async function begin(page: Page, subject: string, body: string): Promise<Locator> {
  await page.getByRole("button", { name: "Compose" }).first().click();
  const composer = composerOf(page);
  await composer.getByRole("textbox", { name: "Subject" }).fill(subject);
  await composer.getByRole("textbox", { name: "Message" }).fill(body);
  await composer.getByRole("status").getByText("Draft saved").waitFor();
  return composer;
}

async function inboxWithMail(
  name: string,
): Promise<{ account: Account; context: BrowserContext; page: Page }> {
  const [account, friend] = [await stage.account(name), await stage.account("friend")];
  const peer = await openPeer(stage.server, friend);
  await peer.send(mail(account, "On the server", "It comes back"));
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, account);
  await settled(page);
  await row(page, /On the server/).waitFor();
  return { account, context, page };
}

test("F10 versionchange: the tab lets go at once, says so, and keeps what is being written", async () => {
  const { account, context, page } = await inboxWithMail("upgraded");
  const composer = await begin(page, "Half a thought", "It began with");
  const other = await bystander(context, stage.app.url);
  await holdDatabase(other, databaseOf(account), 99);
  await page.getByRole("alert").getByText("A newer Envoi is open in another tab").waitFor();
  await page.getByRole("status", { name: "Connection" }).filter({ hasText: "Offline" }).waitFor();
  const text = composer.getByRole("textbox", { name: "Message" });
  await text.fill("It began with this, and went on");
  await composer.getByRole("status").getByText("Not saved").waitFor();
  await composer.getByRole("button", { name: "Close" }).click();
  expect(await text.inputValue()).toBe("It began with this, and went on");
  await composer.getByRole("button", { name: "Send" }).click();
  await composer.getByRole("alert").first().waitFor();
  expect(await text.inputValue()).toBe("It began with this, and went on");

  // This build is older than the database now: told, and nothing touched.
  await page.getByRole("button", { name: "Reload" }).click();
  await page.getByRole("alert").getByText("This mail was opened by a newer Envoi").waitFor();
  expect(await rowsOf(other, databaseOf(account), "messages")).toHaveLength(1);
  await letGo(other);
  await deleteDatabase(other, databaseOf(account));
  await page.reload();
  await row(page, /On the server/).waitFor();
  expect(await composerOf(page).getByRole("textbox", { name: "Message" }).inputValue()).toBe(
    "It began with this, and went on",
  );
  await composerOf(page).getByRole("textbox", { name: "Message" }).press("End");
  await page.keyboard.type(".");
  await composerOf(page).getByRole("status").getByText("Draft saved").waitFor();
});

test("F10 blocked upgrade: another tab holds an old version; told, and goes on by itself", async () => {
  const { account, context, page } = await inboxWithMail("blocked");
  await page.close();
  const other = await bystander(context, stage.app.url);
  await deleteDatabase(other, databaseOf(account));
  const path = join(import.meta.dirname, "../store/fixtures/version-1.json");
  const copy = JSON.parse(readFileSync(path, "utf8")) as StoredCopy;
  await restoreAndHold(other, databaseOf(account), { ...copy, rows: {} });
  const again = await context.newPage();
  await again.goto(stage.app.url);
  await again.getByRole("status").getByText("Waiting for another tab").waitFor();
  await letGo(other);
  await row(again, /On the server/).waitFor();
  await settled(again);
});

test("F10 deleted under the app: fetched again, drafts and unsent mail put back, sent once", async () => {
  const { account, context, page } = await inboxWithMail("deleted");
  const friend = await stage.account("far");
  await begin(page, "A draft", "Not finished");
  await composerOf(page).getByRole("button", { name: "Close" }).click();
  await stage.server.kill();
  await page
    .getByRole("status", { name: "Connection" })
    .filter({ hasText: /Offline|Connecting/ })
    .waitFor();
  await write(page, { to: [friend.address], subject: "Still here", body: "Send me once" });
  await page.getByRole("link", { name: "Outbox, 1 waiting" }).waitFor();
  const other = await bystander(context, stage.app.url);
  await deleteDatabase(other, databaseOf(account));
  const told = page.getByRole("alert").filter({ hasText: "was cleared" });
  await told.getByText("1 draft and 1 unsent message").waitFor();
  await page.getByRole("link", { name: "Drafts, 1" }).waitFor();
  await page.getByRole("link", { name: "Outbox, 1 waiting" }).waitFor();
  await stage.server.restart();
  const peer = await openPeer(stage.server, friend);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await peer.next((r) => r.subject === "Still here");
  await row(page, /On the server/).waitFor();
  await page.getByRole("link", { name: "Outbox", exact: true }).waitFor();
  await settled(page);
  expect(peer.received.filter((r) => r.subject === "Still here")).toHaveLength(1);
  await told.getByRole("button", { name: "Got it" }).click();
  await told.waitFor({ state: "detached" });
});

test("F10 site data cleared while open: the connection ends, the mail comes back, signed in still", async () => {
  const { context, page } = await inboxWithMail("cleared");
  const composer = await begin(page, "Being written", "This stays");
  const cdp = await context.newCDPSession(page);
  await cdp.send("Storage.clearDataForOrigin", {
    origin: new URL(stage.app.url).origin,
    storageTypes: "indexeddb,local_storage",
  });
  await page.getByRole("alert").getByText("The mail kept in this browser was cleared").waitFor();
  await row(page, /On the server/).waitFor();
  expect(await composer.getByRole("textbox", { name: "Message" }).inputValue()).toBe("This stays");
  await page.getByRole("link", { name: "Drafts, 1" }).waitFor();
  await page.reload();
  await row(page, /On the server/).waitFor();
  await page.getByRole("link", { name: "Drafts, 1" }).waitFor();
});

test("F10 signed out in one tab: the other goes to the sign-in page and makes no new database", async () => {
  const { account, context, page } = await inboxWithMail("twice");
  const second = await context.newPage();
  await second.goto(stage.app.url);
  await row(second, /On the server/).waitFor();
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page
    .getByRole("dialog", { name: "Sign out?" })
    .getByRole("button", { name: "Sign out" })
    .click();
  await second.getByRole("textbox", { name: "Password" }).waitFor();
  await page.getByRole("textbox", { name: "Password" }).waitFor();
  const names = await second.evaluate(async () =>
    (await indexedDB.databases()).map((database) => database.name),
  );
  expect(names).not.toContain(databaseOf(account));
});

test("no IndexedDB, or one that fails: a page that says so, never an empty one", async () => {
  const context = await stage.profile();
  const variants: [string, string][] = [
    [
      `Object.defineProperty(self, "indexedDB", { value: undefined });`,
      "This browser keeps nothing for Envoi",
    ],
    [
      `indexedDB.open = () => { throw new DOMException("", "SecurityError"); };`,
      "The mail kept here cannot be opened",
    ],
  ];
  for (const [patch, words] of variants) {
    const page = await context.newPage();
    await page.route(/worker-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${patch}\n${await response.text()}` });
    });
    await page.goto(stage.app.url);
    await page.getByRole("alert").getByText(words).waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await page.close();
  }
});
