/** A phone: a quarter of the processor, 4G, a small screen. */
import type { Page } from "playwright-core";
import { median, ms, percentile, type Report } from "./report.ts";
import { type BenchStage, serveApp, signIn, slowLine } from "./stage.ts";

/** As the browser's own developer tools have "Fast 4G". */
const FOUR_G = { latency: 60, downloadThroughput: 1_012_500, uploadThroughput: 168_750 };
const SCREEN = { width: 412, height: 839 };
const SLOWER = 4;
const RELOADS = 7;
const TAPS = 30;

/** `page` has all the mail already; signing in is measured on a profile of its own. */
export async function measurePhone(
  report: Report,
  stage: BenchStage,
  page: Page,
  messages: number,
): Promise<void> {
  report.add("phone: sign-in to rows", messages, ms(await signInTime(stage)), "3,000 ms");
  await page.bringToFront();
  const before = page.viewportSize();
  await page.setViewportSize(SCREEN);
  const atSpeed = await slow(page);
  await page.reload();
  const rows: number[] = [];
  for (let i = 0; i < RELOADS; i++) {
    await page.waitForTimeout(4000);
    await page.reload();
    rows.push(await page.evaluate(() => globalThis.probe.firstRows));
  }
  report.addGrowing("phone: reload to rows", messages, median(rows), ms(median(rows)), "400 ms");
  report.add("phone: INP p98", messages, ms(await interactions(page)), "100 ms");
  await atSpeed();
  if (before !== null) await page.setViewportSize(before);
  await page.reload();
}

async function signInTime(stage: BenchStage): Promise<number> {
  const line = await slowLine(stage.server.httpPort, FOUR_G.latency);
  const wsUrl = new URL(stage.server.wsUrl);
  wsUrl.port = String(line.port);
  const app = await serveApp(wsUrl.href);
  const context = await stage.profile({ viewport: SCREEN });
  const page = await context.newPage();
  await slow(page);
  await signIn(page, app.url);
  const startedAt = performance.now();
  await page.getByRole("grid").getByRole("row").nth(5).waitFor();
  const time = performance.now() - startedAt;
  await context.close();
  await app.close();
  line.close();
  return time;
}

/** Until the returned function is called. */
async function slow(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", { offline: false, ...FOUR_G });
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  return async () => {
    await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    await session.detach();
  };
}

/** Opens conversations and comes back, as somebody who looks for something. */
async function interactions(page: Page): Promise<number> {
  for (let i = 0; i < TAPS; i++) {
    await page
      .getByRole("grid")
      .getByRole("row")
      .nth(i % 5)
      .click();
    await page.locator("article, [role=article]").first().waitFor();
    await page.goBack();
    await page.locator(".shell[data-pane=list]").waitFor();
  }
  const times = await page.evaluate(() => globalThis.probe.interactions);
  return percentile(times, 98);
}
