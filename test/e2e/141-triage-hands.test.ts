/** By mouse and finger: rows dragged to the sidebar, rows swiped; folders put in order, deleted, brought back. */
import type { BrowserContext, CDPSession, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openPeer } from "./peer.ts";
import { mailTo } from "./some-mail.ts";
import { row, settled, type Stage, startStage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const said = (page: Page, text: string | RegExp) =>
  page.getByRole("status").filter({ hasText: text });
const inSidebar = (page: Page, name: string) =>
  page.locator(".sidebar").getByRole("link", { name: new RegExp(`^${name}(,|$)`) });

/** Signed in, with that many conversations, the newest "Matter 1". */
async function inbox(many: number, context: BrowserContext): Promise<Page> {
  const ann = await stage.account("ann");
  const peer = await openPeer(stage.server, await stage.account("bob"));
  for (let n = many; n > 0; n--) await peer.send(mailTo(ann.address, `Matter ${n}`));
  const page = await context.newPage();
  await page.goto(stage.app.url);
  await page.getByRole("textbox", { name: "Address" }).fill(ann.address);
  await page.getByRole("textbox", { name: "Password" }).fill(ann.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await row(page, /Matter 1,/).waitFor();
  return page;
}

async function make(page: Page, kind: "tag" | "folder", name: string): Promise<void> {
  await page.getByRole("button", { name: `New ${kind}` }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Save" }).click();
  await inSidebar(page, name).waitFor();
}

test("dragged to mailboxes, a tag and a folder; of what is chosen, all of it", async () => {
  const page = await inbox(7, await stage.profile());
  await settled(page);
  await make(page, "tag", "Boat");
  await make(page, "folder", "House");
  const drag = (name: RegExp, to: string) => row(page, name).dragTo(inSidebar(page, to));

  await drag(/Matter 1,/, "Archive");
  await said(page, /^Archived$/).waitFor();
  await row(page, /Matter 1,/).waitFor({ state: "detached" });
  await drag(/Matter 2,/, "Boat");
  await row(page, /Matter 2, .*Boat, /).waitFor();
  await drag(/Matter 3,/, "House");
  await said(page, "Moved to House").waitFor();
  await drag(/Matter 4,/, "Starred");
  await row(page, /Matter 4, .*Starred, /).waitFor();
  // Where nothing can be dropped nothing is done.
  await drag(/Matter 4,/, "Drafts");
  for (const n of [5, 6])
    await row(page, new RegExp(`Matter ${n},`))
      .getByRole("checkbox", { name: "Select" })
      .click();
  await drag(/Matter 5,/, "Trash");
  await said(page, "2 conversations moved to Trash").waitFor();
  for (const [place, subjects] of [
    ["House", [3]],
    ["Trash", [5, 6]],
    ["Archive", [1]],
    ["Boat", [2]],
    ["Inbox", [2, 4, 7]],
  ] as const) {
    await inSidebar(page, place).click();
    for (const n of subjects) await row(page, new RegExp(`Matter ${n},`)).waitFor();
    await expect
      .poll(() => page.getByRole("grid").getAttribute("aria-rowcount"))
      .toBe(String(subjects.length));
  }
});

const names = (page: Page): Promise<string[]> =>
  page.getByRole("navigation", { name: "Folders" }).locator(".sidebar-label").allTextContents();

test("folders in an order of one's own; a deleted one is brought back with its mail, by its own button", async () => {
  const page = await inbox(2, await stage.profile());
  await settled(page);
  for (const name of ["One", "Two", "Three"]) await make(page, "folder", name);
  const option = async (folder: string, item: string): Promise<void> => {
    await page.getByRole("button", { name: `Options for ${folder}` }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  expect(await names(page)).toEqual(["One", "Two", "Three"]);
  await option("Three", "Move up");
  await expect.poll(() => names(page)).toEqual(["One", "Three", "Two"]);
  await option("One", "Move down");
  await expect.poll(() => names(page)).toEqual(["Three", "One", "Two"]);
  await page.reload();
  await row(page, /Matter 1,/).waitFor();
  await expect.poll(() => names(page)).toEqual(["Three", "One", "Two"]);

  await row(page, /Matter 1,/).focus();
  await page.keyboard.press("v");
  await page.getByRole("combobox", { name: "Folder" }).fill("One");
  await page.getByRole("option", { name: "One", exact: true }).click();
  await said(page, "Moved to One").waitFor();
  await inSidebar(page, "One").click();
  await row(page, /Matter 1,/).waitFor();
  await option("One", "Delete");
  const dialog = page.getByRole("dialog", { name: "Delete One?" });
  await dialog.getByText("Its 1 conversation goes to Archive.").waitFor();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect.poll(() => page.evaluate(() => location.hash)).toBe("#/inbox");
  await expect.poll(() => names(page)).toEqual(["Three", "Two"]);
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => names(page)).toEqual(["Three", "One", "Two"]);
  await inSidebar(page, "One").click();
  await row(page, /Matter 1,/).waitFor();
});

/** Pixels to the right, in the steps of a hand. */
async function swipe(touch: CDPSession, on: Locator, by: number): Promise<void> {
  // A row that is still on its way back is not where the finger would come down.
  await on.page().locator(".swiped, .swipe-hint").first().waitFor({ state: "detached" });
  const box = await on.boundingBox();
  if (box === null) throw new Error("nothing to swipe");
  const [x, y] = [box.x + box.width / 2 - by / 2, box.y + box.height / 2];
  const send = (type: string, at?: number) =>
    touch.send("Input.dispatchTouchEvent", {
      type: type as "touchStart",
      touchPoints: at === undefined ? [] : [{ x: at, y }],
    });
  // At once: a finger that rests for half a second chooses the row.
  const steps = Array.from({ length: 8 }, (_, step) => x + (by * (step + 1)) / 8);
  await Promise.all([
    send("touchStart", x),
    ...steps.map((at) => send("touchMove", at)),
    send("touchEnd"),
  ]);
}

test("swiped on a phone: right archives, left snoozes, and each does what the settings say", async () => {
  const context = await stage.browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    // Parts of the app come over the network, where the test can hold them up.
    serviceWorkers: "block",
  });
  onTestFinished(() => context.close());
  const page = await inbox(4, context);
  const touch = await context.newCDPSession(page);
  const swiped = (name: RegExp, by: number) => swipe(touch, row(page, name), by);
  await swiped(/Matter 1,/, 60);
  await swiped(/Matter 1,/, 200);
  await said(page, /^Archived$/).waitFor();
  await row(page, /Matter 1,/).waitFor({ state: "detached" });
  await swiped(/Matter 2,/, -200);
  const tomorrow = page
    .getByRole("dialog", { name: "Snooze until" })
    .getByRole("option", { name: "Tomorrow" });
  await tomorrow.click();
  await said(page, /^Snoozed until/).waitFor();

  await page.goto(`${stage.app.url}#/settings/reading`);
  await page.getByRole("combobox", { name: "Swipe right" }).selectOption("Delete");
  await page.getByRole("combobox", { name: "Swipe left" }).selectOption("Mark as read");
  await page.goto(`${stage.app.url}#/inbox`);
  await swiped(/^Unread, .*Matter 3,/, -200);
  await row(page, /^(?!Unread).*Matter 3,/).waitFor();
  await swiped(/Matter 3,/, 200);
  await said(page, "Moved to Trash").waitFor();

  // What acts on rows comes after them: a finger that was quicker is not forgotten.
  const late = page.waitForRequest(/\/tools-.*js$/);
  await page.route(/\/tools-.*js$/, async (route) => {
    await swiped(/Matter 4,/, 200);
    await route.continue();
  });
  await page.reload();
  await late;
  await page.getByRole("heading", { name: "All done" }).waitFor();
});
