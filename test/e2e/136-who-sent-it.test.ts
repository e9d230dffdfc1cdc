/** Who sent it, against real servers: identities, suppression, blocking, and where links lead. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Element, xml } from "@xmpp/xml";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StanzaError } from "../../src/xmpp/stanza-error.ts";
import { mail, openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage, write } from "./stage.ts";

const nick = (name: string): Element =>
  xml("nick", { xmlns: "http://jabber.org/protocol/nick" }, name);
const warning = (page: Page): Locator => page.getByRole("note", { name: "Sender warning" });

async function openRow(page: Page, subject: RegExp): Promise<void> {
  await row(page, subject).getByRole("link").click();
  await page.getByRole("heading", { level: 2, name: subject }).waitFor();
}

async function choose(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).last().click();
  await page.getByRole("menuitem", { name: item }).click();
}

describe("on prosody", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage("prosody");
  });
  afterAll(() => stage.close());

  async function annAndEvil() {
    const [ann, bob, evil] = [
      await stage.account("ann"),
      await stage.account("bob"),
      await stage.account("evil"),
    ];
    const context = await stage.profile();
    const page = await signIn(context, stage.app.url, ann);
    await settled(page);
    return {
      ann,
      bob,
      evil,
      context,
      page,
      bobPeer: await openPeer(stage.server, bob),
      evilPeer: await openPeer(stage.server, evil),
    };
  }

  test("test 5, suppression: ids of Bob's next message used before by evil hide nothing", async () => {
    const { ann, page, bobPeer, evilPeer } = await annAndEvil();
    const id = crypto.randomUUID();
    const claims = () => [
      xml("origin-id", { xmlns: "urn:xmpp:sid:0", id }),
      xml("stanza-id", { xmlns: "urn:xmpp:sid:0", by: ann.address, id }),
    ];
    await evilPeer.send(mail(ann, "From evil", "the same", claims(), { id }));
    await bobPeer.send(mail(ann, "From bob", "the same", claims(), { id }));
    await row(page, /From bob/).waitFor();
    await page.reload();
    await settled(page);
    expect(await row(page, /From bob/).count()).toBe(1);
    expect(await row(page, /From evil/).count()).toBe(1);
  });

  test("test 5, suppression: only the author corrects and withdraws", async () => {
    const { ann, page, bobPeer, evilPeer } = await annAndEvil();
    const id = crypto.randomUUID();
    await bobPeer.send(mail(ann, "The plan", "The boat leaves at seven.", [], { id }));
    await row(page, /The plan/).waitFor();
    await evilPeer.send(
      mail(ann, "The plan", "The boat leaves at nine.", [
        xml("replace", { xmlns: "urn:xmpp:message-correct:0", id }),
      ]),
    );
    await evilPeer.send(
      mail(ann, "Gone", "withdrawn", [xml("retract", { xmlns: "urn:xmpp:message-retract:1", id })]),
    );
    // A message of evil's own, which the second of these took back.
    await expect.poll(() => row(page, /The plan/).count(), { timeout: 20_000 }).toBe(2);
    await expect.poll(() => row(page, /nine/).count(), { timeout: 20_000 }).toBe(0);
    await row(page, /seven/).getByRole("link").click();
    const articles = page.getByRole("article");
    await articles.getByText("The boat leaves at seven.").first().waitFor();
    expect(await articles.count()).toBe(1);
    expect(await articles.getByText("nine").count()).toBe(0);
    await bobPeer.send(
      mail(ann, "The plan", "The boat leaves at eight.", [
        xml("replace", { xmlns: "urn:xmpp:message-correct:0", id }),
      ]),
    );
    await articles.getByText("The boat leaves at eight.").first().waitFor();
    expect(await articles.count()).toBe(1);
  });

  test("test 17, identity: names and addresses that pretend are told, and never are the contact", async () => {
    const { ann, bob, page, bobPeer, evilPeer, evil } = await annAndEvil();
    // Somebody Ann writes to: a contact.
    await page.goto(`${stage.app.url}#/to/${bob.address}?subject=Hello&body=Hi`);
    await page
      .getByRole("dialog", { name: "New message" })
      .getByRole("button", { name: "Send" })
      .click();
    await bobPeer.next((m) => m.subject === "Hello");
    await bobPeer.send(mail(ann, "Honest", "It is me.", [nick("Bob Banks")]));
    const lies: [subject: string, name: string, text: RegExp][] = [
      ["Address", bob.address, /contains another address/],
      ["Namesake", "Bob  Banks", /You know .* by this name/],
      ["Mixed", "Вob Banks", /mixes letters of alphabets that look alike/],
      ["Hidden", "Bob\u200B \u202EBanks", /characters nobody can see/],
    ];
    for (const [subject, name] of lies) await evilPeer.send(mail(ann, subject, "x", [nick(name)]));
    await evilPeer.send(
      mail(ann, "Elsewhere", "x", [
        xml(
          "addresses",
          { xmlns: "http://jabber.org/protocol/address" },
          xml("address", { type: "replyto", jid: bob.address }),
        ),
      ]),
    );
    await row(page, /Elsewhere/).waitFor();
    await openRow(page, /Honest/);
    await page.getByText("It is me.").first().waitFor();
    expect(await warning(page).count()).toBe(0);
    for (const [subject, , text] of [...lies, ["Elsewhere", "", /Replies go to bob/] as const]) {
      await openRow(page, new RegExp(subject));
      await warning(page).filter({ hasText: text }).waitFor();
      const article = page.getByRole("article");
      expect(await article.count()).toBe(1);
      await article.getByText(evil.address, { exact: true }).first().waitFor();
      expect(await page.locator("body").innerText()).not.toMatch(/[\u200B\u202E]/);
    }
  });

  test("test 17, identity: an escaped address is shown as it is, with its real server", async () => {
    const { ann, page } = await annAndEvil();
    const sly = await stage.account("bob\\40bank.example");
    const slyPeer = await openPeer(stage.server, sly);
    await slyPeer.send(mail(ann, "Your account", "Dear customer", [nick("Bob")]));
    await row(page, /Your account/).waitFor();
    await openRow(page, /Your account/);
    await warning(page)
      .filter({ hasText: /reads like “bob@bank\.example\d*”, but its server is/ })
      .waitFor();
    await page.getByText(sly.address, { exact: true }).first().waitFor();
  });

  test("test 17, identity: folded messages say name and address; the composer warns of what pretends", async () => {
    const { ann, page, evil, evilPeer } = await annAndEvil();
    const thread = [xml("thread", {}, "folded"), nick("Bob \u202EBanks")];
    for (const text of ["first", "second"]) await evilPeer.send(mail(ann, "Folds", text, thread));
    await row(page, /Folds.*second/).waitFor();
    await openRow(page, /Folds/);
    const first = page.getByRole("article").first();
    await first.getByText("first", { exact: true }).waitFor();
    await first.getByRole("button", { name: /^Message from/ }).click();
    const folded = first.getByRole("button", { expanded: false });
    await folded.filter({ hasText: `Bob Banks ${evil.address}` }).waitFor();
    expect(await page.title()).toMatch(/^Inbox – ann/);
    await page.goto(`${stage.app.url}#/to/bob@${encodeURIComponent("аррӏе.com")}`);
    const composer = page.getByRole("dialog", { name: "New message" });
    await composer
      .getByRole("note", { name: "Recipient warning" })
      .filter({ hasText: "looks like “apple.com” and is another one: xn--80ak6aa92e.com" })
      .waitFor();
  });

  test("test 17, identity: a stranger in a known thread is told and stands apart", async () => {
    const { ann, page, bobPeer, evilPeer } = await annAndEvil();
    await bobPeer.send(mail(ann, "Plans", "ours", [xml("thread", {}, "known")]));
    await evilPeer.send(mail(ann, "Plans", "theirs", [xml("thread", {}, "known")]));
    await row(page, /theirs/).waitFor();
    await row(page, /theirs/)
      .getByRole("link")
      .click();
    await warning(page).filter({ hasText: "in which this sender has no part" }).waitFor();
    expect(await page.getByRole("article").count()).toBe(1);
  });

  test("links: the true host is shown before anything opens; people only fill in a message", async () => {
    const { ann, context, page, evilPeer } = await annAndEvil();
    const lie = `https://bank.example@evil.example:9/login`;
    await evilPeer.send(
      mail(ann, "Links", `Log in: ${lie}\n\nor xmpp:${ann.address}?message;body=filled`),
    );
    await row(page, /Links/).waitFor();
    await openRow(page, /Links/);
    const link = page.getByRole("link", { name: lie });
    const asked = page.getByRole("dialog", { name: "Open this link?" });
    for (const button of ["left", "middle"] as const) {
      await link.click({ button });
      await asked.getByText("evil.example", { exact: true }).waitFor();
      await asked.getByRole("button", { name: "Cancel" }).click();
      await asked.waitFor({ state: "detached" });
    }
    expect(context.pages().length).toBe(1);
    await page.getByRole("link", { name: /^xmpp:/ }).click();
    const composer = page.getByRole("dialog", { name: "New message" });
    await composer.getByRole("note", { name: "Filled in by a link" }).waitFor();
    expect(await composer.getByRole("textbox", { name: "Message" }).inputValue()).toBe("filled");
  });

  test("View source shows the stanza, also one of 12,000 elements", async () => {
    const { ann, page, evilPeer } = await annAndEvil();
    const wide = Array.from({ length: 12_000 }, () => xml("a", { xmlns: "x" }));
    await evilPeer.send(mail(ann, "Wide", "x", [xml("b", { xmlns: "x" }, wide)]));
    await row(page, /Wide/).waitFor({ timeout: 60_000 });
    await openRow(page, /Wide/);
    await choose(page, "View source");
    const dialog = page.getByRole("dialog", { name: "Source" });
    await dialog.getByText("subject").first().waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });
  });
});

describe.each(["prosody", "ejabberd"] as const)("blocking on %s", (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(kind);
  });
  afterAll(() => stage.close());

  async function signInAs(context: BrowserContext, account: Parameters<typeof signIn>[2]) {
    const page = await signIn(context, stage.app.url, account);
    await settled(page);
    return page;
  }

  test("a blocked sender reaches nobody, other devices know, and unblocking ends it; offline it waits", async () => {
    const [ann, evil] = [await stage.account("ann"), await stage.account("evil")];
    const context = await stage.profile();
    const page = await signInAs(context, ann);
    const before = await openPeer(stage.server, evil);
    await before.send(mail(ann, "First", "one"));
    await row(page, /First/).waitFor();
    await openRow(page, /First/);

    await stage.server.crash();
    await page
      .getByRole("status", { name: "Connection" })
      .filter({ hasText: /Offline|Connecting/ })
      .waitFor();
    await choose(page, "Block sender");
    const blocked = page.getByRole("note", { name: "Blocked sender" });
    await blocked.filter({ hasText: "as soon as" }).waitFor();
    await stage.server.restart();
    await blocked.filter({ hasText: "You blocked this sender" }).waitFor({ timeout: 60_000 });

    const peer = await openPeer(stage.server, evil);
    await peer.send(mail(ann, "Second", "two"));
    const other = await signInAs(await stage.profile(), ann);
    await other.goto(`${stage.app.url}#/settings/blocked`);
    const list = other.getByRole("list", { name: "Blocked senders" });
    await list.getByRole("listitem").filter({ hasText: evil.address }).waitFor();
    // What is here stays, what is blocked never came.
    await page.getByText("one").first().waitFor();

    await list.getByRole("button", { name: `Unblock ${evil.address}` }).click();
    await blocked.waitFor({ state: "detached", timeout: 30_000 });
    await peer.send(mail(ann, "Third", "three"));
    await row(page, /Third/).waitFor();
    expect(await row(page, /Second/).count()).toBe(0);
  });

  test("a forged push to block or unblock somebody is refused and changes nothing", async () => {
    const [ann, bob, evil, pest] = [
      await stage.account("ann"),
      await stage.account("bob"),
      await stage.account("evil"),
      await stage.account("pest"),
    ];
    const page = await signInAs(await stage.profile(), ann);
    const pestPeer = await openPeer(stage.server, pest);
    await pestPeer.send(mail(ann, "Buy", "now"));
    await row(page, /Buy/).waitFor();
    await openRow(page, /Buy/);
    await choose(page, "Block sender");
    await page
      .getByRole("note", { name: "Blocked sender" })
      .filter({ hasText: "You blocked this sender" })
      .waitFor();
    // Who gets mail of hers knows the device it was written on.
    const evilPeer = await openPeer(stage.server, evil);
    await write(page, { to: [evil.address], subject: "Hello", body: "Hi" });
    const { fromResource } = await evilPeer.next((m) => m.subject === "Hello");
    const to = `${ann.address}/${fromResource}`;
    const push = (name: "block" | "unblock", ...jids: string[]): Promise<unknown> =>
      evilPeer.session.iq({
        type: "set",
        to,
        child: xml(
          name,
          { xmlns: "urn:xmpp:blocking" },
          jids.map((jid) => xml("item", { jid })),
        ),
      });
    await expect(push("block", bob.address)).rejects.toThrow(StanzaError);
    await expect(push("unblock", pest.address)).rejects.toThrow(StanzaError);
    await expect(push("unblock")).rejects.toThrow(StanzaError);

    const bobPeer = await openPeer(stage.server, bob);
    await bobPeer.send(mail(ann, "Lunch", "at one?"));
    await row(page, /Lunch/).waitFor();
    await openRow(page, /Lunch/);
    await page.getByRole("button", { name: "More", exact: true }).last().click();
    await page.getByRole("menuitem", { name: "Block sender" }).waitFor();
    await page.goto(`${stage.app.url}#/settings/blocked`);
    const entries = page.getByRole("list", { name: "Blocked senders" }).getByRole("listitem");
    await entries.filter({ hasText: pest.address }).waitFor();
    expect(await entries.count()).toBe(1);
  });
});

describe("reporting on prosody", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage("prosody", "generous", ["envoi_reports"]);
  });
  afterAll(() => stage.close());

  test("a report goes with the block and names the message; it is offered where the server takes it", async () => {
    const [ann, evil] = [await stage.account("ann"), await stage.account("evil")];
    const page = await signIn(await stage.profile(), stage.app.url, ann);
    await settled(page);
    const peer = await openPeer(stage.server, evil);
    await peer.send(mail(ann, "Buy", "now"));
    await row(page, /Buy/).waitFor();
    await page.reload();
    await settled(page);
    await openRow(page, /Buy/);
    await choose(page, "Block sender");
    const blocked = page.getByRole("note", { name: "Blocked sender" });
    await blocked.filter({ hasText: "You blocked this sender" }).waitFor();
    await blocked.getByRole("button", { name: "Report as spam" }).click();
    await page
      .getByRole("status")
      .filter({ hasText: `Reported to ${stage.server.domain}` })
      .waitFor();
    const said = new RegExp(
      `${ann.local} reports ${evil.address} as urn:xmpp:reporting:spam: ${ann.address}/\\S+`,
    );
    await expect
      .poll(() => readFile(join(stage.server.dataFolder, "prosody.log"), "utf8"), {
        timeout: 20_000,
      })
      .toMatch(said);
  });
});
