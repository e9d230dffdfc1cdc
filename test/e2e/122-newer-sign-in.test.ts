/** SASL2 and FAST in the app: where they work, and on a real Prosody where they do not. */
import { expect, onTestFinished, test } from "vitest";
import { startServer } from "../../tools/servers/server.ts";
import { addSasl2 } from "../hostile/sasl2.ts";
import { dumpStorage } from "./dump-storage.ts";
import { openProfile, settled, signIn, startApp, startHostileStage } from "./stage.ts";

test("a token signs in again, rotates, is stored sealed and taken back at sign-out", async () => {
  const stage = await startHostileStage();
  onTestFinished(() => stage.close());
  const sasl2 = addSasl2(stage.server, { fast: ["HT-SHA-256-NONE"], bind: true });
  sasl2.rotates = true;
  const ann = await stage.account("ann");
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  stage.server.restart();
  await expect
    .poll(() => sasl2.seen.at(-1)?.mechanism, { timeout: 20_000 })
    .toBe("HT-SHA-256-NONE");
  await settled(page);
  const stored = await dumpStorage(page);
  for (const token of sasl2.tokens) expect(stored).not.toContain(token);
  expect(sasl2.tokens.size).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("textbox", { name: "Address" }).waitFor();
  await expect.poll(() => sasl2.seen.at(-1)?.text, { timeout: 10_000 }).toContain("invalidate");
});

test.each([
  ["hangs", ["sasl2", "sasl2_bind2", "sasl2_sm"]],
  ["cannot list its features", ["sasl2", "sasl2_bind2", "sasl2_sm", "sasl2_fast"]],
])(
  "Prosody whose SASL2 %s: signed in all the same, also after a reload",
  async (_what, modules) => {
    const server = await startServer("prosody", { modules, accounts: { ann: "pass-ünï" } });
    onTestFinished(() => server.stop());
    const { app, browser } = await startApp({ [server.domain]: server.wsUrl });
    onTestFinished(async () => {
      await browser.close();
      await app.close();
    });
    const ann = { local: "ann", address: `ann@${server.domain}`, password: "pass-ünï" };
    const page = await signIn(await openProfile(browser), app.url, ann);
    await settled(page);
    await page.reload();
    await settled(page);
  },
);
