import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import type { OnlyHereResult } from "../../src/api/contract.ts";
import { createFixtureApi, createWorld } from "./fixtures.ts";
import { mount, unmount } from "./stage.tsx";

const dialog = page.getByRole("dialog", { name: "Sign out?" });
const signOut = dialog.getByRole("button", { name: "Sign out" });

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  await page.viewport(1280, 800);
});
afterEach(unmount);

/** `only`: what is still not saved afterwards. */
async function askToSignOut(saveNow: Promise<null>, only: Partial<OnlyHereResult> = {}) {
  const api = createFixtureApi(createWorld(), {
    saveNow: () => saveNow,
    countOnlyHere: () => ({ messages: 0, drafts: 0, waiting: 0, changes: 0, ...only }),
    signOut: () => null,
  });
  mount(api);
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect.element(dialog).toBeVisible();
  return api;
}

test("signing out waits while the last changes are saved, then tells what is still not saved", async () => {
  let done = (): void => undefined;
  const api = await askToSignOut(new Promise((resolve) => (done = () => resolve(null))), {
    changes: 1,
  });
  await expect
    .element(dialog.getByRole("status"))
    .toHaveTextContent("Saving the last changes to example.org …");
  await expect.element(signOut).toBeDisabled();
  expect(api.runs.map(({ command }) => command)).not.toContain("countOnlyHere");
  done();
  await expect.element(dialog.getByText(/would be lost/)).toBeVisible();
  await expect.element(dialog.getByText(/^1 change to tags, /)).toBeVisible();
  await expect.element(dialog.getByRole("status")).not.toBeInTheDocument();
  await signOut.click();
  await vi.waitFor(() => expect(api.runs.at(-1)?.command).toBe("signOut"));
});

test("a storage that does not answer keeps nobody from signing out", async () => {
  const api = await askToSignOut(new Promise(() => undefined));
  await expect.element(signOut).toBeDisabled();
  await expect.element(signOut, { timeout: 8000 }).toBeEnabled();
  await signOut.click();
  await vi.waitFor(() => expect(api.runs.at(-1)?.command).toBe("signOut"));
});
