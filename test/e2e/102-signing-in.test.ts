/** Signing in, staying in, signing out, on both servers. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveStatic } from "../../tools/static-server.ts";
import { openProfile, row, settled, signIn, type Stage, startStage, write } from "./stage.ts";
import { dumpStorage } from "./dump-storage.ts";

describe.each(["prosody", "ejabberd"] as const)("on %s", (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(kind);
  });
  afterAll(() => stage.close());

  test("a wrong password is told at once and not tried again", async () => {
    const ann = await stage.account("ann");
    const page = await (await stage.profile()).newPage();
    let sockets = 0;
    page.on("websocket", () => sockets++);
    await page.goto(stage.app.url);
    await page.getByRole("textbox", { name: "Address" }).fill(ann.address);
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    const alert = page.getByRole("alert");
    await alert.waitFor({ timeout: 5000 });
    expect(await alert.getAttribute("data-error")).toBe("wrong-password");
    expect(await alert.textContent()).toContain("Wrong address or password");
    await page.getByRole("button", { name: "Technical details" }).click();
    await page.getByText("not-authorized").waitFor();
    const before = sockets;
    await page.waitForTimeout(2500);
    expect(sockets).toBe(before);
    await page.getByRole("textbox", { name: "Password" }).fill(ann.password);
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Mailboxes" }).waitFor();
  });

  test("nothing answers: the password stays here", async () => {
    const page = await (await stage.profile()).newPage();
    await page.goto(stage.app.url);
    await page.getByRole("textbox", { name: "Address" }).fill(`x@${stage.server.domain}`);
    await page.getByRole("textbox", { name: "Password" }).fill("secret");
    await page.getByRole("button", { name: "Connection settings" }).click();
    await page.getByRole("textbox", { name: "WebSocket URL" }).fill("ws://127.0.0.1:9/xmpp");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.getAttribute("data-error")).toBe("unreachable");
    expect(await alert.textContent()).toContain("Your password was not sent");
  });

  test("half an address is pointed out before anything is sent", async () => {
    const page = await (await stage.profile()).newPage();
    await page.goto(stage.app.url);
    await page.getByRole("textbox", { name: "Address" }).fill("somebody");
    await page.getByRole("textbox", { name: "Password" }).fill("secret");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    expect(await page.getByRole("alert").getAttribute("data-error")).toBe("bad-address");
  });

  test("kept: a reload, a second tab and a new start of the browser are signed in; no password is stored", async () => {
    const ann = await stage.account("ann");
    const context = await stage.profile();
    const page = await signIn(context, stage.app.url, ann);
    await settled(page);
    await page.reload();
    await settled(page);
    const second = await context.newPage();
    await second.goto(stage.app.url);
    await second.getByRole("navigation", { name: "Mailboxes" }).waitFor();
    const held = await second.evaluate(
      async () =>
        (await navigator.locks.query()).held?.filter((l) => l.name?.startsWith("envoi-engine"))
          .length,
    );
    expect(held).toBe(1);
    await page.close();
    await second.close();
    const third = await context.newPage();
    await third.goto(stage.app.url);
    await settled(third);
    expect(await dumpStorage(third)).not.toContain(ann.password);
  });

  test("not kept: a reload stays, and after the last tab the data goes after a word", async () => {
    const ann = await stage.account("ann");
    const context = await stage.profile();
    const page = await signIn(context, stage.app.url, ann, { keep: false });
    await settled(page);
    await write(page, { to: [ann.address], subject: "To be kept", body: "Put this in a file" });
    await row(page, /To be kept/).waitFor();
    await page.reload();
    await settled(page);
    await page.close();
    const later = await context.newPage();
    let sockets = 0;
    later.on("websocket", () => sockets++);
    await later.goto(stage.app.url);
    await later.getByRole("heading", { name: "Your last session has ended" }).waitFor();
    const [file] = await Promise.all([
      later.waitForEvent("download"),
      later.getByRole("button", { name: "Download mail" }).click(),
    ]);
    expect(await readFile(await file.path(), "utf8")).toContain("Subject: To be kept");
    expect(sockets).toBe(0);
    await later.getByRole("button", { name: "Discard and continue" }).click();
    await later.getByRole("textbox", { name: "Address" }).waitFor();
    const databases = await later.evaluate(async () =>
      (await indexedDB.databases()).map((d) => d.name),
    );
    expect(databases).toEqual(["envoi"]);
  });

  test("signing out wipes every trace in every tab", async () => {
    const ann = await stage.account("ann");
    const context = await stage.profile();
    const page = await signIn(context, stage.app.url, ann);
    await settled(page);
    await write(page, { to: [ann.address], subject: "Remember the keys", body: "Under the mat" });
    await row(page, /Remember the keys/).waitFor();
    const second = await context.newPage();
    await second.goto(stage.app.url);
    await row(second, /Remember the keys/).waitFor();
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    const dialog = page.getByRole("dialog", { name: "Sign out?" });
    await dialog.getByRole("button", { name: "Download mail" }).waitFor();
    await dialog.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("textbox", { name: "Address" }).waitFor();
    await second.getByRole("textbox", { name: "Address" }).waitFor();
    const left = await dumpStorage(page);
    expect(left).not.toContain("keys");
    expect(left).not.toContain(ann.address);
  });

  test("two accounts in two tabs of one browser", async () => {
    const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
    const context = await stage.profile();
    const annPage = await signIn(context, stage.app.url, ann, { keep: false });
    const benPage = await context.newPage();
    await benPage.goto(stage.app.url);
    await benPage.getByRole("button", { name: "Account" }).click();
    await benPage.getByRole("menuitem", { name: "Use another account" }).click();
    await benPage.getByRole("textbox", { name: "Address" }).fill(ben.address);
    await benPage.getByRole("textbox", { name: "Password" }).fill(ben.password);
    await benPage.getByRole("button", { name: "Sign in", exact: true }).click();
    await benPage.getByRole("navigation", { name: "Mailboxes" }).waitFor();
    await settled(benPage);
    await annPage.reload();
    await annPage.getByText(ann.address).first().waitFor();
    await benPage.reload();
    await benPage.getByText(ben.address).first().waitFor();
  });

  test("any sub-path of any host will do", async () => {
    const ann = await stage.account("ann");
    const app = await serveStatic({
      folder: new URL("../../dist", import.meta.url).pathname,
      subPath: "/mail/here/",
      extra: {
        "config.json": JSON.stringify({ endpoints: { [stage.server.domain]: stage.server.wsUrl } }),
      },
    });
    try {
      const page = await signIn(await openProfile(stage.browser), app.url, ann);
      await settled(page);
    } finally {
      await app.close();
    }
  });
});
