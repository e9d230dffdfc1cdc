/** What is written is never lost: drafts, the outbox, bounces. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage, write } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

test("a draft survives a reload and a crash of the tab, and is found under Drafts", async () => {
  const ann = await stage.account("ann");
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await page.getByRole("button", { name: "Compose" }).first().click();
  const composer = page.getByRole("dialog", { name: "New message" });
  await composer.getByRole("combobox", { name: "To" }).fill("ben@localhost, not an address");
  await composer.getByRole("textbox", { name: "Subject" }).fill("Half a thought");
  await composer.getByRole("textbox", { name: "Message" }).fill("It began with");
  await composer.getByRole("listitem", { name: "ben@localhost <ben@localhost>" }).waitFor();
  await composer.getByRole("alert").getByText("“not an address”").waitFor();
  await composer.getByRole("status").getByText("Draft saved").waitFor();
  await page.reload();
  await composer.waitFor();
  expect(await composer.getByRole("textbox", { name: "Message" }).inputValue()).toBe(
    "It began with",
  );
  expect(await composer.getByRole("combobox", { name: "To" }).inputValue()).toBe("not an address");
  await page.close({ runBeforeUnload: false });
  const again = await context.newPage();
  await again.goto(stage.app.url);
  await again.getByRole("link", { name: "Drafts, 1" }).click();
  await row(again, /Draft, To ben@localhost, Half a thought/).click();
  expect(
    await again
      .getByRole("dialog", { name: "New message" })
      .getByRole("textbox", { name: "Message" })
      .inputValue(),
  ).toBe("It began with");
});

test("written offline: Waiting, through a reload; sent once when the server is back", async () => {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  await stage.server.kill();
  await page
    .getByRole("status", { name: "Connection" })
    .filter({ hasText: /Offline|Connecting/ })
    .waitFor();
  await write(page, { to: [ben.address], subject: "Later", body: "When you can" });
  await page.getByRole("link", { name: "Outbox, 1 waiting" }).click();
  await row(page, /Later.*Waiting/).waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Outbox, 1 waiting" }).waitFor();
  await stage.server.restart();
  const peer = await openPeer(stage.server, ben);
  await peer.next((r) => r.subject === "Later");
  await page.getByRole("link", { name: "Outbox", exact: true }).waitFor();
  await settled(page);
  expect(peer.received.filter((r) => r.subject === "Later")).toHaveLength(1);
});

test("a bounce stands at its message; Edit takes it back, Discard throws it away", async () => {
  const ann = await stage.account("ann");
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  await write(page, { to: ["nobody-here@localhost"], subject: "To nobody", body: "Hello?" });
  await page.getByRole("link", { name: /^Outbox/ }).click();
  await row(page, /To nobody.*Not sent/).click();
  await page.getByText("Not sent: There is no such address").waitFor();
  await page.getByRole("button", { name: "Retry" }).click();
  await page.getByText("Not sent: There is no such address").waitFor();
  const composer = page.getByRole("dialog", { name: "New message" });
  // While it is under way again it cannot be taken back.
  await expect
    .poll(
      async () => {
        const edit = page.getByRole("button", { name: "Edit", exact: true });
        await edit.click({ timeout: 2000 }).catch(() => undefined);
        return composer.isVisible();
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBe(true);
  expect(await composer.getByRole("textbox", { name: "Message" }).inputValue()).toBe("Hello?");
  await page.getByRole("link", { name: "Outbox", exact: true }).waitFor();
  await composer.getByRole("button", { name: "Discard" }).click();
  await composer.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Drafts", exact: true }).waitFor();
});

test("several recipients: one stanza each with the same id; reply all goes to everybody but me", async () => {
  const [ann, ben, cem] = [
    await stage.account("ann"),
    await stage.account("ben"),
    await stage.account("cem"),
  ];
  const [benPeer, cemPeer] = [await openPeer(stage.server, ben), await openPeer(stage.server, cem)];
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  await write(page, { to: [ben.address, cem.address], subject: "Both of you", body: "Hi" });
  const [one, two] = [
    await benPeer.next((r) => r.subject === "Both of you"),
    await cemPeer.next((r) => r.subject === "Both of you"),
  ];
  expect(one.id).toBe(two.id);
  expect(one.originId).toBe(one.id);
  expect(one.addresses.map((a) => [a.type, a.jid, a.delivered])).toEqual([
    ["to", ben.address, true],
    ["to", cem.address, true],
  ]);
  expect(one.type).toBe("normal");
  const benPage = await signIn(await stage.profile(), stage.app.url, ben);
  await row(benPage, /Both of you/).click();
  await benPage.getByRole("button", { name: "Reply all" }).click();
  const reply = benPage.getByRole("region", { name: "Reply" });
  await reply.getByRole("listitem", { name: new RegExp(ann.address) }).waitFor();
  await reply.getByRole("listitem", { name: new RegExp(cem.address) }).waitFor();
  expect(await reply.getByRole("listitem", { name: new RegExp(ben.address) }).count()).toBe(0);
  await reply.getByRole("textbox", { name: "Message" }).fill("Hello both");
  await reply.getByRole("button", { name: "Send" }).click();
  const answer = await cemPeer.next((r) => r.reply?.id === one.id);
  expect(answer.thread).toEqual(one.thread);
  expect(answer.body).toContain("Hello both");
  await row(page, /Both of you/)
    .first()
    .waitFor();
});

test("what the browser would send in parts is refused where the server takes none, and less goes through", async () => {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const peer = await openPeer(stage.server, ben);
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  await page.getByRole("button", { name: "Compose" }).first().click();
  const composer = page.getByRole("dialog", { name: "New message" });
  await composer.getByRole("combobox", { name: "To" }).fill(ben.address);
  await composer.getByRole("textbox", { name: "Subject" }).fill("Long");
  await composer.getByRole("textbox", { name: "Message" }).fill("abcdefghi ".repeat(7000));
  await composer.getByRole("button", { name: "Send" }).click();
  await composer.getByRole("alert").getByText(/66 kB/).waitFor();
  const text = "abcdefghi ".repeat(6300);
  await composer.getByRole("textbox", { name: "Message" }).fill(text);
  await composer.getByRole("button", { name: "Send" }).click();
  const taken = await peer.next((r) => r.subject === "Long");
  expect(taken.body?.length).toBeGreaterThanOrEqual(text.trim().length);
});
