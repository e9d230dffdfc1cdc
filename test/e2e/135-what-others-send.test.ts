/** Forty messages as other clients write them, each opened here: what it becomes, and that it looks like something. */
import { mkdirSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseFrame } from "../../src/xmpp/frame.ts";
import { OTHER_MESSAGES, type OtherMessage } from "./other-clients.ts";
import { openPeer } from "./peer.ts";
import { type Account, row, settled, signIn, type Stage, startStage } from "./stage.ts";

/** Where pictures of them go, for somebody to look at: SHOTS=folder. */
const SHOTS = process.env["SHOTS"];

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const ids = OTHER_MESSAGES.map(() => crypto.randomUUID());
const clients = [...new Set(OTHER_MESSAGES.map((message) => message.client))];

function stanzaOf(message: OtherMessage, to: Account) {
  const number = OTHER_MESSAGES.indexOf(message);
  const text = message.stanza
    .replaceAll(/ID_(\d+)/g, (_all, n: string) => ids[Number(n) - 1] ?? "")
    .replaceAll("'ID'", `'${ids[number]}'`)
    .replaceAll("'ME'", `'${to.address}'`);
  const frame = parseFrame(text);
  if (!frame.ok) throw new Error(`${message.client}, ${message.what}: ${frame.reason}`);
  frame.element.attrs["to"] = to.address;
  return frame.element;
}

test("forty messages of other clients: each shown as what it is", async () => {
  const ann = await stage.account("ann");
  // A headline is for whoever is there, and kept by no server.
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  const senders = new Map<string, Account>();
  for (const client of clients) {
    const account = await stage.account(client.toLowerCase().replaceAll(/[^a-z]/g, ""));
    senders.set(client, account);
    const peer = await openPeer(stage.server, account, { present: false });
    for (const message of OTHER_MESSAGES.filter((m) => m.client === client))
      await peer.send(stanzaOf(message, ann));
  }
  for (const client of clients) {
    const all = OTHER_MESSAGES.filter((m) => m.client === client && m.becomes.nothing !== true);
    const chats = all.filter((m) => m.becomes.chat === true);
    if (chats.length > 0) {
      await page.goto(`${stage.app.url}#/chats`);
      await row(page, new RegExp(senders.get(client)?.local ?? ""))
        .getByRole("link")
        .first()
        .click();
      await page.getByRole("article").first().waitFor();
      await unfold(page);
      for (const message of chats)
        await check(page.getByRole("main").or(page.locator("body")).first(), message);
      await picture(page, client, "chat");
    }
    for (const message of all.filter((m) => m.becomes.chat !== true)) {
      await page.goto(`${stage.app.url}#/inbox`);
      await row(page, new RegExp(message.becomes.subject ?? ""))
        .getByRole("link")
        .first()
        .click();
      await page.getByRole("heading", { level: 2, name: message.becomes.subject ?? "" }).waitFor();
      await check(page.getByRole("article").last(), message);
      await picture(page, client, message.what);
    }
  }
  await page.goto(`${stage.app.url}#/chats`);
  expect(await page.getByText("does not support").count()).toBe(0);
});

async function unfold(page: Page): Promise<void> {
  const all = page.getByRole("button", { name: "Expand all" });
  if (await all.isVisible()) await all.click();
}

async function check(where: Locator, { client, what, becomes }: OtherMessage): Promise<void> {
  const said = `${client}, ${what}`;
  for (const name of becomes.files ?? [])
    await where
      .getByRole("listitem", { name: new RegExp(name.replaceAll(".", "\\.")) })
      .first()
      .waitFor();
  if (becomes.html === true) {
    const frame = where.frameLocator("iframe[title='Message body']").first();
    await frame.locator("body").waitFor();
    return;
  }
  if (becomes.text === undefined) return;
  await expect
    .poll(() => where.innerText(), { message: said, timeout: 15_000 })
    .toContain(becomes.text);
}

async function picture(page: Page, client: string, what: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${SHOTS}/${`${client} ${what}`.replaceAll(/\W+/g, "-")}.png` });
}
