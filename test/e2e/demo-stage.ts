/** The demo with its lived-in mailbox, and the app for it: for what looks at screens. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { startDemo } from "../../tools/demo/start-demo.ts";
import type { StaticServer } from "../../tools/static-server.ts";
import { startApp } from "./stage.ts";

export type DemoStage = { app: StaticServer; browser: Browser; close: () => Promise<void> };

export async function startDemoStage(): Promise<DemoStage> {
  const folder = await mkdtemp(join(tmpdir(), "envoi-demo-"));
  const demo = await startDemo(folder, () => undefined);
  const { app, browser } = await startApp({}, demo.config);
  return {
    app,
    browser,
    async close() {
      await browser.close();
      await app.close();
      await demo.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
