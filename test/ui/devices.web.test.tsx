/** What the settings say of a person's devices. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { page } from "vitest/browser";
import { createFixtureApi, createWorld, statuses, type World } from "./fixtures.ts";
import { mount, unmount } from "./stage.tsx";

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  await page.viewport(1280, 800);
});
afterEach(unmount);

function show(world: Partial<World>): void {
  mount(createFixtureApi(createWorld(world), { repairState: () => null }), "#/settings/devices");
}

test("a repair without a connection says that it waits for one", async () => {
  show({ status: statuses.offline });
  await page.getByRole("button", { name: "Repair" }).click();
  await expect.element(page.getByText("Repairs as soon as there is a connection")).toBeVisible();
});

test.each([
  ["no-pep", "Ask the server again", 1],
  ["not-private", "Ask the server again", 0],
  [undefined, "Ask the server now", 0],
] as const)(
  "nothing is shared (%s): the admin is told only what would help, and the button knows whether it asks again",
  async (refused, ask, many) => {
    show({ devices: { carrier: "none", ...(refused === undefined ? {} : { refused }) } });
    await expect.element(page.getByRole("button", { name: ask })).toBeVisible();
    expect(page.getByText("Prosody", { exact: true }).elements()).toHaveLength(many);
  },
);
