/** What becomes of a link somebody presses: it opens, asks, or becomes a message to write. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { createFixtureApi, createWorld } from "./fixtures.ts";
import { mount, unmount } from "./stage.tsx";

const opened: string[] = [];
const dialog = () => page.getByRole("dialog", { name: "Open this link?" });
/** What the browser would do with a press: the event is stopped only here, after the app had its say. */
const left: { href: string; target: string; rel: string }[] = [];

function leave(event: Event): void {
  const link = (event.target as Element).closest("a[href]");
  if (link === null || event.defaultPrevented) return;
  const { href, target, rel } = link as HTMLAnchorElement;
  left.push({ href, target, rel });
  event.preventDefault();
}

beforeEach(async () => {
  await page.viewport(1280, 800);
  localStorage.clear();
  sessionStorage.clear();
  opened.length = 0;
  left.length = 0;
  vi.spyOn(window, "open").mockImplementation((url) => {
    opened.push(String(url));
    return null;
  });
  for (const name of ["click", "auxclick"]) addEventListener(name, leave);
});
afterEach(() => {
  for (const name of ["click", "auxclick"]) removeEventListener(name, leave);
  vi.restoreAllMocks();
  unmount();
});

async function show(body: string): Promise<ReturnType<typeof createFixtureApi>> {
  const api = createFixtureApi(createWorld({ odd: { body } }));
  mount(api, "#/t/odd");
  await expect.element(page.getByRole("article")).toBeVisible();
  return api;
}

test("a link that leads where it says is left to the browser, without opener and referrer", async () => {
  await show("See https://weather.example/harbour?day=friday today.");
  const link = page.getByRole("link", { name: /weather/ });
  await expect.element(link).toHaveAttribute("title", "https://weather.example/harbour?day=friday");
  await link.click();
  await vi.waitFor(() =>
    expect(left).toEqual([
      {
        href: "https://weather.example/harbour?day=friday",
        target: "_blank",
        rel: "noopener noreferrer nofollow",
      },
    ]),
  );
  expect(document.querySelector("dialog")).toBeNull();
});

test.each([
  [
    "https://bank.example@evil.example/login",
    "evil.example",
    "“bank.example” stands before the “@”",
  ],
  ["https://аррӏе.com/", "xn--80ak6aa92e.com", "It looks like “apple.com”"],
  ["https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com", "It looks like “apple.com”"],
  ["http://3221225991/x", "192.0.2.7", "It leads to a number"],
  ["https://evil.example/%E2%80%AEfdp.exe", "evil.example", "characters that hide"],
])("%s asks, with the true host", async (href, host, why) => {
  await show(`Look: ${href} now`);
  await page.getByRole("link", { name: href }).click();
  await expect.element(dialog()).toBeVisible();
  await expect.element(dialog().getByText(host, { exact: true })).toBeVisible();
  await expect.element(dialog().getByText(why, { exact: false })).toBeVisible();
  await expect.element(dialog().getByRole("button", { name: "Cancel" })).toHaveFocus();
  expect(opened).toEqual([]);
  await dialog().getByRole("button", { name: "Open" }).click();
  await vi.waitFor(() => expect(opened).toEqual([new URL(href).href]));
  expect(document.querySelector("dialog")).toBeNull();
  expect(left).toEqual([]);
});

test("the middle button asks too; Escape and Cancel open nothing and give the focus back", async () => {
  await show("Look: https://bank.example@evil.example/ now");
  const link = page.getByRole("link", { name: /evil/ });
  await link.click({ button: "middle" });
  await expect.element(dialog()).toBeVisible();
  await userEvent.keyboard("{Escape}");
  await vi.waitFor(() => expect(document.querySelector("dialog")).toBeNull());
  (link.element() as HTMLElement).focus();
  await userEvent.keyboard("{Enter}");
  await expect.element(dialog()).toBeVisible();
  await dialog().getByRole("button", { name: "Cancel" }).click();
  await vi.waitFor(() => expect(document.activeElement).toBe(link.element()));
  expect([...opened, ...left]).toEqual([]);
});

test("Copy link copies the whole address and says so", async () => {
  const copied: string[] = [];
  vi.spyOn(navigator.clipboard, "writeText").mockImplementation(
    async (text) => void copied.push(text),
  );
  await show("Look: https://bank.example@evil.example/ now");
  await page.getByRole("link", { name: /evil/ }).click();
  await dialog().getByRole("button", { name: "Copy link" }).click();
  await expect.element(page.getByText("Link copied")).toBeVisible();
  expect(copied).toEqual(["https://bank.example@evil.example/"]);
});

test("links to people fill in a message and send nothing", async () => {
  const api = await show(
    "Write to xmpp:nadia@harbour.example?message;subject=Boat%0D%0ABcc:x;body=a%E2%80%AEb or xmpp:tom@harbour.example?remove",
  );
  await page.getByRole("link", { name: /nadia@/ }).click();
  const composer = page.getByRole("dialog", { name: "New message" });
  await expect.element(composer.getByRole("note", { name: "Filled in by a link" })).toBeVisible();
  await expect
    .element(composer.getByRole("textbox", { name: "Subject" }))
    .toHaveValue("Boat Bcc:x");
  await expect.element(composer.getByRole("textbox", { name: "Message" })).toHaveValue("ab");
  await composer.getByRole("button", { name: "Close" }).click();
  await page.getByRole("link", { name: /tom@/ }).click();
  await vi.waitFor(() =>
    expect(api.runs.filter((run) => run.command === "beginDraft").length).toBe(2),
  );
  const acts = new Set(api.runs.map((run) => run.command));
  expect(
    [...acts].filter((name) => !["beginDraft", "saveDraft", "markRead"].includes(name)),
  ).toEqual([]);
  expect(location.hash).toBe("#/t/odd");
});
