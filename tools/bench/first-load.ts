/** What a first visit costs: bytes, and the time from "Sign in" to a full list over a slow line. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
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

/** Bytes asked for, gzip, until the sign-in form works and until the inbox is there. */
export async function measureBytes(report: Report): Promise<void> {
  const size = new Map<string, number>();
  for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) size.set(relative(DIST, path), gzipSync(await readFile(path)).length);
  }
  const stage = await startStage(100);
  // Nothing from a service worker's cache, and nothing fetched into it: the requests of the page and its worker.
  const context = await stage.profile({ serviceWorkers: "block" });
  const asked = new Set<string>();
  context.on("request", (request) =>
    asked.add(new URL(request.url()).pathname.slice(1) || "index.html"),
  );
  const bytes = (): string =>
    [...asked].reduce((sum, name) => sum + (size.get(name) ?? 0), 0).toLocaleString("en");
  const page = await context.newPage();
  await page.goto(stage.app.url);
  await page.getByRole("textbox", { name: "Address" }).waitFor();
  report.add("first visit, gzip bytes until the sign-in form", "", bytes(), "25,000");
  await signIn(page, stage.app.url);
  await page.getByRole("grid").getByRole("row").nth(10).waitFor();
  report.add("first visit, gzip bytes until the inbox", "", bytes(), "80,000");
  await upToDate(page);
  report.add("first visit, gzip bytes until all is level", "", bytes(), "");
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
