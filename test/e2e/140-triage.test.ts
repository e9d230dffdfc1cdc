/** A full inbox dealt with: by keyboard alone, by what a screen reader names alone; every act on a real server's mail. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPeer, type Peer } from "./peer.ts";
import { mailTo } from "./some-mail.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const said = (page: Page, text: string | RegExp) =>
  page.getByRole("status").filter({ hasText: text });

/** An account with that many conversations, the newest "Matter 1". */
async function fullInbox(
  many: number,
  on = stage,
): Promise<{ page: Page; peer: Peer; address: string }> {
  const ann = await on.account("ann");
  const peer = await openPeer(on.server, await on.account("bob"));
  for (let n = many; n > 0; n--) await peer.send(mailTo(ann.address, `Matter ${n}`));
  const page = await signIn(await on.profile(), on.app.url, ann);
  await settled(page);
  await page.getByRole("link", { name: `Inbox, ${many} unread` }).waitFor();
  return { page, peer, address: ann.address };
}

/** As the list tells it; none where there is no list any more. */
const rowsLeft = (page: Page): Promise<number> =>
  page.evaluate(() =>
    Number(document.querySelector("[role=grid]")?.getAttribute("aria-rowcount") ?? 0),
  );

test("fifty conversations by keyboard alone, and all of it taken back", async () => {
  await byKeyboard(50, stage);
});

test("the same on ejabberd", async () => {
  const ejabberd = await startStage("ejabberd");
  try {
    await byKeyboard(15, ejabberd);
  } finally {
    await ejabberd.close();
  }
});

async function byKeyboard(many: number, on: Stage): Promise<void> {
  const { page } = await fullInbox(many, on);
  let presses = 0;
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) {
      presses += 1;
      await page.keyboard.press(key);
    }
  };
  await press("j", "k", "s");
  const ways: (() => Promise<void>)[] = [
    () => press("e"),
    () => press("#"),
    () => press("!"),
    async () => {
      await press("b");
      await page.getByRole("dialog", { name: "Snooze until" }).waitFor();
      await press("ArrowDown", "Enter");
    },
    async () => {
      await press("v");
      await page.getByRole("combobox", { name: "Folder" }).waitFor();
      await press("W", "o", "r", "k");
      await page.getByRole("option").first().waitFor();
      await press("Enter");
    },
    () => press("x", "j", "x", "e"),
    () => press("m"),
  ];
  await expect.poll(() => rowsLeft(page)).toBe(many);
  for (let turn = 0; (await rowsLeft(page)) > 0; turn++) {
    const left = await rowsLeft(page);
    await ways[turn % ways.length]?.();
    await expect.poll(() => rowsLeft(page)).toBeLessThan(left);
  }
  await page.getByRole("heading", { name: "All done" }).waitFor();
  expect(presses / many).toBeLessThan(3);

  // Every step back to the full inbox.
  for (let n = 0; n < 80 && (await rowsLeft(page)) < many; n++) await page.keyboard.press("z");
  await expect.poll(() => rowsLeft(page)).toBe(many);
  await page.reload();
  await settled(page);
  await expect.poll(() => rowsLeft(page)).toBe(many);
}

