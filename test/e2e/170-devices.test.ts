/** What a person does on one device is true on the others: two and three profiles of one account, on servers as they come. */
import type { BrowserContext, Page } from "playwright-core";
import { xml } from "@xmpp/xml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPeer, type Peer } from "./peer.ts";
import { type Account, row, settled, signIn, type Stage, startStage } from "./stage.ts";

const mailTo = (to: string, subject: string) =>
  xml(
    "message",
    { to, id: crypto.randomUUID() },
    xml("subject", {}, subject),
    xml("thread", {}, subject),
    xml("body", {}, `About ${subject}.`),
  );

describe.each(["prosody", "ejabberd"] as const)("on %s as Debian ships it", (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(kind, "debian");
  });
  afterAll(() => stage.close());

  async function person(subjects: readonly string[]): Promise<{ ann: Account; peer: Peer }> {
    const ann = await stage.account("ann");
    const peer = await openPeer(stage.server, await stage.account("bob"));
    for (const subject of subjects) await peer.send(mailTo(ann.address, subject));
    return { ann, peer };
  }
  async function device(ann: Account): Promise<{ context: BrowserContext; page: Page }> {
    const context = await stage.profile();
    const page = await signIn(context, stage.app.url, ann);
    await settled(page);
    return { context, page };
  }
  /** Everything said here is on the server. */
  async function saved(page: Page): Promise<void> {
    await page.goto(`${stage.app.url}#/settings/devices`);
    await page.getByRole("status").filter({ hasText: "Everything" }).waitFor();
    await page.goto(`${stage.app.url}#/inbox`);
  }

  test("a click here shows there, a new device knows all of it, and what was done offline comes along", async () => {
    const { ann } = await person(["First", "Second", "Third", "Fourth"]);
    const one = await device(ann);
    const two = await device(ann);
    // A star, an archived one, and a folder of one's own.
    await row(one.page, "First").getByRole("button", { name: "Star" }).click();
    await row(two.page, "First")
      .getByRole("button", { name: "Star", pressed: true })
      .waitFor({ timeout: 20_000 });
    await row(one.page, "Second").getByRole("link").click();
    await one.page
      .getByRole("toolbar", { name: "Conversation" })
      .getByRole("button", { name: "Archive", exact: true })
      .click();
    await one.page.goto(`${stage.app.url}#/inbox`);
    await row(two.page, "Second").waitFor({ state: "detached", timeout: 20_000 });
    await row(one.page, "Third").getByRole("checkbox", { name: "Select" }).click();
    await one.page
      .getByRole("toolbar", { name: "Selected conversations" })
      .getByRole("button", { name: "Move" })
      .click();
    await one.page.getByRole("combobox", { name: "Folder" }).fill("Boat");
    await one.page.getByRole("option", { name: /Boat/ }).first().click();
    await two.page
      .getByRole("navigation", { name: "Folders" })
      .getByRole("link", { name: "Boat" })
      .waitFor({ timeout: 20_000 });
    await row(two.page, "Third").waitFor({ state: "detached", timeout: 20_000 });

    // Both without a network: the later word wins, on both.
    await saved(one.page);
    await saved(two.page);
    await two.context.setOffline(true);
    await row(two.page, "Fourth").getByRole("button", { name: "Star" }).click();
    await row(two.page, "Fourth").getByRole("button", { name: "Star", pressed: true }).waitFor();
    await row(one.page, "First").getByRole("button", { name: "Star" }).click();
    await saved(one.page);
    await two.context.setOffline(false);
    await row(one.page, "Fourth")
      .getByRole("button", { name: "Star", pressed: true })
      .waitFor({ timeout: 40_000 });
    await row(two.page, "First")
      .getByRole("button", { name: "Star", pressed: false })
      .waitFor({ timeout: 20_000 });

    const three = await device(ann);
    await row(three.page, "Fourth")
      .getByRole("button", { name: "Star", pressed: true })
      .waitFor({ timeout: 20_000 });
    await expect
      .poll(() =>
        three.page.getByRole("grid", { name: "Conversations" }).getAttribute("aria-rowcount"),
      )
      .toBe("2");
    await three.page
      .getByRole("navigation", { name: "Folders" })
      .getByRole("link", { name: "Boat" })
      .click();
    await row(three.page, "Third").waitFor();
    await three.page.goto(`${stage.app.url}#/settings/devices`);
    await expect
      .poll(() => three.page.getByRole("list", { name: "Devices" }).getByRole("listitem").count())
      .toBe(3);
  }, 240_000);
});
