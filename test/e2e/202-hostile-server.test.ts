/** The pattern for faults: the real app in Chromium on a server that does what the test tells it to. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type HostileStage, row, settled, signIn, startHostileStage, write } from "./stage.ts";

let stage: HostileStage;
beforeAll(async () => {
  stage = await startHostileStage();
});
afterAll(() => stage.close());

test("mail goes out once though the cable breaks before the server's word, and comes in past poison", async () => {
  const { server } = stage;
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);

  const stop = server.at("stored", ({ sender }) => {
    stop();
    server.connectionsOf(sender?.jid ?? "").forEach((connection) => connection.cut());
  });
  await write(page, { to: [ben.address], subject: "Only once", body: "Is it?" });
  await page.getByRole("link", { name: "Sent" }).click();
  await row(page, /Only once/).click();
  await page.getByRole("article").getByText("Sent", { exact: true }).waitFor();
  expect(server.log.accepted.filter(({ to }) => to === ben.address)).toHaveLength(1);
  expect(server.log.doubled()).toEqual([]);

  await settled(page);
  server.say(ann.address, "<message xmlns='jabber:client'><body>&#0;</body></message>");
  server.mail({ from: ben.address, to: ann.address, subject: "After the poison", body: "Here." });
  await page.getByRole("link", { name: /^Inbox/ }).click();
  await row(page, /After the poison/).waitFor();
  await vi.waitFor(() => expect(server.connectionsOf(ann.address)).toHaveLength(1));
});
