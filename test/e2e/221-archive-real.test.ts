/** Faults of the archive on real servers: clocks that are wrong, and mail as large as one character can be. F14, F24. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { serveStatic } from "../../tools/static-server.ts";
import { setClock, workerWithClock } from "./clock.ts";
import { mail, openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

const DIST = join(import.meta.dirname, "../../dist");
const TEN_YEARS = 3653 * 24 * 3600 * 1000;

describe.each(["prosody", "ejabberd"] as const)("on %s", (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(kind);
  });
  afterAll(() => stage.close());

  test.each([
    ["ahead", TEN_YEARS],
    ["behind", -TEN_YEARS],
  ])(
    "F14: a clock ten years %s that jumps to the other side: order is the archive's, new is unread",
    async (_side, ahead) => {
      const [ann, bob] = [await stage.account("ann"), await stage.account("bob")];
      const peer = await openPeer(stage.server, bob);
      const url = await appWithClock(stage, ahead);
      const context = await stage.profile();
      await peer.send(mail(ann, "First", "sent while Ann was away"));
      let page = await signIn(context, url, ann);
      await settled(page);
      await row(page, /^Unread, .*First/).waitFor();
      await peer.send(mail(ann, "Second", "with the clock wrong from the start"));
      await row(page, /^Unread, .*Second/).waitFor();
      await setClock(page, -ahead);
      await peer.send(mail(ann, "Third", "twenty years off, suddenly"));
      await row(page, /^Unread, .*Third/).waitFor();
      await expect.poll(() => order(page)).toEqual(["Third", "Second", "First"]);
      await page.close();
      await peer.send(mail(ann, "Fourth", "sent while Ann was away again"));
      page = await context.newPage();
      await page.goto(url);
      await settled(page);
      await row(page, /^Unread, .*Fourth/).waitFor();
      await peer.send(mail(ann, "Fifth", "and live"));
      await row(page, /^Unread, .*Fifth/).waitFor();
      await expect.poll(() => order(page)).toEqual(["Fifth", "Fourth", "Third", "Second", "First"]);
      const fresh = await signIn(await stage.profile(), stage.app.url, ann);
      await settled(fresh);
      const shown = await order(page);
      await expect.poll(() => order(fresh)).toEqual(shown);
    },
  );

  test("F24: a quarter of a megabyte of one character, live and from the archive: readable, and the next mail at once", async () => {
    const [ann, bob] = [await stage.account("ann"), await stage.account("bob")];
    const peer = await openPeer(stage.server, bob);
    const page = await signIn(await stage.profile(), stage.app.url, ann);
    await settled(page);
    const bodies = ["a".repeat(250_000), ">".repeat(60_000), "<template>".repeat(15_000)];
    for (const [i, body] of bodies.entries()) {
      await peer.send(mail(ann, `Heavy ${i}`, body));
      await peer.send(mail(ann, `Light ${i}`, "x"));
      await row(page, new RegExp(`Light ${i}`)).waitFor();
    }
    await page.reload();
    await settled(page);
    for (const i of bodies.keys()) {
      await row(page, new RegExp(`Heavy ${i}`)).click();
      await page.getByRole("heading", { level: 2, name: `Heavy ${i}` }).waitFor();
      await page.getByRole("article").first().waitFor();
    }
    const fresh = await signIn(await stage.profile(), stage.app.url, ann);
    await settled(fresh);
    for (const i of bodies.keys()) await row(fresh, new RegExp(`Heavy ${i}`)).waitFor();
  });
});

/** Subjects as listed. */
async function order(page: Page): Promise<string[]> {
  const rows = await page.getByRole("grid", { name: "Conversations" }).getByRole("row").all();
  const texts = await Promise.all(rows.map((one) => one.textContent()));
  return texts.map((text) => /First|Second|Third|Fourth|Fifth/.exec(text ?? "")?.[0] ?? "?");
}

async function appWithClock(stage: Stage, ahead: number): Promise<string> {
  const app = await serveStatic({
    folder: DIST,
    extra: {
      "config.json": JSON.stringify({ endpoints: { [stage.server.domain]: stage.server.wsUrl } }),
      ...(await workerWithClock(DIST, ahead)),
    },
  });
  onTestFinished(() => app.close());
  return app.url;
}
