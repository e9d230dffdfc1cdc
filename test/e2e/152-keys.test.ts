/** Keys and palette in the built app: the keys of five layouts, a frame of foreign HTML, remaps over a reload. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { xml } from "@xmpp/xml";
import { openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** What a keyboard of another layout sends. */
async function press(page: Page, key: string, code: string, shift = false): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const modifiers = shift ? 8 : 0;
  await client.send("Input.dispatchKeyEvent", { type: "keyDown", key, code, modifiers });
  await client.send("Input.dispatchKeyEvent", { type: "keyUp", key, code, modifiers });
  await client.detach();
}

type Stroke = [key: string, code: string, shift?: boolean];
/** "g", "t", then "g", "i", then "?" on each. */
const LAYOUTS: [string, Stroke, Stroke, Stroke, Stroke][] = [
  ["Cyrillic", ["п", "KeyG"], ["е", "KeyT"], ["ш", "KeyI"], ["?", "Digit7", true]],
  ["Greek", ["γ", "KeyG"], ["τ", "KeyT"], ["ι", "KeyI"], ["?", "Slash", true]],
  ["Hebrew", ["ע", "KeyG"], ["א", "KeyT"], ["ן", "KeyI"], ["?", "Slash", true]],
  ["AZERTY", ["g", "KeyG"], ["t", "KeyT"], ["i", "KeyI"], ["?", "KeyM", true]],
  ["Dvorak", ["g", "KeyU"], ["t", "KeyK"], ["i", "KeyG"], ["?", "BracketLeft", true]],
];

test("the same keys on Cyrillic, Greek, Hebrew, AZERTY and Dvorak keyboards", async () => {
  const ann = await stage.account("ann");
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  for (const [layout, g, t, i, help] of LAYOUTS) {
    await press(page, ...g);
    await press(page, ...t);
    await expect.poll(() => page.evaluate(() => location.hash), { message: layout }).toBe("#/sent");
    await press(page, ...g);
    await press(page, ...i);
    await expect
      .poll(() => page.evaluate(() => location.hash), { message: layout })
      .toBe("#/inbox");
    await press(page, ...help);
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor({ state: "detached" });
  }
});

test("from within a frame of foreign HTML: the palette opens, and what it does reaches the conversation", async () => {
  const ann = await stage.account("ann");
  const bob = await openPeer(stage.server, await stage.account("bob"));
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  await bob.send(
    xml(
      "message",
      { to: ann.address, id: "framed" },
      xml("subject", {}, "Framed"),
      xml("body", {}, "Plain"),
      xml(
        "html",
        { xmlns: "http://jabber.org/protocol/xhtml-im" },
        xml("body", { xmlns: "http://www.w3.org/1999/xhtml" }, xml("p", {}, "Formatted words")),
      ),
    ),
  );
  await row(page, /Framed/).click();
  const inside = page.frameLocator('iframe[title="Message body"]').getByText("Formatted words");
  await inside.click();
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Command palette" });
  await palette.getByRole("option", { name: "Reply r", exact: true }).waitFor();
  await page.keyboard.type("reply");
  await page.keyboard.press("Enter");
  await page
    .getByRole("region", { name: "Reply" })
    .getByRole("textbox", { name: "Message" })
    .waitFor();
  await page.keyboard.press("Escape");
  await inside.click();
  await page.keyboard.press("u");
  await expect.poll(() => page.evaluate(() => location.hash)).toBe("#/inbox");
});

test("a key of one's own, a preset and the off switch are there after a reload, in another tab at once", async () => {
  const ann = await stage.account("ann");
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  const other = await context.newPage();
  await other.goto(stage.app.url);
  await other.getByRole("navigation", { name: "Mailboxes" }).waitFor();
  await page.goto(`${stage.app.url}#/settings/keys`);
  await page.getByRole("combobox", { name: "Key preset" }).selectOption("Outlook");
  await page.getByRole("button", { name: "Change the key of Compose" }).click();
  await page.getByRole("textbox", { name: "New key" }).press("w");
  await page.getByRole("button", { name: "Save" }).click();
  await page.reload();
  await page.getByRole("heading", { level: 2, name: "Settings" }).click();
  await page.keyboard.press("w");
  await page.getByRole("dialog", { name: "New message" }).waitFor();
  await other.bringToFront();
  await other.keyboard.press("w");
  await other.getByRole("dialog", { name: "New message" }).waitFor();
  await other.keyboard.press("Escape");
  await page.bringToFront();
  await page.keyboard.press("Escape");
  await page.getByRole("switch", { name: "Single-key shortcuts" }).click();
  await page.reload();
  await settled(page);
  await page.getByRole("heading", { level: 2, name: "Settings" }).click();
  await page.keyboard.press("w");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Command palette" }).waitFor();
  expect(await page.getByRole("dialog", { name: "New message" }).count()).toBe(0);
});
