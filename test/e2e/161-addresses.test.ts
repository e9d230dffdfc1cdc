/** An address for everything: permalinks across servers, "write to me" from a phone, what other programs hand over. */
import { readFile } from "node:fs/promises";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFederation } from "../../tools/servers/federation.ts";
import { realTabs } from "./real-tabs.ts";
import {
  type Account,
  openProfile,
  row,
  settled,
  signIn,
  type Stage,
  startApp,
  startHostileStage,
  startStage,
  write,
} from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** The form, wherever it stands. */
async function fillIn(page: Page, account: Account): Promise<void> {
  await page.getByRole("textbox", { name: "Address" }).fill(account.address);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Web link and XMPP link of the message that is open. */
async function copyLink(context: BrowserContext, page: Page): Promise<[string, string]> {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "More", exact: true }).last().click();
  await page.getByRole("menuitem", { name: "Copy link" }).click();
  await page.getByText("Link copied").waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const [web = "", xmpp = ""] = text.split("\n");
  return [web, xmpp];
}

const subject = (page: Page, name: string) => page.getByRole("heading", { level: 2, name });
const notHere = (page: Page) =>
  page.getByRole("heading", { level: 1, name: "Not in your mailbox" });

test("one permalink for three people on two servers, for a stranger, and on a fresh profile", async () => {
  const federation = await startFederation({
    accounts: { foo: { a: "pass-a", c: "pass-c" }, bar: { b: "pass-b", d: "pass-d" } },
  });
  const { foo, bar } = federation;
  const { app, browser } = await startApp({ [foo.domain]: foo.wsUrl, [bar.domain]: bar.wsUrl });
  const of = (local: string, domain: string): Account => ({
    local,
    address: `${local}@${domain}`,
    password: `pass-${local}`,
  });
  const [a, b, c, d] = [
    of("a", foo.domain),
    of("b", bar.domain),
    of("c", foo.domain),
    of("d", bar.domain),
  ];
  try {
    const bPage = await signIn(await openProfile(browser), app.url, b);
    await settled(bPage);
    const context = await openProfile(browser);
    const aPage = await signIn(context, app.url, a);
    await settled(aPage);
    await write(aPage, { to: [b.address, c.address], subject: "For all of us", body: "One" });
    await row(bPage, /For all of us/).click();
    await subject(bPage, "For all of us").waitFor();
    await bPage.getByRole("button", { name: "Reply all", exact: true }).click();
    await bPage.getByRole("textbox", { name: "Message" }).fill("Two");
    await bPage.getByRole("button", { name: "Send" }).click();
    await aPage.getByRole("link", { name: /^Sent/ }).click();
    await row(aPage, /For all of us/).click();
    await aPage.getByRole("article", { name: `Message from ${b.address}` }).waitFor();
    const [web, xmpp] = await copyLink(context, aPage);
    const hints = new URLSearchParams(web.slice(web.lastIndexOf("?")));
    expect(hints.get("with")).toBe(b.address);
    expect(hints.get("at")).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(xmpp).toMatch(new RegExp(`^xmpp:${b.address}\\?message;thread=`));

    // Who sent it, who got it, and who wrote the message itself: on profiles that have it, and on one that never had.
    for (const page of [aPage, bPage]) {
      await page.goto("about:blank");
      await page.goto(web);
      await subject(page, "For all of us").waitFor();
    }
    const cPage = await (await openProfile(browser)).newPage();
    await cPage.goto(web);
    await fillIn(cPage, c);
    await subject(cPage, "For all of us").waitFor();
    await cPage
      .getByRole("article", { name: `Message from ${b.address}` })
      .getByText("Two")
      .waitFor();
    await cPage.reload();
    await subject(cPage, "For all of us").waitFor();

    const dPage = await (await openProfile(browser)).newPage();
    await dPage.goto(web);
    await fillIn(dPage, d);
    await notHere(dPage).waitFor();
    await dPage.getByText(/bar\.test does not have it for you/).waitFor();
    await dPage.getByRole("button", { name: `Ask ${b.address}` }).click();
    const asking = dPage.getByRole("dialog", { name: "New message" });
    expect(await asking.getByRole("textbox", { name: "Message" }).inputValue()).toContain(web);
  } finally {
    await browser.close();
    await app.close();
    await federation.stop();
  }
});

