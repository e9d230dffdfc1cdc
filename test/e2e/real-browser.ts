/**
 * A browser without the test tool's overrides: it makes every page visible and lets none be frozen. Here a tab in the
 * background is hidden, and `freeze` stops page and worker, as a phone does.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumLaunch } from "../../tools/chromium.ts";

export type RealBrowser = {
  browser: Browser;
  /** SIGKILL, as a battery that falls out: no tab hears of it. The profile stays. */
  kill: () => Promise<void>;
  close: () => Promise<void>;
};

/** With a profile of its own, gone with it; or on `kept`, which stays. */
export async function launchRealBrowser(kept?: string): Promise<RealBrowser> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), "envoi-tabs-")));
  const child = spawn(
    chromiumLaunch.executablePath,
    [
      ...chromiumLaunch.args,
      "--headless",
      "--window-size=1360,900",
      "--remote-debugging-port=0",
      `--user-data-dir=${folder}`,
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const close = async (): Promise<void> => {
    child.kill();
    await exited;
    if (kept === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.once("exit", () => reject(new Error(`Chromium ended: ${said}`)));
    child.stderr.on("data", (data: Buffer) => {
      said += data.toString();
      const found = /DevTools listening on (\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { browser: await chromium.connectOverCDP(url, { noDefaults: true }), kill, close };
}

export function freeze(page: Page): Promise<void> {
  return lifecycle(page, "frozen");
}

export function thaw(page: Page): Promise<void> {
  return lifecycle(page, "active");
}

async function lifecycle(page: Page, state: "frozen" | "active"): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Page.setWebLifecycleState", { state });
}
