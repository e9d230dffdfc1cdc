/** What a first visit costs: bytes, and the time from "Sign in" to a full list over a slow line. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
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
export const AFTER_ROWS = /\/(afterwards|commands|later|reader|tools|writing|settings|notifier)-/;

/** Bytes asked for, gzip, until the sign-in form works, until the inbox is there, and until nothing is missing. */
export async function measureBytes(report: Report): Promise<void> {
  const size = new Map<string, number>();
  for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) size.set(relative(DIST, path), gzipSync(await readFile(path)).length);
  }
  const stage = await startStage(100);
  const counting = async (): Promise<{ page: Page; bytes: () => number }> => {
    // Nothing from a service worker's cache, and nothing fetched into it: the requests of the page and its worker.
    const context = await stage.profile({ serviceWorkers: "block" });
    const asked = new Set<string>();
    context.on("request", (request) =>
      asked.add(new URL(request.url()).pathname.slice(1) || "index.html"),
    );
    const bytes = (): number => [...asked].reduce((sum, name) => sum + (size.get(name) ?? 0), 0);
    return { page: await context.newPage(), bytes };
  };
  const say = (what: string, bytes: number, bar = ""): void =>
    report.add(`first visit, gzip bytes until ${what}`, "", bytes.toLocaleString("en"), bar);
  const tenRows = (page: Page): Promise<void> =>
    page.getByRole("grid").getByRole("row").nth(10).waitFor();

  const first = await counting();
  // Never answered, and so not counted: whoever looks for rows from outside sees them late.
  const behind = new Set<string>();
  await first.page.context().route(AFTER_ROWS, (route) => {
    behind.add(new URL(route.request().url()).pathname.slice(1));
  });
  await first.page.goto(stage.app.url);
  await first.page.getByRole("textbox", { name: "Address" }).waitFor();
  say("the sign-in form", first.bytes(), "25,000");
  await signIn(first.page, stage.app.url);
  await tenRows(first.page);
  const notNeeded = [...behind].reduce((sum, name) => sum + (size.get(name) ?? 0), 0);
  say("the inbox", first.bytes() - notNeeded, "80,000");

  const second = await counting();
  await signIn(second.page, stage.app.url);
  await tenRows(second.page);
  await upToDate(second.page);
  say("all is level", second.bytes());
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