test("a fresh profile asks the archive for a permalink before the past has come, and says when it cannot", async () => {
  const hostile = await startHostileStage();
  try {
    const ann = await hostile.account("ann");
    const { server } = hostile;
    const at = Date.now() - 200 * 24 * 3600 * 1000;
    for (let i = 0; i < 600; i++) {
      const old = i === 5;
      const from = old ? "bob@elsewhere.example" : "list@elsewhere.example";
      server.remember(
        ann.address,
        `<message xmlns='jabber:client' from='${from}' to='${ann.address}' id='mail-number-${i}'><subject>${old ? "Wanted" : `Other ${i}`}</subject><body>x</body><thread>thread-${i}</thread></message>`,
        { id: `a${i}`, at: at + i * 6 * 3600 * 1000, with: from },
      );
    }
    // The newest page is given, and after that nothing of the past.
    let pages = 0;
    server.on(({ element }) => {
      const text = element.toString();
      if (!text.includes("urn:xmpp:mam:2") || !text.includes("<set")) return false;
      return !/var=.start/.test(text) && ++pages > 1;
    });
    const day = new Date(at + 30 * 3600 * 1000).toISOString().slice(0, 10);
    const page = await (await hostile.profile()).newPage();
    await page.goto(
      `${hostile.app.url}#/t/thread-5?with=${encodeURIComponent("bob@elsewhere.example")}&at=${day}`,
    );
    await fillIn(page, ann);
    await subject(page, "Wanted").waitFor();
    await page.getByRole("status", { name: "Sync" }).filter({ hasText: "Syncing" }).waitFor();

    server.faults.refuseConnections = true;
    for (const connection of server.connections) connection.cut();
    await page.getByRole("status", { name: "Connection" }).filter({ hasText: "Offline" }).waitFor();
    await page.goto(`${hostile.app.url}#/t/thread-7?at=${day}`);
    await notHere(page).waitFor();
    await page.getByText(/You are offline, so .* could not be asked/).waitFor();
    server.faults.refuseConnections = false;
    await subject(page, "Other 7").waitFor({ timeout: 60_000 });
  } finally {
    await hostile.close();
  }
});

test("from an inbox link on a phone, signed out, to a mail in the inbox", async () => {
  const [ann, bob] = [await stage.account("ann"), await stage.account("bob")];
  const bobPage = await signIn(await stage.profile(), stage.app.url, bob);
  await settled(bobPage);
  const phone = await (await stage.profile({ width: 390, height: 844 })).newPage();
  const asked: string[] = [];
  phone.on("websocket", (socket) => asked.push(socket.url()));
  await phone.goto(
    `${stage.app.url}#/to/${bob.address}?subject=${encodeURIComponent("Your boat")}`,
  );
  await phone.getByRole("heading", { name: `Write to ${bob.address}` }).waitFor();
  await phone.getByRole("img", { name: `QR code for ${bob.address}` }).waitFor();
  expect(await phone.getByRole("link", { name: "Open in my XMPP app" }).getAttribute("href")).toBe(
    `xmpp:${bob.address}?message;subject=Your%20boat`,
  );
  expect(asked).toEqual([]);
  await phone.getByRole("link", { name: "Write here" }).click();
  await fillIn(phone, ann);
  const composer = phone.getByRole("dialog", { name: "New message" });
  await composer.getByRole("note", { name: "Filled in by a link" }).waitFor();
  await composer.getByRole("listitem", { name: `${bob.address} <${bob.address}>` }).waitFor();
  await composer.getByRole("textbox", { name: "Message" }).fill("Is it still for sale?");
  await composer.getByRole("button", { name: "Send" }).click();
  await row(bobPage, /^Unread, .*Your boat/).waitFor();
});

