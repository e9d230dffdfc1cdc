/** What a visit loads, and what a reload shows before the worker has said anything. */
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { xml } from "@xmpp/xml";
import { AFTER_ROWS, countBytes } from "../../tools/bench/first-load.ts";
import { openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

/** BARS.md: bytes, gzip. */
const FORM_BYTES = 25_000;
/** Not the 80 kB of BARS.md yet: what the first rows cannot do without, as it is. */
const INBOX_BYTES = 120_000;

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** A profile whose requests all show: nothing answers from a service worker's cache. */
async function openProfile(): Promise<BrowserContext> {
  const context = await stage.browser.newContext({ serviceWorkers: "block" });
  onTestFinished(() => context.close());
  return context;
}

test("the sign-in form asks for no more than it needs", async () => {
  const context = await openProfile();
  const bytes = countBytes(context);
  const page = await context.newPage();
  await page.goto(stage.app.url);
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  expect(bytes()).toBeLessThanOrEqual(FORM_BYTES);
});

test("the first rows of the inbox ask for no more than they need, and wait for nothing else", async () => {
  const account = await stage.account("cam");
  const bob = await openPeer(stage.server, await stage.account("dan"));
  await bob.send(
    xml(
      "message",
      { to: account.address, id: "lamp" },
      xml("subject", {}, "Lamp"),
      xml("body", {}, "x"),
    ),
  );
  const context = await openProfile();
  const bytes = countBytes(context, AFTER_ROWS);
  await context.route(AFTER_ROWS, () => new Promise<void>(() => undefined));
  const page = await signIn(context, stage.app.url, account);
  await row(page, /Lamp/).waitFor();
  expect(bytes()).toBeLessThanOrEqual(INBOX_BYTES);
});

test("a reload shows the mailbox before the worker has started, read as it was, and claims no connection", async () => {
  const ann = await stage.account("ann");
  const bob = await openPeer(stage.server, await stage.account("bob"));
  const context = await openProfile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  const mail = (subject: string) =>
    xml(
      "message",
      { to: ann.address, id: subject },
      xml("subject", {}, subject),
      xml("body", {}, "x"),
    );
  await bob.send(mail("Lunch"));
  await bob.send(mail("Ladder"));
  await row(page, /^Unread, .*Lunch/).click();
  await page.getByRole("heading", { level: 2, name: "Lunch" }).waitFor();
  await page.getByRole("link", { name: /^Inbox/ }).click();
  await row(page, /^(?!Unread).*Lunch/).waitFor();
  // The picture is taken once the list has come to rest.
  await expect
    .poll(() => page.evaluate(() => Object.keys(localStorage).filter((k) => /picture/.test(k))), {
      timeout: 20_000,
    })
    .toHaveLength(1);

  let start = (): void => undefined;
  const held = new Promise<void>((resolve) => (start = resolve));
  await page.route("**/assets/worker-*.js", async (route) => {
    await held;
    await route.continue();
  });
  await page.reload();
  await row(page, /^(?!Unread).*Lunch/).waitFor();
  await row(page, /^Unread, .*Ladder/).waitFor();
  expect(await page.getByRole("status", { name: "Connection" }).allTextContents()).not.toContain(
    "Connected",
  );
  start();
  await settled(page);
  expect(await page.getByRole("navigation", { name: "Mailboxes" }).count()).toBe(1);

  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("textbox", { name: "Address" }).waitFor();
  expect(await page.evaluate(() => Object.values(localStorage).join())).not.toContain("Ladder");
});
