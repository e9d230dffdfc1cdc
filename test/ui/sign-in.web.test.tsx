import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { SignInProblem } from "../../src/api/contract.ts";
import { createFixtureApi, createWorld, sessions } from "./fixtures.ts";
import { mount, unmount } from "./stage.tsx";

afterEach(() => {
  unmount();
  vi.unstubAllGlobals();
});

const PROBLEMS: Record<SignInProblem, true> = {
  "bad-address": true,
  unreachable: true,
  "no-websocket": true,
  "discovery-blocked": true,
  "wrong-password": true,
  disabled: true,
  "too-old": true,
  lost: true,
  "insecure-page": true,
  "not-allowed": true,
  storage: true,
};

async function signInWith(problem: SignInProblem): Promise<void> {
  const api = createFixtureApi(createWorld({ session: sessions.signedOut }), {
    signIn: () => ({ ok: false, problem, detail: "the server's own words", host: "x.example" }),
  });
  mount(api);
  await page.getByRole("textbox", { name: "Address" }).fill("alice@example.org");
  await page.getByRole("textbox", { name: "Password" }).fill("secret");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test.each(Object.keys(PROBLEMS) as SignInProblem[])(
  "%s has its own words, and the technical text one click away",
  async (problem) => {
    await signInWith(problem);
    const alert = page.getByRole("alert");
    await expect.element(alert).toHaveAttribute("data-error", problem);
    await expect.element(page.getByText("the server's own words")).not.toBeVisible();
    await page.getByRole("button", { name: "Technical details" }).click();
    await expect.element(page.getByText("the server's own words")).toBeVisible();
  },
);

test("every problem is told apart", async () => {
  const texts = new Set<string>();
  for (const problem of Object.keys(PROBLEMS) as SignInProblem[]) {
    await signInWith(problem);
    await expect.element(page.getByRole("alert")).toHaveAttribute("data-error", problem);
    texts.add(page.getByRole("alert").element().textContent);
  }
  expect(texts.size).toBe(Object.keys(PROBLEMS).length);
});

test("after a wrong password the field has the focus and is selected, and nothing is tried again", async () => {
  const api = createFixtureApi(createWorld({ session: sessions.signedOut }), {
    signIn: () => ({ ok: false, problem: "wrong-password", detail: "not-authorized" }),
  });
  mount(api);
  await page.getByRole("textbox", { name: "Address" }).fill("alice@example.org");
  await page.getByRole("textbox", { name: "Password" }).fill("secret");
  await userEvent.keyboard("{Enter}");
  await expect.element(page.getByRole("alert")).toBeVisible();
  const field = page.getByRole("textbox", { name: "Password" }).element() as HTMLInputElement;
  expect(document.activeElement).toBe(field);
  expect([field.selectionStart, field.selectionEnd]).toEqual([0, 6]);
  expect(api.runs.filter((r) => r.command === "signIn")).toHaveLength(1);
});

test("the host that gets the password is shown where it is another one", async () => {
  mount(createFixtureApi(createWorld({ session: sessions.signingIn })));
  await expect.element(page.getByText("Connecting to xmpp.hosting.example")).toBeVisible();
  await expect
    .element(page.getByText("The password goes to xmpp.hosting.example, and nowhere else."))
    .toBeVisible();
  await expect.element(page.getByRole("button", { name: "Cancel" })).toBeVisible();
});

test("a name is completed with the operator's server, visibly", async () => {
  const config = {
    server: "example.org",
    demo: [{ label: "Sign in as bob", address: "b@x.y", password: "1" }],
  };
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json(config)));
  const api = createFixtureApi(createWorld({ session: sessions.signedOut }));
  mount(api);
  await page.getByRole("textbox", { name: "Address" }).fill("alice");
  await expect.element(page.getByText("@example.org")).toBeVisible();
  await page.getByRole("textbox", { name: "Password" }).fill("secret");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await vi.waitFor(() =>
    expect(api.runs.at(-1)).toMatchObject({ args: { address: "alice@example.org", keep: true } }),
  );
  await expect
    .element(page.getByRole("textbox", { name: "Address" }))
    .toHaveValue("alice@example.org");
  await page.getByRole("button", { name: "Sign in as bob" }).click();
  await vi.waitFor(() => expect(api.runs.at(-1)).toMatchObject({ args: { address: "b@x.y" } }));
});

test("what a session left can be downloaded, thrown away, or kept by signing in again", async () => {
  const world = createWorld({ session: sessions.leftOver });
  const api = createFixtureApi(world, {
    signIn: () => {
      world.session = sessions.signedOut;
      api.touch();
      return { ok: false, problem: "lost", detail: "" };
    },
  });
  mount(api);
  const lost = page.getByRole("region", { name: /would be lost/ });
  await expect.element(lost).toBeVisible();
  expect([...lost.element().querySelectorAll("li")].map((line) => line.textContent)).toEqual([
    "2 messages not sent yet",
    "1 draft",
    "1 change to tags, folders, stars or settings",
    "3 messages no longer on example.org",
  ]);
  await page.getByRole("button", { name: "Download mail" }).click();
  await page.getByRole("button", { name: "Sign in again" }).click();
  await page.getByRole("textbox", { name: "Password" }).fill("secret");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  // The state changed under the form; the form, its text and its error are still there.
  await expect.element(page.getByRole("alert")).toHaveAttribute("data-error", "lost");
  await expect.element(page.getByRole("textbox", { name: "Password" })).toHaveValue("secret");
  const commands = api.runs.map((r) => r.command).filter((name) => name !== "prepareSignIn");
  expect(commands).toEqual(["exportMail", "signIn"]);
});
