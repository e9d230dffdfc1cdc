/** What devices share, on a server and among people that mean it ill: rows F12 and F13 of the fault matrix. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { encodeBatch } from "../../src/mail/account-state/batch.ts";
import { nextStamp } from "../../src/mail/clock.ts";
import { NODE_STATE } from "../../src/xmpp/nodes.ts";
import { noFaults } from "../hostile/faults.ts";
import {
  type Account,
  type HostileStage,
  row,
  signIn,
  settled,
  startHostileStage,
} from "./stage.ts";

const BOB = "bob@elsewhere.example";

let stage: HostileStage;
beforeAll(async () => {
  // What is said raw is counted by nobody.
  stage = await startHostileStage({ pep: true, streamManagement: false });
});
afterAll(() => stage.close());
afterEach(() => {
  Object.assign(stage.server.faults, noFaults());
});

async function person(): Promise<{ ann: Account; page: Page }> {
  const ann = await stage.account("ann");
  stage.server.mail({ from: BOB, to: ann.address, subject: "First", body: "x" });
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  await row(page, "First").waitFor();
  return { ann, page };
}
const star = (page: Page) => row(page, "First").getByRole("button", { name: "Star" });
const itemsOf = (ann: Account) => [
  ...(stage.server.account(ann.address)?.nodes.get(NODE_STATE)?.items.keys() ?? []),
];
async function saved(page: Page): Promise<void> {
  await page.goto(`${stage.app.url}#/settings/devices`);
  await page.getByRole("status").filter({ hasText: "Everything" }).waitFor();
  await page.goto(`${stage.app.url}#/inbox`);
}

test("F12: events from anybody but the own account change nothing", async () => {
  const { ann, page } = await person();
  await saved(page);
  const evil = encodeBatch({
    messages: [],
    registers: ["kind", "name"].map((field) => ({
      name: `label/evil000000/${field}`,
      said: [field === "kind" ? "tag" : "Evil", nextStamp(undefined, Date.now(), "evil00")],
    })),
  });
  const event = (from: string, id: string) =>
    `<message xmlns='jabber:client' type='headline' from='${from}' to='${ann.address}'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${NODE_STATE}'><item id='${id}'><state xmlns='${NODE_STATE}'>${evil}</state></item></items></event></message>`;
  const senders = [BOB, `${ann.address}.evil.example`, stage.server.domain, `${BOB}/phone`];
  for (const [n, from] of senders.entries())
    stage.server.say(ann.address, event(from, `r.000000000000000${n}`));
  stage.server.mail({ from: BOB, to: ann.address, subject: "The canary", body: "x" });
  await row(page, "The canary").waitFor();
  const tags = page.getByRole("navigation", { name: "Tags" });
  await tags.waitFor();
  expect(await tags.getByRole("link").count()).toBe(0);
  // The same from the own account does.
  stage.server.say(ann.address, event(ann.address, "r.000000000000000a"));
  await tags.getByRole("link", { name: "Evil" }).waitFor();
});

test("F13: where others could read it nothing is stored, the person is told, and all works here", async () => {
  stage.server.faults.pep.accessModel = () => "open";
  const { ann, page } = await person();
  await star(page).click();
  await page.getByRole("region", { name: "Your other devices will not know" }).waitFor();
  await page.goto(`${stage.app.url}#/settings/devices`);
  await page.getByText(/Others could read it/).waitFor();
  // The state, and drafts.
  await expect.poll(() => page.getByText("on this device only").count()).toBe(2);
  await page.getByText(/asks again by itself/).waitFor();
  expect(itemsOf(ann)).toEqual([]);
  await page.reload();
  await page.goto(`${stage.app.url}#/inbox`);
  await row(page, "First").getByRole("button", { name: "Star", pressed: true }).waitFor();
  expect(itemsOf(ann)).toEqual([]);
  // It is private now: asked again on the same stream, here because the person says so.
  Object.assign(stage.server.faults, noFaults());
  await page.goto(`${stage.app.url}#/settings/devices`);
  await page.getByRole("button", { name: "Ask the server again" }).click();
  await page.getByRole("status").filter({ hasText: "Everything" }).waitFor({ timeout: 30_000 });
  await page.getByText(/of 256 entries/).waitFor();
  await expect.poll(() => page.getByText(/Shared with your devices/).count()).toBe(2);
  expect(itemsOf(ann).length).toBeGreaterThan(0);
});

test("F13: what the server drops or forgets is said again, and a second device has all of it", async () => {
  const { ann, page } = await person();
  await star(page).click();
  await saved(page);
  const before = itemsOf(ann);
  expect(before.length).toBeGreaterThan(0);
  // Without a word; then the next sign-in looks.
  stage.server.account(ann.address)?.nodes.get(NODE_STATE)?.items.clear();
  const second = await page.context().newPage();
  await page.close();
  await second.goto(stage.app.url);
  await settled(second);
  await expect.poll(() => itemsOf(ann).length, { timeout: 30_000 }).toBeGreaterThan(0);
  const other = await signIn(await stage.profile(), stage.app.url, ann);
  await row(other, "First")
    .getByRole("button", { name: "Star", pressed: true })
    .waitFor({ timeout: 30_000 });
}, 150_000);

test("F13: a node deleted under us comes back, whole; a publish refused for a while is made later", async () => {
  const { ann, page } = await person();
  stage.server.faults.pep.publishError = "resource-constraint";
  await star(page).click();
  await page.goto(`${stage.app.url}#/settings/devices`);
  await page.getByText(/The last try failed/).waitFor();
  await page.getByText(/wait/).first().waitFor();
  stage.server.faults.pep.publishError = undefined;
  await page.getByRole("button", { name: "Repair" }).click();
  await page.getByRole("status").filter({ hasText: "Repaired" }).waitFor({ timeout: 60_000 });
  await page.getByRole("status").filter({ hasText: "Everything" }).waitFor({ timeout: 60_000 });
  stage.server.account(ann.address)?.nodes.delete(NODE_STATE);
  stage.server.say(
    ann.address,
    `<message xmlns='jabber:client' type='headline' from='${ann.address}' to='${ann.address}'><event xmlns='http://jabber.org/protocol/pubsub#event'><delete node='${NODE_STATE}'/></event></message>`,
  );
  await expect.poll(() => itemsOf(ann).length, { timeout: 30_000 }).toBeGreaterThan(0);
}, 150_000);
