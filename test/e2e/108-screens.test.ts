/** Every screen of the demo's mailbox: no accessibility violation, light and dark, desk and phone; nothing jumps. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check, withoutPolicy } from "./axe.ts";
import { type DemoStage, startDemoStage } from "./demo-stage.ts";
import { openProfile, row, settled } from "./stage.ts";

let stage: DemoStage;
beforeAll(async () => {
  stage = await startDemoStage();
});
afterAll(() => stage.close());

describe.each([
  ["light", { dark: false }],
  ["dark", { dark: true }],
  ["phone", { dark: false, width: 390, height: 844 }],
])("%s", (name, options) => {
  test("sign-in, inbox, a long conversation, composer, settings, empty, nothing here", async () => {
    const context = await openProfile(stage.browser, options);
    const page = await context.newPage();
    await withoutPolicy(page);
    await page.goto(stage.app.url);
    await page.getByRole("button", { name: "Sign in as alice" }).waitFor();
    await check(page, "sign-in");
    await page.getByRole("textbox", { name: "Address" }).fill("alice");
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").waitFor();
    await check(page, "sign-in error");
    await page.getByRole("button", { name: "Sign in as alice" }).click();
    await row(page, /Harbour survey/).waitFor();
    if (name !== "phone") await settled(page);
    await check(page, "inbox");
    await row(page, /Harbour survey: who can/).click();
    await page.getByRole("heading", { level: 2, name: /Harbour survey/ }).waitFor();
    await page.getByRole("button", { name: "Expand all" }).click();
    await check(page, "conversation");
    await page.goto(`${stage.app.url}#/to/nadia@harbour.example?subject=Friday`);
    const composer = page.getByRole("dialog", { name: "New message" });
    await composer.getByRole("button", { name: "Cc", exact: true }).click();
    await check(page, "composer");
    await composer.getByRole("button", { name: "Discard" }).click();
    await page.goto(`${stage.app.url}#/settings`);
    await page.getByRole("radiogroup", { name: "Theme" }).waitFor();
    await check(page, "settings");
    await page.goto(`${stage.app.url}#/drafts`);
    await page.getByRole("heading", { name: "No drafts" }).waitFor();
    await check(page, "empty");
    await page.goto(`${stage.app.url}#/nowhere`);
    await page.getByRole("heading", { name: "Nothing here" }).waitFor();
    await check(page, "nothing here");
    await page.goto(`${stage.app.url}#/t/unknown-thread`);
    await page.getByRole("heading", { level: 1, name: "Not in your mailbox" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await check(page, "shortcuts");
  });
});

test("nothing but the app and its server is asked for anything", async () => {
  const context = await openProfile(stage.browser);
  const page = await context.newPage();
  const strange: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(stage.app.url) && !/^(blob|data):/.test(request.url()))
      strange.push(request.url());
  });
  await page.goto(stage.app.url);
  await page.getByRole("button", { name: "Sign in as bob" }).click();
  await row(page, /Harbour survey/).waitFor();
  await settled(page);
  await row(page, /Harbour survey/).click();
  await page.getByRole("article").first().waitFor();
  expect(strange).toEqual([]);
});
