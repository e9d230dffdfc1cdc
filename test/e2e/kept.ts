/** Whether the browser keeps the app for starts without a network, and a page gets its files from there. */
import type { Page } from "playwright-core";
import { expect, vi } from "vitest";

/** Until then, a page without a network may lack a part of the app. */
export async function isKept(page: Page): Promise<void> {
  await vi.waitFor(
    async () =>
      expect(await page.evaluate(keeping)).toMatchObject({ active: "activated", controls: true }),
    { timeout: 30_000, interval: 200 },
  );
}

async function keeping() {
  const registration = await navigator.serviceWorker.getRegistration();
  return {
    installing: registration?.installing?.state,
    waiting: registration?.waiting?.state,
    active: registration?.active?.state,
    controls: navigator.serviceWorker.controller !== null,
  };
}
