/** F10: rows of the database are garbage. Every screen opens, the lists are made anew, lost mail is fetched again. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { mail, openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage, write } from "./stage.ts";
import { bystander, spoil } from "./storage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

test("F10 garbage in every object store: told, mended, fetched again; 0 lost, 0 doubled", async () => {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const peer = await openPeer(stage.server, ben);
  const subjects = ["First", "Second", "Third"];
  for (const subject of subjects) await peer.send(mail(ann, subject, `Text of ${subject}`));
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  for (const subject of subjects) await row(page, new RegExp(subject)).waitFor();
  await page.close();
  const other = await bystander(context, stage.app.url);
  // Half of the rows of each: what is sound must not suffer from what is not.
  await spoil(other, `envoi:${ann.address}`);
  const again = await context.newPage();
  await again.goto(stage.app.url);
  await again.getByRole("alert").filter({ hasText: "was damaged" }).waitFor();
  await settled(again);
  for (const subject of subjects) {
    await row(again, new RegExp(subject)).click();
    await again.getByRole("article").getByText(`Text of ${subject}`).waitFor();
    expect(await row(again, new RegExp(subject)).count()).toBe(1);
  }
  for (const name of ["Sent", "Outbox", "Drafts", "All mail", "Chats"]) {
    await again.getByRole("link", { name: new RegExp(`^${name}`) }).click();
    await again.getByRole("heading", { level: 1, name }).waitFor();
  }
  await again.goto(`${stage.app.url}#/settings`);
  await again.getByRole("heading", { name: "Settings" }).first().waitFor();
  await write(again, { to: [ben.address], subject: "Still works", body: "It does" });
  await peer.next((r) => r.subject === "Still works");
  await again.reload();
  await settled(again);
  expect(await again.getByRole("alert").filter({ hasText: "was damaged" }).count()).toBe(0);
});
