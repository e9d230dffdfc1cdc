/** The whole line: sign in, mail arrives, is read and answered; close the lid, come back, and it is all there. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { row, settled, signIn, type Stage, startStage, write } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

test("two people write, read, answer; one conversation on both sides", async () => {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const annPage = await signIn(await stage.profile({ keepsApp: true }), stage.app.url, ann);
  const benPage = await signIn(await stage.profile(), stage.app.url, ben);
  await settled(annPage);
  await settled(benPage);
  await annPage.getByRole("heading", { name: "No mail yet" }).waitFor();

  await write(annPage, {
    to: [ben.address],
    subject: "Harbour survey",
    body: "Can you come on Friday?",
  });
  await row(benPage, /^Unread, .*Harbour survey/).waitFor();
  await benPage.getByRole("link", { name: "Inbox, 1 unread" }).waitFor();
  expect(await benPage.title()).toBe(`(1) Inbox – ${ben.address}`);

  await row(benPage, /Harbour survey/).click();
  await benPage.getByRole("heading", { level: 2, name: "Harbour survey" }).waitFor();
  const article = benPage.getByRole("article", { name: `Message from ${ann.address}` });
  await article.getByText("Can you come on Friday?").waitFor();
  await benPage.getByRole("link", { name: "Inbox", exact: true }).waitFor();
  await benPage.getByRole("button", { name: "Reply", exact: true }).click();
  const reply = benPage.getByRole("region", { name: "Reply" });
  await reply.getByRole("textbox", { name: "Message" }).fill("Count me in.");
  await reply.getByRole("button", { name: "Send" }).click();

  await annPage.getByRole("link", { name: "Sent" }).click();
  await row(annPage, /Harbour survey/).click();
  await annPage.getByRole("article").getByText("Count me in.").waitFor();
  expect(await annPage.getByRole("article").count()).toBe(2);
  await annPage.getByText("Sent", { exact: true }).last().waitFor();

  await annPage.reload();
  await annPage.getByRole("article").getByText("Count me in.").waitFor();
  await annPage.getByRole("link", { name: "Inbox", exact: true }).click();
  expect(await row(annPage, /Harbour survey/).count()).toBe(1);
});
