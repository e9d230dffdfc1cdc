/** The accessibility checker on the page as it stands. */
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

type Axe = {
  run(): Promise<{
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  }>;
};

/** The policy of the page forbids foreign scripts; the checker is one. Before the page is opened. */
export async function withoutPolicy(page: Page): Promise<void> {
  await page.route("**/*", async (route) => {
    if (route.request().resourceType() !== "document") return route.fallback();
    const response = await route.fetch();
    const headers = { ...response.headers() };
    delete headers["content-security-policy"];
    const body = (await response.text()).replace(
      /<meta http-equiv="Content-Security-Policy"[^>]*>/,
      "",
    );
    return route.fulfill({ response, headers, body });
  });
}

/** No violation; `what` names the screen where there is one. */
export async function check(page: Page, what: string): Promise<void> {
  await page.evaluate(async () =>
    Promise.all(document.getAnimations().map((a) => a.finished.catch(() => undefined))),
  );
  await page.addScriptTag({ path: AXE }).catch(() => undefined);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe };
    return (await axe.run()).violations.map(
      (v) => `${v.id}: ${v.nodes[0]?.html ?? ""} ${v.nodes[0]?.failureSummary ?? ""}`,
    );
  });
  expect({ what, violations }).toEqual({ what, violations: [] });
}