test("fifty conversations by roles and names alone", async () => {
  const { page } = await fullInbox(50);
  const first = () => page.getByRole("grid", { name: "Conversations" }).getByRole("row").first();
  const choose = () => first().getByRole("checkbox", { name: "Select" }).click();
  const tool = (name: string) =>
    page
      .getByRole("toolbar", { name: "Selected conversations" })
      .getByRole("button", { name, exact: true });
  const ways: (() => Promise<void>)[] = [
    async () => {
      await choose();
      await tool("Archive").click();
      await said(page, "Archived").waitFor();
    },
    async () => {
      await first().getByRole("button", { name: "Star" }).click();
      await choose();
      await tool("Delete").click();
    },
    async () => {
      await first().getByRole("link").click();
      await page
        .getByRole("toolbar", { name: "Conversation" })
        .getByRole("button", { name: "Archive", exact: true })
        .click();
      await page.goto(`${stage.app.url}#/inbox`);
    },
    async () => {
      await choose();
      await tool("Snooze").click();
      await page.getByRole("option", { name: "Next week" }).click();
    },
    async () => {
      await choose();
      await tool("Move").click();
      await page.getByRole("combobox", { name: "Folder" }).fill("House");
      await page.getByRole("option", { name: /House/ }).first().click();
    },
    async () => {
      await choose();
      await tool("Report spam").click();
    },
    async () => {
      await choose();
      await tool("Mute").click();
    },
  ];
  for (let turn = 0; (await rowsLeft(page)) > 10; turn++) {
    const left = await rowsLeft(page);
    await ways[turn % ways.length]?.();
    await expect.poll(() => rowsLeft(page)).toBeLessThan(left);
  }
  await page.getByRole("checkbox", { name: "Select all" }).click();
  await tool("Mark as read").click();
  await page.getByRole("link", { name: "Inbox", exact: true }).waitFor();
  await page.getByRole("button", { name: /^Select all \d+ in Inbox$/ }).click();
  await tool("Archive").click();
  await said(page, /conversations archived/).waitFor();
  await page.getByRole("heading", { name: "All done" }).waitFor();
});

test("places, tags, folders: where it went, under its own name; the newest brings it back", async () => {
  const { page, peer, address } = await fullInbox(4);
  await row(page, /Matter 1,/).focus();
  await page.keyboard.press("l");
  await page.getByRole("dialog", { name: "Tag" }).getByRole("textbox").fill("Später 🕰");
  await page.keyboard.press("Enter");
  await page
    .getByRole("dialog", { name: "Tag" })
    .getByRole("checkbox", { name: "Später 🕰" })
    .waitFor();
  await page.keyboard.press("Escape");
  await row(page, /Matter 1, .*Später 🕰, /).waitFor();
  await page.keyboard.press("e");
  await said(page, "Archived").waitFor();
  await page
    .getByRole("navigation", { name: "Tags" })
    .getByRole("link", { name: /^Später/ })
    .click();
  await row(page, /Matter 1,/).waitFor();
  const tagAddress = page.url();

  await page.getByRole("button", { name: "Options for Später 🕰" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Irgendwann");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { level: 2, name: "Irgendwann" }).waitFor();
  expect(page.url()).toBe(tagAddress);

  await page
    .getByRole("link", { name: "Archive", exact: true })
    .or(page.getByRole("link", { name: /^Archive,/ }))
    .click();
  await row(page, /Matter 1, .*Irgendwann, /).waitFor();
  await peer.send(mailTo(address, "Matter 1 again", "Matter 1"));
  await page.getByRole("link", { name: /^Inbox/ }).click();
  await row(page, /^Unread, .*Matter 1, .*Irgendwann, /).waitFor();

  await row(page, /Matter 2,/).focus();
  await page.keyboard.press("#");
  await page.getByRole("link", { name: /^Trash/ }).click();
  await row(page, /Matter 2,/).waitFor();
  await page.getByRole("button", { name: "Empty Trash" }).click();
  const dialog = page.getByRole("dialog", { name: "Empty Trash?" });
  await dialog.getByText(/keeps its own copy/).waitFor();
  await dialog.getByRole("button", { name: "Empty Trash" }).click();
  await page.getByRole("heading", { name: "Trash is empty" }).waitFor();
});

test("another tab takes back what this one did", async () => {
  const { page } = await fullInbox(3);
  const other = await page.context().newPage();
  await other.goto(stage.app.url);
  await row(other, /Matter 1,/).waitFor();
  await row(page, /Matter 1,/).focus();
  await page.keyboard.press("e");
  await row(other, /Matter 1,/).waitFor({ state: "detached" });
  await other.getByRole("button", { name: "Undo", exact: true }).first().click();
  await row(page, /Matter 1,/).waitFor();
});
