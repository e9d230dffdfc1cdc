/** What a first visit costs: bytes, and the time from "Sign in" to a full list over a slow line. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BrowserContext, Page } from "playwright-core";
import type { Report } from "./report.ts";
import { median, ms } from "./report.ts";
import {
  type BenchStage,
  DIST,
  serveApp,
  signIn,
  slowLine,
  startStage,
  upToDate,
} from "./stage.ts";

/** Parts that are asked for behind the first rows, which do without them. */
export const AFTER_ROWS =
  /\/(afterwards|with-carrier|commands|later|reader|tools|writing|settings|notifier)-/;

/** Bytes, gzip, of all files that the context asked for so far, but those of `except`, which may never be answered. */
export function countBytes(context: BrowserContext, except = /^$/): () => number {
  const sizes = new Map<string, number>();
  context.on("request", (request) => {
    const path = new URL(request.url()).pathname.slice(1) || "index.html";
    const file = join(DIST, path);
    if (existsSync(file) && !except.test(request.url()))
      sizes.set(path, gzipSync(readFileSync(file)).length);
  });
  return () => [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** Bytes asked for, gzip, until the sign-in form works, until the inbox is there, and until nothing is missing. */
export async function measureBytes(report: Report): Promise<void> {
  const stage = await startStage(100);
  // Nothing from a service worker's cache, and nothing fetched into it: the requests of the page and its worker.
  const profile = (): Promise<BrowserContext> => stage.profile({ serviceWorkers: "block" });
  const say = (what: string, bytes: number, bar = ""): void =>
    report.add(`first visit, gzip bytes until ${what}`, "", bytes.toLocaleString("en"), bar);
  const tenRows = (page: Page): Promise<void> =>
    page.getByRole("grid").getByRole("row").nth(10).waitFor();

  const first = await profile();
  // Never answered: whoever looks for rows from outside sees them late.
  await first.route(AFTER_ROWS, () => undefined);
  const needed = countBytes(first, AFTER_ROWS);
  const page = await first.newPage();
  await page.goto(stage.app.url);
  await page.getByRole("textbox", { name: "Address" }).waitFor();
  say("the sign-in form", needed(), "25,000");
  await signIn(page, stage.app.url);
  await tenRows(page);
  say("the inbox", needed(), "80,000");

  const second = await profile();
  const all = countBytes(second);
  const whole = await second.newPage();
  await signIn(whole, stage.app.url);
  await tenRows(whole);
  await upToDate(whole);
  say("all is level", all());
  await stage.close();
}

const ROUND_TRIP_MS = 80;
const SIGN_INS = 5;

/** Every time a new profile; app and server are 80 ms away. */
export async function measureSignIn(
  report: Report,
  stage: BenchStage,
  messages: number,
): Promise<void> {
  const near = await signInTimes(stage, 0);
  const far = await signInTimes(stage, ROUND_TRIP_MS);
  report.add("sign-in to a full list", messages, ms(near), "");
  report.add("sign-in to a full list, 80 ms round trip", messages, ms(far), "1,500 ms");
}

async function signInTimes(stage: BenchStage, roundTripMs: number): Promise<number> {
  const line = await slowLine(stage.server.httpPort, roundTripMs);
  const wsUrl = new URL(stage.server.wsUrl);
  wsUrl.port = String(line.port);
  const app = await serveApp(wsUrl.href);
  const times: number[] = [];
  for (let i = 0; i < SIGN_INS; i++) {
    const context = await stage.profile();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    const line = { offline: false, downloadThroughput: -1, uploadThroughput: -1 };
    await session.send("Network.emulateNetworkConditions", { ...line, latency: roundTripMs });
    await signIn(page, app.url);
    const startedAt = performance.now();
    await page.getByRole("grid").getByRole("row").nth(10).waitFor();
    times.push(performance.now() - startedAt);
    await context.close();
  }
  await app.close();
  line.close();
  return median(times);
}
