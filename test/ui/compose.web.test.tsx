import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { Draft } from "../../src/mail/draft.ts";
import { createFixtureApi, createWorld, draft, type World } from "./fixtures.ts";
import { mount, unmount } from "./stage.tsx";

let world: World;
let api: ReturnType<typeof createFixtureApi>;
beforeEach(async () => {
  await page.viewport(1280, 800);
  localStorage.clear();
  sessionStorage.clear();
  world = createWorld();
  api = createFixtureApi(world);
});
afterEach(unmount);

const dialog = page.getByRole("dialog", { name: "New message" });
const to = page.getByRole("combobox", { name: "To" });
const text = page.getByRole("textbox", { name: "Message" });
const saved = (): Draft | undefined => [...world.drafts.values()].at(-1);

async function compose(): Promise<void> {
  mount(api);
  await page.getByRole("button", { name: "Compose" }).first().click();
  await expect.element(dialog).toBeVisible();
}

test("addresses become chips by comma, Enter, paste and leaving; what is none stays and says so", async () => {
  await compose();
  await to.fill("nadia@harbour.example,");
  await expect
    .element(page.getByRole("listitem", { name: "nadia@harbour.example <nadia@harbour.example>" }))
    .toBeVisible();
  await userEvent.keyboard("jun");
  await expect.element(page.getByRole("option", { name: /Jun Park/ })).toBeVisible();
  await userEvent.keyboard("{Enter}");
  await expect
    .element(page.getByRole("listitem", { name: "Jun Park <jun@lantern.example>" }))
    .toBeVisible();
  await userEvent.keyboard("two words");
  await page.getByRole("textbox", { name: "Subject" }).click();
  await expect
    .element(page.getByText("“two words” is not an address", { exact: false }))
    .toBeVisible();
  await expect.element(to).toHaveValue("two words");
  await to.fill("");
  await userEvent.keyboard("{Backspace}");
  await expect.element(page.getByRole("listitem", { name: /Jun Park/ })).not.toBeInTheDocument();
  await page.getByRole("button", { name: "Remove nadia@harbour.example" }).click();
  await vi.waitFor(() => expect(document.querySelectorAll(".chip")).toHaveLength(0));
});

test("what is typed is saved within a moment; Escape closes, the draft stays, focus goes back", async () => {
  await compose();
  await text.fill("Dear all,");
  await expect.element(page.getByRole("status").filter({ hasText: "Draft saved" })).toBeVisible();
  expect(saved()?.body).toBe("Dear all,");
  await text.fill("Dear all, hello");
  await userEvent.keyboard("{Escape}");
  await expect.element(dialog).not.toBeInTheDocument();
  expect(saved()?.body).toBe("Dear all, hello");
  await vi.waitFor(() => expect(document.activeElement?.textContent).toBe("Compose"));
});

