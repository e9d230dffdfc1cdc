/** Sending exactly once on real servers that are killed at the worst moment: F1, F2 and F7 of the fault matrix. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { countArchive } from "../../tools/chaos/archive-count.ts";
import { connected } from "../../tools/chaos/people.ts";
import { startProxy } from "../../tools/chaos/proxy.ts";
import { startRing, VICTIMS } from "../../tools/chaos/sweep.ts";
import { type ServerKind, startServer } from "../../tools/servers/server.ts";
import { openPeer } from "./peer.ts";
import { openProfile, row, settled, signIn, startApp, write } from "./stage.ts";

const DIST = join(import.meta.dirname, "../../dist");
const KINDS: ServerKind[] = ["prosody", "ejabberd"];
const accounts = { ann: "pass-ann", ben: "pass-ben" };

/** Somebody who writes over a cable of their own, and somebody who gets it. */
async function scene(kind: ServerKind) {
  const server = await startServer(kind, { accounts });
  const proxy = await startProxy(server.wsUrl);
  const { app, browser } = await startApp({ [server.domain]: proxy.url });
  onTestFinished(async () => {
    await browser.close();
    await app.close();
    await proxy.close();
    await server.stop();
  });
  const person = (local: keyof typeof accounts) => ({
    local,
    address: `${local}@${server.domain}`,
    password: accounts[local],
  });
  const page = await signIn(await openProfile(browser), app.url, person("ann"));
  await settled(page);
  const sent = async (subject: string): Promise<void> => {
    await connected(page);
    await page.getByRole("link", { name: "Outbox", exact: true }).waitFor();
    await page.getByRole("link", { name: /^Sent/ }).click();
    await row(page, subject).click();
    await page.locator(".delivery").getByText("Sent", { exact: true }).waitFor();
    expect(await row(page, subject).count()).toBe(1);
  };
  return { server, proxy, page, ben: person("ben"), sent };
}

test.each(KINDS)("F1 on %s: killed between our message and its acknowledgement", async (kind) => {
  const { server, proxy, page, ben, sent } = await scene(kind);
  const peer = await openPeer(server, ben);
  proxy.deafen();
  await write(page, { to: [ben.address], subject: "Taken, not said", body: "Hi" });
  await peer.next((received) => received.subject === "Taken, not said");
  await server.crash();
  await server.restart();
  await sent("Taken, not said");
  expect([...(await countArchive(server.wsUrl, ben))]).toEqual([["Taken, not said", 1]]);
});

test.each(KINDS)("F2 on %s: killed before it read our message", async (kind) => {
  const { server, page, ben, sent } = await scene(kind);
  process.kill(server.pid, "SIGSTOP");
  await write(page, { to: [ben.address], subject: "Never read", body: "Hi" });
  await page.getByRole("link", { name: "Outbox, 1 waiting" }).waitFor();
  await server.kill();
  await server.restart();
  await sent("Never read");
  expect([...(await countArchive(server.wsUrl, ben))]).toEqual([["Never read", 1]]);
});

test.each(KINDS)(
  "F7 on %s: tab, server and cable killed a moment after Send (the whole sweep: tools/kill-sweep.mjs)",
  async (kind) => {
    const ring = await startRing(kind, DIST);
    onTestFinished(() => ring.close());
    const kills = VICTIMS.flatMap((victim) =>
      [0, 20, 0, 20].map((delayMs) => ({ victim, delayMs })),
    );
    const figures = await ring.run(kills);
    expect(figures).toMatchObject({ lost: 0, doubled: 0, sentRows: 0, inboxRows: 0 });
  },
  400_000,
);
