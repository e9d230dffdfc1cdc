/** A profile in a browser that hides and freezes tabs as browsers do (real-browser.ts), gone with the test. */
import type { BrowserContext } from "playwright-core";
import { onTestFinished } from "vitest";
import { launchRealBrowser } from "./real-browser.ts";

export { freeze, thaw } from "./real-browser.ts";

export async function realTabs(): Promise<BrowserContext> {
  const { browser, close } = await launchRealBrowser();
  onTestFinished(close);
  const context = browser.contexts()[0];
  if (context === undefined) throw new Error("a browser without a profile");
  return context;
}
