/** Mail that was sent: put right, taken back; seen on this device, another of mine, and by who has it. */
import { mkdirSync } from "node:fs";
import { xml } from "@xmpp/xml";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPeer } from "./peer.ts";
import { type Account, row, settled, signIn, type Stage, startStage, write } from "./stage.ts";

/** Where pictures go, for somebody to look at: SHOTS=folder. */
const SHOTS = process.env["SHOTS"];

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** Ann with two devices, Ben with Envoi, Cem with something else; mail of Ann's to both of them. */
async function begin(subject: string, body: string) {
  const [ann, ben, cem] = [
    await stage.account("ann"),
    await stage.account("ben"),
    await stage.account("cem"),
  ];
  const peer = await openPeer(stage.server, cem);
  const open = async (account: Account): Promise<Page> => {
    const page = await signIn(await stage.profile(), stage.app.url, account);
    await settled(page);
    return page;
  };
  const [page, other, bens] = [await open(ann), await open(ann), await open(ben)];
  await write(page, { to: [ben.address, cem.address], subject, body });
  const first = await peer.next((r) => r.subject === subject);
  await page.goto(`${stage.app.url}#/sent`);
  await other.goto(`${stage.app.url}#/sent`);
  for (const each of [page, other, bens]) await row(each, new RegExp(subject)).click();
  for (const each of [page, other, bens]) await each.getByRole("article").waitFor();
  return { ann, ben, cem, peer, page, other, bens, first };
}

