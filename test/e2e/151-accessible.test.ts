/** Every section of the settings, the palette and the dialogs: no accessibility violation, in both themes and on a phone. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SETTINGS } from "../../src/ui/route.ts";
import { check, withoutPolicy } from "./axe.ts";
import { type DemoStage, startDemoStage } from "./demo-stage.ts";
import { openProfile, row, settled } from "./stage.ts";

/** Each does something to a mailbox that the others see on all devices. */
const OWNERS: Record<string, string> = { light: "alice", dark: "bob", phone: "bob" };
const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

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
  test("settings, palette, keys, dialogs", async () => {
    const context = await openProfile(stage.browser, options);
    const page = await context.newPage();
    await withoutPolicy(page);
    await page.goto(stage.app.url);
    await page.getByRole("button", { name: "Sign in as alice" }).click();
    await row(page, /Harbour survey/).waitFor();
    if (name !== "phone") await settled(page);

    await page.keyboard.press("Control+k");
    const palette = page.getByRole("dialog", { name: "Command palette" });
    await palette.getByRole("option").first().waitFor();
    await check(page, "palette");
    await page.keyboard.type("nadia");
    await palette.getByRole("option", { name: /^Write to Nadia/ }).waitFor();
    await check(page, "palette, people");
    await page.keyboard.type("xyz");
    await palette.getByText("Nothing of that name").waitFor();
    await check(page, "palette, nothing");
    await page.keyboard.press("Escape");
    await palette.waitFor({ state: "detached" });

    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await help.waitFor();
    await check(page, "help");
    await help.getByRole("link", { name: "Change keys" }).click();
    await page.getByRole("heading", { level: 3, name: "Keys" }).waitFor();

    for (const section of SETTINGS) {
      await page.goto(`${stage.app.url}#/settings/${section}`);
      await page
        .getByRole("navigation", { name: "Settings sections" })
        .locator(`[aria-current=page][href$="${section === "general" ? "settings" : section}"]`)
        .waitFor();
      await expect.poll(() => page.locator(".settings-section").count()).toBe(1);
      await check(page, `settings, ${section}`);
    }
    await page.goto(`${stage.app.url}#/settings/keys`);
    await page.getByRole("button", { name: "Change the key of Compose" }).click();
    const dialog = page.getByRole("dialog", { name: "Key for Compose" });
    await dialog.getByRole("textbox", { name: "New key" }).press("j");
    await dialog.getByText("which would lose it").waitFor();
    await check(page, "a key that is another's");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("searchbox", { name: "Search settings" }).fill("archive");
    await page.getByRole("combobox", { name: "After archiving" }).waitFor();
    await check(page, "settings, searched");
    await page.getByRole("searchbox", { name: "Search settings" }).fill("xyzzy");
    await page.getByText("No setting has").waitFor();
    await check(page, "settings, nothing found");
    await page.goto(`${stage.app.url}#/settings/account`);
    await page
      .getByRole("region", { name: "Account" })
      .getByRole("button", { name: "Sign out" })
      .click();
    await page.getByRole("dialog", { name: "Sign out?" }).waitFor();
    await check(page, "sign out");
    await page
      .getByRole("dialog", { name: "Sign out?" })
      .getByRole("button", { name: "Cancel" })
      .click();
  });

  test("what is done with mail: pickers, tags and folders of long names and of any script, for good", async () => {
    const context = await openProfile(stage.browser, options);
    const page = await context.newPage();
    await withoutPolicy(page);
    await page.goto(stage.app.url);
    await page.getByRole("button", { name: `Sign in as ${OWNERS[name]}` }).click();
    const first = page.getByRole("grid").getByRole("row").first();
    await first.waitFor();
    const dialog = (title: string | RegExp) => page.getByRole("dialog", { name: title });
    const picker = async (key: string, title: string): Promise<void> => {
      await first.focus();
      await page.keyboard.press(key);
      await dialog(title).waitFor();
    };
    for (const folder of [LONG, "تقارير العمل الشهرية (مهم)"]) {
      await picker("v", "Move to");
      await page.getByRole("combobox", { name: "Folder" }).fill(folder);
      await page
        .getByRole("option", { name: folder.slice(0, 8) })
        .first()
        .waitFor();
      await page.keyboard.press("Enter");
      await dialog("Move to").waitFor({ state: "detached" });
      await page.keyboard.press("l");
      await dialog("Tag").waitFor();
      await dialog("Tag").getByRole("textbox").fill(folder);
      await page.keyboard.press("Enter");
      await dialog("Tag")
        .getByRole("checkbox", { name: folder.slice(0, 20) })
        .waitFor();
      if (folder !== LONG) await check(page, "tags");
      await page.keyboard.press("Escape");
    }
    await picker("v", "Move to");
    await check(page, "move");
    await page.keyboard.press("Escape");
    await picker("b", "Snooze until");
    await check(page, "snooze");
    await page.getByRole("textbox", { name: "Date or time" }).fill("whenever");
    await dialog("Snooze until").getByText("Not understood").waitFor();
    await check(page, "snooze, not understood");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.body.scrollWidth <= innerWidth)).toBe(true);

    const sidebar = async (): Promise<void> => {
      if (name === "phone") await page.getByRole("button", { name: "Mailboxes" }).click();
    };
    await sidebar();
    await page.getByRole("button", { name: "New folder" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").filter({ hasText: "Give it a name" }).waitFor();
    await check(page, "a folder without a name");
    await page.keyboard.press("Escape");
    await dialog("New folder").waitFor({ state: "detached" });
    await page
      .getByRole("button", { name: /^Options for Donau/ })
      .last()
      .click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await dialog(/^Delete .*Donau/).waitFor();
    await check(page, "a folder that goes");
    await page.keyboard.press("Escape");
    await page.goto(`${stage.app.url}#/inbox`);
    await first.focus();
    await page.keyboard.press("#");
    await page.goto(`${stage.app.url}#/trash`);
    await first.waitFor();
    await picker("#", "Delete forever?");
    await check(page, "for good");
  });
});