test("a draft whose database was taken away is kept anew, unasked", async () => {
  await compose();
  await text.fill("Dear all,");
  await expect.element(page.getByRole("status").filter({ hasText: "Draft saved" })).toBeVisible();
  api.touch();
  await vi.waitFor(() => expect(api.asked.some(({ query }) => query === "draft")).toBe(true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  world.drafts.clear();
  api.touch();
  await vi.waitFor(() => expect(saved()?.body).toBe("Dear all,"));
  await expect.element(text).toHaveValue("Dear all,");
});

test.each([
  [
    "sent",
    "This draft was sent elsewhere, without what you changed here. Your text is a draft of its own now.",
  ],
  ["changed", "Also changed elsewhere: both texts are kept in Drafts"],
] as const)(
  "its words got an id of their own, as another device %s the draft: told until it is read",
  async (left, told) => {
    await compose();
    await text.fill("Dear all,");
    await vi.waitFor(() => expect(saved()?.body).toBe("Dear all,"));
    const { id = "" } = saved() ?? {};
    world.drafts.set("a-copy-of-it", draft("a-copy-of-it", { body: "Dear all," }));
    world.parted.set(id, { to: "a-copy-of-it", left }).set("a-copy-of-it", { left });
    api.touch();
    const note = dialog.getByRole("alert");
    await expect.element(note).toHaveTextContent(told);
    await text.fill("Dear all, hello");
    await vi.waitFor(() => expect(saved()?.body).toBe("Dear all, hello"));
    expect(saved()?.id).toBe("a-copy-of-it");
    await expect.element(note).toHaveTextContent(told);
    await dialog.getByRole("button", { name: "Got it" }).click();
    await text.fill("Dear all, hello again");
    await vi.waitFor(() => expect(saved()?.body).toBe("Dear all, hello again"));
    await expect.element(note).not.toBeInTheDocument();
  },
);

test("words of another device went an own way: told, but not what was so when it was opened", async () => {
  await compose();
  await text.fill("Dear all,");
  await vi.waitFor(() => expect(saved()?.body).toBe("Dear all,"));
  const { id = "" } = saved() ?? {};
  const note = dialog.getByRole("alert");
  await userEvent.keyboard("{Escape}");
  world.parted.set(id, { beside: ["theirs"] });
  location.hash = `#/drafts?open=${id}`;
  await expect.element(text).toHaveValue("Dear all,");
  await text.fill("Dear all, hello");
  await vi.waitFor(() => expect(saved()?.body).toBe("Dear all, hello"));
  api.touch();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expect.element(note).not.toBeInTheDocument();
  world.parted.set(id, { beside: ["theirs", "theirs, too"] });
  api.touch();
  await expect
    .element(note)
    .toHaveTextContent("Also changed elsewhere: both texts are kept in Drafts");
});

test("who types without a pause is saved all the same", async () => {
  await compose();
  const area = document.querySelector<HTMLTextAreaElement>("textarea[aria-label=Message]");
  if (area === null) throw new Error("no field to write in");
  let typed = "";
  // Every key comes before the pause that saves is over.
  while (saved() === undefined && typed.length < 100) {
    typed += "x";
    area.value = typed;
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(saved()?.body).toMatch(/^x+$/);
});

test("a page that goes before the worker could write takes the text with it", async () => {
  await compose();
  await text.fill("first");
  await vi.waitFor(() => expect(saved()?.body).toBe("first"));
  await text.fill("first and last");
  dispatchEvent(new Event("pagehide"));
  const id = saved()?.id ?? "";
  const rescued = sessionStorage.getItem(`envoi-unsaved:${id}`);
  // The worker died with the page; the tab starts again with what its session holds.
  const open = sessionStorage.getItem("envoi-open-drafts") ?? "";
  unmount();
  await vi.waitFor(() => expect(sessionStorage.getItem(`envoi-unsaved:${id}`)).toBeNull());
  sessionStorage.setItem("envoi-open-drafts", open);
  sessionStorage.setItem(`envoi-unsaved:${id}`, rescued ?? "");
  mount(createFixtureApi(world));
  await expect.element(text).toHaveValue("first and last");
});

test("an answer goes on where it was after another conversation was looked at", async () => {
  mount(api, "#/t/c1");
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await expect.element(page.getByRole("region", { name: "Reply" })).toBeVisible();
  await text.fill("Count me in.");
  location.hash = "#/t/c2";
  await expect.element(page.getByRole("heading", { level: 2, name: "Invoice 2291" })).toBeVisible();
  location.hash = "#/t/c1";
  await expect.element(text).toHaveValue("Count me in.");
  await userEvent.click(text);
  await userEvent.keyboard("{End} Really.");
  await vi.waitFor(() => expect(saved()?.body).toBe("Count me in. Really."));
});

test("Gmail's keys: Cc and Bcc with the focus in them, save, discard", async () => {
  await compose();
  await text.click();
  await userEvent.keyboard("{Control>}{Shift>}C{/Shift}{/Control}");
  await expect.element(page.getByRole("combobox", { name: "Cc", exact: true })).toHaveFocus();
  await page.getByRole("button", { name: "Bcc" }).click();
  await expect.element(page.getByRole("combobox", { name: "Bcc" })).toHaveFocus();
  await userEvent.keyboard("{Control>}s{/Control}");
  await expect.element(page.getByRole("status").filter({ hasText: "Draft saved" })).toBeVisible();
  await text.fill("Never mind");
  // A Cyrillic layout.
  text.element().dispatchEvent(
    new KeyboardEvent("keydown", {
      key: "В",
      code: "KeyD",
      ctrlKey: true,
      shiftKey: true,
      bubbles: true,
      cancelable: true,
    }),
  );
  await expect.element(dialog).not.toBeInTheDocument();
  expect(api.runs.map(({ command }) => command)).toContain("discardDraft");
});

test("a refusal keeps the text and says why; Ctrl+Enter sends", async () => {
  api = createFixtureApi(world, {
    send: ({ draft }) =>
      draft.to.length === 0 ? { ok: false, problem: "no-recipient", detail: "" } : { ok: true },
  });
  await compose();
  await text.fill("Hello");
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  await expect
    .element(page.getByRole("alert"))
    .toHaveTextContent("Say whom it is for: the To field is empty. Your text is kept.");
  await expect.element(text).toHaveValue("Hello");
  await to.fill("nadia@harbour.example");
  await page.getByRole("button", { name: "Send" }).click();
  await expect.element(dialog).not.toBeInTheDocument();
  const sent = api.runs.findLast((r) => r.command === "send")?.args as { draft: Draft };
  expect(sent.draft).toMatchObject({ body: "Hello", to: [{ jid: "nadia@harbour.example" }] });
});

test("Compose pressed while the worker cannot take it opens as soon as it can", async () => {
  const run = api.run.bind(api);
  let refused = 0;
  api.run = (command, args) =>
    command === "beginDraft" && refused++ === 0
      ? Promise.reject(new Error("the tab's worker hung"))
      : run(command, args);
  await compose();
  expect(refused).toBe(2);
});

test("a link fills in, marked, and sends nothing", async () => {
  mount(api, "#/to/nadia@harbour.example?subject=Hi&body=Hello");
  await expect.element(page.getByRole("note", { name: "Filled in by a link" })).toBeVisible();
  await expect.element(text).toHaveValue("Hello");
  expect(api.runs.some((r) => r.command === "send")).toBe(false);
});

test("nothing of one account's writing shows in the next one", async () => {
  await compose();
  await text.fill("secret plans");
  world.session = { state: "signed-in", address: "bob@example.org" as never, keep: true };
  api.touch();
  await vi.waitFor(() => expect(document.title).toContain("bob@example.org"));
  expect(document.body.textContent).not.toContain("secret plans");
  expect(document.querySelector(".composer")).toBeNull();
  expect(sessionStorage.getItem("envoi-open-drafts")).toBeNull();
});

test("what cannot be saved is never called saved: it stays open, is tried again, and is told", async () => {
  let isFull = true;
  api = createFixtureApi(world, {
    saveDraft: ({ draft: { id } }) => {
      if (isFull) throw new Error("StorageError: Could not write: QuotaExceededError");
      return { savedAt: 1, sent: false, id };
    },
  });
  await compose();
  await text.fill("Dear all,");
  await expect.element(page.getByRole("status").filter({ hasText: "Not saved" })).toBeVisible();
  await expect.element(page.getByText("in this window only", { exact: false })).toBeVisible();
  await userEvent.keyboard("{Escape}");
  await expect.element(text).toHaveValue("Dear all,");
  expect(Object.keys(sessionStorage).filter((n) => n.startsWith("envoi-unsaved:"))).toHaveLength(1);
  isFull = false;
  await expect
    .element(page.getByRole("status").filter({ hasText: "Draft saved" }), { timeout: 8000 })
    .toBeVisible();
  expect(Object.keys(sessionStorage).filter((n) => n.startsWith("envoi-unsaved:"))).toHaveLength(0);
});

test("storage in trouble: told above the mail, and a copy of what is being written goes beside it", async () => {
  await compose();
  await text.fill("Dear all,");
  world.troubles = [{ kind: "newer" }];
  api.touch();
  await expect
    .element(page.getByRole("alert").filter({ hasText: "A newer Envoi is open" }))
    .toBeVisible();
  await expect.element(page.getByRole("button", { name: "Reload" })).toBeVisible();
  await expect.element(text).toHaveValue("Dear all,");
});
