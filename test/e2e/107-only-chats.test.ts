/** Twenty thousand chats and no mail: a page that makes sense within a minute, and progress until then. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fillArchive } from "../../tools/demo/bulk.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

test("the inbox of an account that only ever chatted", async () => {
  const ann = await stage.account("ann");
  await stage.server.kill();
  fillArchive(join(stage.server.dataFolder, "prosody.sqlite"), {
    user: ann.local,
    host: "localhost",
    count: 20_000,
    chats: 1,
  });
  await stage.server.restart();
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await page.getByRole("heading", { name: "Looking for mail" }).waitFor();
  await page.getByText(/fetched so far, all of them chats/).waitFor();
  await page
    .getByRole("status", { name: "Sync" })
    .filter({ hasText: /Syncing, [\d,]+ of about (19|20|21),000/ })
    .waitFor();
  await page.getByRole("button", { name: "Pause syncing" }).click();
  await page.getByRole("status", { name: "Sync" }).filter({ hasText: "Paused" }).waitFor();
  await page.getByRole("button", { name: "Resume syncing" }).click();
  await settled(page, 240_000);
  await page.getByRole("heading", { name: "No mail yet" }).waitFor();
  await page.getByRole("button", { name: "Copy my address" }).waitFor();
  await page.getByRole("button", { name: "Write to yourself" }).click();
  const composer = page.getByRole("dialog", { name: "New message" });
  await composer.getByRole("listitem", { name: new RegExp(ann.address) }).waitFor();
  await composer.getByRole("textbox", { name: "Subject" }).fill("Hello, me");
  await composer.getByRole("button", { name: "Send" }).click();
  await row(page, /^Unread, .*Hello, me/).waitFor();
  await page.getByRole("link", { name: /^Chats/ }).click();
  await expect.poll(() => page.getByRole("grid").getAttribute("aria-rowcount")).toBe("211");
  await row(page, /person/)
    .first()
    .click();
  await page.getByRole("article").first().waitFor();
}, 300_000);
