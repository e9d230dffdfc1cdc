/** F9: the browser's storage is full, with the browser's own quota: real QuotaExceededErrors on real writes. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { mail, openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";
import { bystander, incompressible, quotaOf, takeRoom } from "./storage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const FULL = "This browser's storage for Envoi is full";

test("F9 inbound: not acknowledged, told, and fetched by itself when there is room; 0 lost, 0 doubled", async () => {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const peer = await openPeer(stage.server, ben);
  await peer.send(mail(ann, "Before", "There is room"));
  const context = await stage.profile();
  const quota = await quotaOf(await bystander(context, stage.app.url));
  await quota.leave(600_000);
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  await row(page, /Before/).waitFor();
  const subjects = Array.from({ length: 8 }, (_each, index) => `Large ${index}`);
  for (const subject of subjects) await peer.send(mail(ann, subject, incompressible(120_000)));
  await page.getByRole("alert").getByText(FULL).waitFor();
  await page.getByRole("status", { name: "Connection" }).filter({ hasText: "Offline" }).waitFor();
  // What is here stays readable.
  await row(page, /Before/).click();
  await page.getByRole("article").getByText("There is room").waitFor();
  await quota.lift();
  for (const subject of subjects) await row(page, new RegExp(subject)).waitFor();
  await page.getByRole("alert").getByText(FULL).waitFor({ state: "detached" });
  await settled(page);
  await page.reload();
  await settled(page);
  for (const subject of subjects) expect(await row(page, new RegExp(subject)).count()).toBe(1);
});

test("F9 an archive page that does not fit moves no cursor: a new browser gets all of it later", async () => {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const peer = await openPeer(stage.server, ben);
  const subjects = Array.from({ length: 8 }, (_each, index) => `Archived ${index}`);
  for (const subject of subjects) await peer.send(mail(ann, subject, incompressible(120_000)));
  const context = await stage.profile();
  const quota = await quotaOf(await bystander(context, stage.app.url));
  await quota.leave(400_000);
  const page = await signIn(context, stage.app.url, ann);
  await page.getByRole("alert").getByText(FULL).waitFor();
  await quota.lift();
  for (const subject of subjects) await row(page, new RegExp(subject)).waitFor();
  await settled(page);
  for (const subject of subjects) expect(await row(page, new RegExp(subject)).count()).toBe(1);
});

test("F9 outbox and draft: Send is refused, nothing is called saved, the text stays and goes out later, once", async () => {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const peer = await openPeer(stage.server, ben);
  const context = await stage.profile();
  const beside = await bystander(context, stage.app.url);
  const quota = await quotaOf(beside);
  await quota.leave(1_000_000);
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  // What a sign-in writes differs by some kilobytes: the room is taken afterwards.
  await takeRoom(beside, 8192);
  await page.getByRole("button", { name: "Compose" }).first().click();
  const composer = page.getByRole("dialog", { name: "New message" });
  const to = composer.getByRole("combobox", { name: "To" });
  await to.fill(ben.address);
  await to.press("Enter");
  await composer.getByRole("textbox", { name: "Subject" }).fill("Too much");
  const text = incompressible(62_000);
  const field = composer.getByRole("textbox", { name: "Message" });
  await field.fill(text);
  await composer.getByRole("status").getByText("Not saved").waitFor();
  await composer.getByRole("alert").getByText("in this window only").waitFor();
  await page.getByRole("alert").getByText(FULL).waitFor();
  await composer.getByRole("button", { name: "Send" }).click();
  await composer.getByRole("alert").getByText("so it was not sent").waitFor();
  expect(await field.inputValue()).toBe(text);
  expect(await composer.getByText("Draft saved").count()).toBe(0);
  await field.press("Escape");
  // Said once the refusal is there: a save that finds room while it is under way may close the window.
  await page.getByText("Not closed").waitFor();
  expect(await field.inputValue()).toBe(text);

  await quota.lift();
  await composer.getByRole("status").getByText("Draft saved").waitFor();
  await page.getByRole("alert").getByText(FULL).waitFor({ state: "detached" });
  await composer.getByRole("button", { name: "Send" }).click();
  await peer.next((r) => r.subject === "Too much");
  await page.getByRole("link", { name: "Outbox", exact: true }).waitFor();
  await settled(page);
  expect(peer.received.filter((r) => r.subject === "Too much")).toHaveLength(1);
});
