/** a@foo.test on Prosody writes while b@bar.test on ejabberd is away; b signs in later: one mail, and the answer arrives. */
import { expect, test } from "vitest";
import { startFederation } from "../../tools/servers/federation.ts";
import { openProfile, row, settled, signIn, startApp, write } from "./stage.ts";

test("mail across two servers, to somebody who is away", async () => {
  const federation = await startFederation({
    accounts: { foo: { a: "pass-a" }, bar: { b: "pass-b" } },
  });
  const { foo, bar } = federation;
  const { app, browser } = await startApp({ [foo.domain]: foo.wsUrl, [bar.domain]: bar.wsUrl });
  try {
    const a = { local: "a", address: `a@${foo.domain}`, password: "pass-a" };
    const b = { local: "b", address: `b@${bar.domain}`, password: "pass-b" };
    const aPage = await signIn(await openProfile(browser), app.url, a);
    await settled(aPage);
    const before = Date.now();
    await write(aPage, { to: [b.address], subject: "Across", body: "Over the border" });
    await aPage.getByRole("link", { name: "Sent" }).click();
    await row(aPage, /Across/).click();
    await aPage.getByText("Sent", { exact: true }).last().waitFor();
    await aPage.waitForTimeout(2000);
    const after = Date.now();

    const bPage = await signIn(await openProfile(browser), app.url, b);
    await settled(bPage);
    await row(bPage, /^Unread, a@foo.test, Across/).waitFor();
    expect(await row(bPage, /Across/).count()).toBe(1);
    const stamp = await row(bPage, /Across/)
      .locator("time")
      .getAttribute("datetime");
    expect(Date.parse(stamp ?? "")).toBeGreaterThan(before - 2000);
    expect(Date.parse(stamp ?? "")).toBeLessThan(after + 2000);
    await row(bPage, /Across/).click();
    await bPage.getByRole("article", { name: "Message from a@foo.test" }).waitFor();
    await bPage.getByRole("button", { name: "Reply", exact: true }).click();
    await bPage.getByRole("textbox", { name: "Message" }).fill("And back");
    await bPage.getByRole("button", { name: "Send" }).click();
    await aPage
      .getByRole("article", { name: "Message from b@bar.test" })
      .getByText("And back")
      .waitFor();
  } finally {
    await browser.close();
    await app.close();
    await federation.stop();
  }
});