test("a permalink holds wherever its mail goes: tagged, the tag renamed, archived, in the trash", async () => {
  const ann = await stage.account("ann");
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  await write(page, { to: [ann.address], subject: "To be kept", body: "x" });
  await row(page, /To be kept/).click();
  await subject(page, "To be kept").waitFor();
  const [web] = await copyLink(context, page);
  const holds = async (): Promise<void> => {
    await page.goto(`${stage.app.url}#/drafts`);
    await page.goto(web);
    await subject(page, "To be kept").waitFor();
  };
  await page.goto(`${stage.app.url}#/inbox`);
  await row(page, /To be kept/).focus();
  await page.keyboard.press("l");
  const picker = page.getByRole("dialog", { name: "Tag" });
  await picker.getByRole("textbox").fill("Boat");
  await page.keyboard.press("Enter");
  await picker.getByRole("checkbox", { name: "Boat" }).waitFor();
  await page.keyboard.press("Escape");
  await holds();
  await page.getByRole("button", { name: "Options for Boat" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Ship");
  await page.getByRole("button", { name: "Save" }).click();
  await page
    .getByRole("navigation", { name: "Tags" })
    .getByRole("link", { name: /^Ship/ })
    .waitFor();
  await holds();
  await page.goto(`${stage.app.url}#/inbox`);
  await row(page, /To be kept/).focus();
  await page.keyboard.press("v");
  await page.getByRole("combobox", { name: "Folder" }).fill("Harbour");
  await page.getByRole("option", { name: "New folder Harbour" }).click();
  await page
    .getByRole("navigation", { name: "Folders" })
    .getByRole("link", { name: /^Harbour/ })
    .click();
  await row(page, /To be kept/).waitFor();
  const folder = new URL(page.url()).hash;
  await holds();
  for (const [key, from, to] of [
    ["e", folder, "#/archive"],
    ["#", "#/archive", "#/trash"],
  ] as const) {
    await page.goto(stage.app.url + from);
    await row(page, /To be kept/).focus();
    await page.keyboard.press(key);
    await page.goto(stage.app.url + to);
    await row(page, /To be kept/).waitFor();
    await holds();
  }
  // Deleted for good: the link says so, and nothing is fetched again.
  await page.goto(`${stage.app.url}#/trash`);
  await row(page, /To be kept/).focus();
  await page.keyboard.press("#");
  await page
    .getByRole("dialog", { name: "Delete forever?" })
    .getByRole("button", { name: "Delete forever" })
    .click();
  await page.getByRole("heading", { name: "Trash is empty" }).waitFor();
  await page.goto(web);
  await notHere(page).waitFor();
  await page.getByText(/You deleted it for good/).waitFor();
});

test("what another program shares becomes a message, on the device", async () => {
  const context = await stage.profile({ keepsApp: true });
  const page = await signIn(context, stage.app.url, await stage.account("ann"));
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const cdp = await context.newCDPSession(page);
  const { errors, data } = (await cdp.send("Page.getAppManifest")) as {
    errors: unknown[];
    data: string;
  };
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data) as Record<string, { url?: string; protocol?: string }[]>;
  expect(manifest["protocol_handlers"]?.map((h) => h.protocol)).toEqual(["xmpp", "mailto"]);

  const reached: string[] = [];
  page.on("request", (request) => reached.push(request.url()));
  await page.goto("about:blank");
  await page.setContent(
    `<form method="post" enctype="multipart/form-data" action="${stage.app.url}share">
       <input name="title" value="A page"><input name="text" value="Look at this"><input name="url" value="https://x.example/?a&amp;b">
     </form>`,
  );
  await page.locator("form").evaluate((form: HTMLFormElement) => form.submit());
  const composer = page.getByRole("dialog", { name: "New message" });
  await composer.getByRole("note", { name: "Filled in by a link" }).waitFor();
  expect(await composer.getByRole("textbox", { name: "Subject" }).inputValue()).toBe("A page");
  expect(await composer.getByRole("textbox", { name: "Message" }).inputValue()).toBe(
    "Look at this\nhttps://x.example/?a&b",
  );
  await page.reload();
  await composer.getByRole("note", { name: "Filled in by a link" }).waitFor();
});

test("My address: the code as files, and the browser is offered links", async () => {
  const ann = await stage.account("ann");
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await page.goto(`${stage.app.url}#/settings/address`);
  await page.getByRole("textbox", { name: "Subject" }).fill("Hello");
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  expect(link).toBe(`${stage.app.url}#/to/${ann.address}?subject=Hello`);
  const saved = async (button: string): Promise<{ name: string; bytes: Buffer }> => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: button }).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  };
  const svg = await saved("Download SVG");
  expect(svg.name).toMatch(/\.svg$/);
  expect(svg.bytes.toString()).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  const png = await saved("Download PNG");
  expect(png.name).toMatch(/\.png$/);
  expect(png.bytes.subarray(1, 4).toString()).toBe("PNG");
  await page.getByRole("button", { name: "Open xmpp: links here" }).click();
  await page.getByText("Answer the browser's question").waitFor();
});

test("back, forward and the middle button: every place is a link", async () => {
  const ann = await stage.account("ann");
  // The browser without a window leaves a tab behind another in the middle of its loading.
  const context = await realTabs();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  await write(page, { to: [ann.address], subject: "To me", body: "x" });
  await row(page, /To me/).click();
  await subject(page, "To me").waitFor();
  const here = page.url();
  await page.goto(`${stage.app.url}#/settings/address`);
  await page.getByRole("textbox", { name: "Link" }).waitFor();
  await page.goto(`${stage.app.url}#/no/such/place`);
  await page.getByRole("heading", { name: "Nothing here" }).waitFor();
  await page.goBack();
  await page.getByRole("textbox", { name: "Link" }).waitFor();
  await page.goBack();
  await subject(page, "To me").waitFor();
  expect(page.url()).toBe(here);
  await page.goForward();
  await page.getByRole("textbox", { name: "Link" }).waitFor();
  // There will be something, and the page does not pretend that there is.
  await page.goto(`${stage.app.url}#/search?q=boat`);
  await page.getByText("Envoi cannot search mail yet").waitFor();
  await page.goto(`${stage.app.url}#/attachments`);
  await page.getByText("Envoi has no list of attachments yet").waitFor();
  await page.getByRole("link", { name: "Go to Inbox" }).click();
  await row(page, /To me/).waitFor();
  await page.goto(`${stage.app.url}#/person/${ann.address}`);
  const [tab] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("link", { name: "Write" }).click({ button: "middle" }),
  ]);
  await tab.getByRole("dialog", { name: "New message" }).waitFor();
});
