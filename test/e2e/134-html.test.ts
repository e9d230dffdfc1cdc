/** HTML that others send, in the app on a real server: shown, harmless, in reach of keys, its pictures on request. */
import { xml } from "@xmpp/xml";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newsletter } from "../ui/newsletter.ts";
import { mail, openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const content = (html: string) =>
  xml("content", { xmlns: "urn:xmpp:content", type: "text/html" }, html);

/** Opens mail with this HTML at somebody who is signed in. */
async function opened(html: string, body = "The plain words."): Promise<Page> {
  const ann = await stage.account("ann");
  const ben = await openPeer(stage.server, await stage.account("ben"));
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  await ben.send(mail(ann, "In colour", body, [content(html)]));
  await row(page, /In colour/).click();
  await page.getByRole("article").waitFor();
  return page;
}

test("a newsletter in our type, without its pictures", async () => {
  const page = await opened(newsletter());
  const frame = page.frameLocator("iframe[title='Message body']");
  await frame.getByRole("heading", { name: "The last warm evening" }).waitFor();
  expect(await page.getByRole("button", { name: "Load images" }).isVisible()).toBe(true);
});
