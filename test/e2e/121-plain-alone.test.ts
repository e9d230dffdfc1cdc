/** A server that offers PLAIN alone: nothing may be kept, and nobody is asked twice in one browser session. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { chromiumLaunch } from "../../tools/chromium.ts";
import { type HostileStage, settled, signIn, startHostileStage } from "./stage.ts";
import { dumpStorage } from "./dump-storage.ts";

let stage: HostileStage;
let authentications = 0;
beforeAll(async () => {
  stage = await startHostileStage({ mechanisms: ["PLAIN"] });
  stage.server.on((frame) => {
    if (frame.is("auth")) authentications++;
  });
});
afterAll(() => stage.close());

describe.each([
  ["kept", true],
  ["not kept", false],
])("%s", (_name, keep) => {
  test("a reload, a second tab and its reload are signed in, without the password in storage", async () => {
    const ann = await stage.account("ann");
    const context = await stage.profile();
    const page = await signIn(context, stage.app.url, ann, { keep });
    await settled(page);
    await page.reload();
    await settled(page);
    const second = await context.newPage();
    await second.goto(stage.app.url);
    await settled(second);
    await page.close();
    await second.reload();
    await settled(second);
    const stored = await dumpStorage(second);
    expect(stored).not.toContain(ann.password);
    expect(stored).not.toContain(Buffer.from(ann.password).toString("base64"));
    expect(await second.getByRole("alert").count()).toBe(0);
  });

  test("signing out leaves nothing, in either tab", async () => {
    const ann = await stage.account("ann");
    const context = await stage.profile();
    const page = await signIn(context, stage.app.url, ann, { keep });
    await settled(page);
    const second = await context.newPage();
    await second.goto(stage.app.url);
    await settled(second);
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    for (const tab of [page, second]) {
      await tab.getByRole("textbox", { name: "Address" }).waitFor();
      await expect.poll(() => tab.evaluate(() => sessionStorage.length)).toBe(0);
      expect(await dumpStorage(tab)).not.toContain(ann.address);
    }
  });
});

test("a new start of the browser asks for the password, and the old ciphertext opens nothing", async () => {
  const ann = await stage.account("ann");
  const folder = await mkdtemp(join(tmpdir(), "envoi-profile-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const first = await chromium.launchPersistentContext(folder, chromiumLaunch);
  await settled(await signIn(first, stage.app.url, ann));
  await first.close();
  expect(await filesWith(folder, ann.password)).toEqual([]);
  const again = await chromium.launchPersistentContext(folder, chromiumLaunch);
  onTestFinished(() => again.close());
  const page = await again.newPage();
  await page.goto(stage.app.url);
  const alert = page.getByRole("alert");
  await alert.getByText("takes only the password itself").waitFor();
  expect(await alert.getAttribute("data-error")).toBe("no-password");
  await page.getByRole("textbox", { name: "Password" }).fill(ann.password);
  await page.keyboard.press("Enter");
  await settled(page);
  await page.reload();
  await settled(page);
});

test("a changed password: asked once, not tried again, and both tabs know the new one", async () => {
  const ann = await stage.account("ann");
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  const account = stage.server.account(ann.address);
  if (account === undefined) throw new Error("no account");
  account.password = "another";
  for (const connection of stage.server.connectionsOf(ann.address)) connection.cut();
  await page.getByRole("alert").and(page.locator("[data-error=wrong-password]")).waitFor();
  const before = authentications;
  await page.reload();
  await page.getByRole("alert").and(page.locator("[data-error=wrong-password]")).waitFor();
  expect(authentications).toBe(before);
  await page.getByRole("textbox", { name: "Password" }).fill("another");
  await page.keyboard.press("Enter");
  await settled(page);
  const second = await context.newPage();
  await second.goto(stage.app.url);
  await settled(second);
});

/** Files of a browser profile that hold this text, in either of the encodings Chromium writes. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0));
    const isIn = bytes.includes(text) || bytes.includes(Buffer.from(text, "utf16le"));
    if (isIn) found.push(entry.name);
  }
  return found;
}
