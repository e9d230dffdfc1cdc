/** What a person prefers is so, in every tab at once and after a reload. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { xml } from "@xmpp/xml";
import type { Page } from "playwright-core";
import { openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

test("chats among the mail, answers in a window, no spelling: at once, elsewhere, after a reload", async () => {
  const ann = await stage.account("ann");
  const bob = await openPeer(stage.server, await stage.account("bob"));
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  const say = (id: string, type: "chat" | "normal", text: string) =>
    bob.send(
      xml(
        "message",
        { to: ann.address, id, ...(type === "chat" ? { type } : {}) },
        ...(type === "chat" ? [] : [xml("subject", {}, text)]),
        xml("body", {}, text),
      ),
    );
  await say("p1", "normal", "A mail");
  await row(page, /A mail/).waitFor();
  await say("p2", "chat", "A chat");
  const other = await context.newPage();
  await other.goto(`${stage.app.url}#/inbox`);
  await row(other, /A mail/).waitFor();
  expect(await row(other, /A chat/).count()).toBe(0);

  await page.goto(`${stage.app.url}#/settings/reading`);
  await page.getByRole("switch", { name: "Show chats as mail" }).click();
  await row(other, /A chat/).waitFor();
  await say("p3", "chat", "Another one");
  await row(other, /Another one/).waitFor();
  await page.goto(`${stage.app.url}#/settings/writing`);
  await page.getByRole("radio", { name: "In a window" }).check();
  await page.getByRole("switch", { name: "Check spelling" }).click();

  await page.reload();
  await page.goto(`${stage.app.url}#/inbox`);
  await row(page, /Another one/).waitFor();
  await row(page, /A mail/).click();
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  const answer = page.getByRole("dialog", { name: "Reply" });
  await answer.waitFor();
  expect(await answer.getByRole("textbox", { name: "Message" }).getAttribute("spellcheck")).toBe(
    "false",
  );

  await page.goto(`${stage.app.url}#/settings/reading`);
  await page.getByRole("switch", { name: "Show chats as mail" }).click();
  await row(other, /Another one/).waitFor({ state: "detached" });
  await row(other, /A mail/).waitFor();
});

test("theme, keys and swipes of one device are those of the other; what nobody chose stays as each has it", async () => {
  const ann = await stage.account("ann");
  const [laptop, desk] = [await stage.profile(), await stage.profile()];
  const one = await signIn(laptop, stage.app.url, ann);
  const two = await signIn(desk, stage.app.url, ann);
  await settled(one);
  await settled(two);
  const theme = (page: Page) =>
    page.evaluate(() => document.documentElement.dataset["theme"] ?? "system");
  await one.goto(`${stage.app.url}#/settings/general`);
  await one.getByRole("radio", { name: "Dark" }).check();
  await expect.poll(() => theme(two), { timeout: 30_000 }).toBe("dark");
  await one.goto(`${stage.app.url}#/settings/keys`);
  await two.goto(`${stage.app.url}#/settings/keys`);
  await one.getByRole("combobox", { name: "Key preset" }).selectOption({ label: "Outlook" });
  await one.getByRole("switch", { name: "Single-key shortcuts" }).click();
  await expect
    .poll(() => two.getByRole("combobox", { name: "Key preset" }).inputValue(), { timeout: 30_000 })
    .toBe("outlook");
  await two
    .getByRole("switch", { name: "Single-key shortcuts", checked: false })
    .waitFor({ timeout: 30_000 });
  await two.goto(`${stage.app.url}#/settings/reading`);
  await two.getByRole("combobox", { name: "Swipe left" }).selectOption({ label: "Delete" });
  await one.goto(`${stage.app.url}#/settings/reading`);
  await expect
    .poll(() => one.getByRole("combobox", { name: "Swipe left" }).inputValue(), { timeout: 30_000 })
    .toBe("delete");

  // A third one, where the theme was chosen before anybody signed in.
  const third = await stage.profile();
  const before = await third.newPage();
  await before.goto(stage.app.url);
  await before.evaluate(() => localStorage.setItem("envoi-theme", "light"));
  await before.close();
  const three = await signIn(third, stage.app.url, ann);
  await expect.poll(() => theme(three), { timeout: 30_000 }).toBe("dark");
  await three.reload();
  expect(await theme(three)).toBe("dark");
  await settled(three);
  expect(await theme(one)).toBe("dark");
});