async function choose(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function picture(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

const article = (page: Page): Locator => page.getByRole("article").last();

test("Edit message: once to the same people, its history seen everywhere; Markdown says that it is some", async () => {
  const { peer, page, other, bens, first } = await begin("Boat", "We leave at **seven**.");
  expect(first.content).toEqual({ type: "text/markdown" });
  await article(bens).locator("strong", { hasText: "seven" }).waitFor();
  await choose(page, "Edit message");
  const composer = page.getByRole("dialog", { name: "Edit message" });
  const text = composer.getByRole("textbox", { name: "Message" });
  expect(await text.inputValue()).toBe("We leave at **seven**.");
  await composer.getByRole("list", { name: "Recipients" }).getByText("cem").waitFor();
  expect(await composer.getByRole("combobox").count()).toBe(0);
  await picture(page, "edit-composer");
  await text.fill("We leave at eight.");
  await text.press("Control+Enter");
  await composer.waitFor({ state: "detached" });
  const second = await peer.next((r) => r.replaces !== undefined);
  expect(second).toMatchObject({
    replaces: first.id,
    subject: "Boat",
    body: "We leave at eight.",
    thread: first.thread,
    addresses: first.addresses,
  });
  expect(second.content).toBeUndefined();
  for (const each of [page, other, bens]) {
    await article(each).getByText("We leave at eight.").waitFor();
    await article(each)
      .getByText(/^Edited /)
      .waitFor();
    expect(await each.getByRole("article").count()).toBe(1);
    await article(each).getByRole("button", { name: "Show earlier versions" }).click();
    const earlier = article(each).getByRole("list", { name: "Earlier versions" });
    await earlier.locator("strong", { hasText: "seven" }).waitFor();
  }
  await picture(page, "edited");
  // The next one puts the first right, too, and a reload changes nothing.
  await choose(page, "Edit message");
  await text.fill("We leave at nine.");
  await composer.getByRole("button", { name: "Send" }).click();
  const third = await peer.next((r) => r.body === "We leave at nine.");
  expect(third.replaces).toBe(first.id);
  await page.reload();
  await article(page).getByText("We leave at nine.").waitFor();
  await article(bens).getByText("We leave at nine.").waitFor();
  expect(await page.getByRole("article").count()).toBe(1);
  expect(peer.received.filter((r) => r.body !== undefined)).toHaveLength(3);
});

test("Retract: asked first, sent once through a dead server and a reload, and seen everywhere", async () => {
  const { ben, cem, page, other, bens, first } = await begin("Party", "Come as you are");
  await stage.server.kill();
  await page
    .getByRole("status", { name: "Connection" })
    .filter({ hasText: /Offline|Connecting/ })
    .waitFor();
  await choose(page, "Retract");
  const asked = page.getByRole("dialog", { name: "Retract this message?" });
  await asked.getByText(new RegExp(`${ben.address}.*cannot undo`)).waitFor();
  await picture(page, "retract-dialog");
  await asked.getByRole("button", { name: "Cancel" }).click();
  await asked.waitFor({ state: "detached" });
  expect(await article(page).getByText("Come as you are").isVisible()).toBe(true);
  await choose(page, "Retract");
  await asked.getByRole("button", { name: "Retract" }).click();
  await article(page).getByText("You retracted this message").waitFor();
  await article(page).getByText("Retraction: Waiting").waitFor();
  await page.getByRole("link", { name: "Outbox, 1 waiting" }).waitFor();
  await page.reload();
  await article(page).getByText("Retraction: Waiting").waitFor();
  await stage.server.restart();
  const peer = await openPeer(stage.server, cem);
  const word = await peer.next((r) => r.retracts !== undefined);
  expect(word).toMatchObject({
    retracts: first.id,
    fallbacks: [{ for: "urn:xmpp:message-retract:1" }],
    body: expect.stringMatching(/retracted a message/),
  });
  await article(page)
    .getByText(/^Retraction: (Sent|Delivered)/)
    .waitFor();
  await page.getByRole("link", { name: "Outbox", exact: true }).waitFor();
  await article(other).getByText("You retracted this message").waitFor();
  await article(bens).getByText("retracted this message").waitFor();
  for (const each of [page, other, bens]) {
    expect(await each.locator("body").textContent()).not.toContain("Come as you are");
    await article(each).getByRole("button", { name: "Show what it said" }).click();
    await article(each).getByText("Come as you are").waitFor();
  }
  await picture(page, "retracted");
  await page.getByRole("button", { name: "More", exact: true }).click();
  expect(await page.getByRole("menuitem", { name: /Edit message|Retract/ }).count()).toBe(0);
  expect(peer.received.filter((r) => r.retracts !== undefined)).toHaveLength(1);
});

test("what others sent can be neither edited nor retracted", async () => {
  const { bens } = await begin("Not yours", "Hands off");
  await bens.getByRole("button", { name: "More", exact: true }).click();
  await bens.getByRole("menuitem", { name: "View source" }).waitFor();
  expect(await bens.getByRole("menuitem", { name: /Edit message|Retract/ }).count()).toBe(0);
});

test("a reaction stands below the message it is about, changes, and is no message", async () => {
  const { ann, peer, page, first } = await begin("Cake", "Shall I bring one?");
  const evil = await openPeer(stage.server, await stage.account("evil"));
  const react = (...emoji: string[]) =>
    xml(
      "message",
      { to: ann.address, type: "chat", id: crypto.randomUUID() },
      xml(
        "reactions",
        { xmlns: "urn:xmpp:reactions:0", id: first.id },
        ...emoji.map((one) => xml("reaction", {}, one)),
      ),
      xml("store", { xmlns: "urn:xmpp:hints" }),
    );
  await evil.send(react("💩"));
  await peer.send(react("👍"));
  const reactions = article(page).getByRole("list", { name: "Reactions" });
  await reactions.getByText("👍").waitFor();
  await peer.send(react("🎂", "🎉"));
  await reactions.getByText("🎂").waitFor();
  expect(await reactions.getByRole("listitem").count()).toBe(2);
  await page.reload();
  await reactions.getByText("🎉").waitFor();
  expect(await article(page).textContent()).not.toContain("💩");
  expect(await page.getByRole("article").count()).toBe(1);
  await page.goto(`${stage.app.url}#/chats`);
  await settled(page);
  expect(await page.getByRole("grid", { name: "Conversations" }).getByRole("row").count()).toBe(0);
  await peer.send(react());
  await page.goto(`${stage.app.url}#/sent`);
  await row(page, /Cake/).click();
  await article(page).getByText("Shall I bring one?").waitFor();
  await reactions.waitFor({ state: "detached" });
});
