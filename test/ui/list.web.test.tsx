import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { RowView } from "../../src/api/contract.ts";
import { shortTime } from "../../src/ui/time.ts";
import { createFixtureApi, createWorld, jun, rowsOf, statuses, type World } from "./fixtures.ts";
import { mount, unmount } from "./stage.tsx";

let world: World;
let api: ReturnType<typeof createFixtureApi>;
const rowNamed = (name: RegExp) => page.getByRole("row", { name });
const focused = (): string => document.activeElement?.getAttribute("aria-label") ?? "";

beforeEach(async () => {
  await page.viewport(1280, 800);
  localStorage.clear();
  sessionStorage.clear();
  world = createWorld({ rows: { inbox: rowsOf["inbox"]?.() ?? [] } });
  api = createFixtureApi(world);
});
afterEach(unmount);

function arrives(part: Partial<RowView>, mailbox = "inbox"): void {
  const first = world.rows[mailbox]?.[0] as RowView;
  const fresh = { ...first, id: `new-${Math.random()}`, at: Date.now(), ...part };
  world.rows[mailbox] = [fresh, ...(world.rows[mailbox] ?? [])];
  api.touch();
}

test("a row says what matters, in order; only what is in sight is in the document", async () => {
  mount(api);
  await expect
    .element(
      rowNamed(
        new RegExp(
          // Minutes after midnight it is yesterday's.
          `^Unread, Nadia, Tom, me, Harbour survey: who can come on Friday\\?, The boat.*, 2 attachments, ${shortTime(world.rows["inbox"]?.[0]?.at ?? 0, Date.now())}$`,
        ),
      ),
    )
    .toBeVisible();
  await expect
    .element(page.getByRole("grid", { name: "Conversations" }))
    .toHaveAttribute("aria-rowcount", "150");
  expect(document.querySelectorAll("[role=row]").length).toBeLessThan(40);
  expect(document.title).toBe("(3) Inbox – alice@example.org");
  await expect.element(page.getByRole("link", { name: "Inbox, 3 unread" })).toBeVisible();
  await expect.element(page.getByRole("link", { name: "Drafts, 2" })).toBeVisible();
});

test("no place is called empty before the tags and folders are read", async () => {
  world.status = {
    ...statuses.upToDate,
    sync: { ...statuses.upToDate.sync, state: "reading" },
  };
  mount(api, "#/starred");
  await expect.element(page.getByText("Your tags and folders are being read.")).toBeVisible();
  location.hash = "#/sent";
  world.rows["sent"] = [];
  api.touch();
  await expect.element(page.getByText("Nothing sent yet")).toBeVisible();
  location.hash = "#/starred";
  world.status = statuses.upToDate;
  api.touch();
  await expect.element(page.getByText("Nothing starred")).toBeVisible();
});

test("a conversation is asked for when its row is pressed, with the words the reader asks in", async () => {
  mount(api);
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  await userEvent.click(rowNamed(/Harbour survey/));
  await expect
    .element(page.getByRole("heading", { level: 2, name: /Harbour survey/ }))
    .toBeVisible();
  // The list is still what the page shows.
  expect(document.title).toMatch(/^\(\d\) Inbox – alice@example.org$/);
  const [first] = api.ahead;
  expect(first?.query).toBe("conversation");
  expect(api.asked).toContainEqual(first);
});

test("arrows, j and k, Home, End and the page keys move; Enter and o open; u comes back", async () => {
  mount(api);
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  await userEvent.keyboard("j");
  await vi.waitFor(() => expect(focused()).toMatch(/Invoice 2291/));
  await userEvent.keyboard("{ArrowDown}");
  await vi.waitFor(() => expect(focused()).toMatch(/Lantern/));
  await userEvent.keyboard("k");
  await vi.waitFor(() => expect(focused()).toMatch(/Invoice 2291/));
  await userEvent.keyboard("{End}");
  await vi.waitFor(() => expect(document.activeElement?.getAttribute("aria-rowindex")).toBe("150"));
  await userEvent.keyboard("{PageUp}");
  await vi.waitFor(() =>
    expect(Number(document.activeElement?.getAttribute("aria-rowindex"))).toBeLessThan(145),
  );
  await userEvent.keyboard("{Home}");
  await vi.waitFor(() => expect(focused()).toMatch(/Harbour survey/));
  await userEvent.keyboard("o");
  await expect
    .element(page.getByRole("heading", { level: 2, name: /Harbour survey/ }))
    .toBeVisible();
  await userEvent.keyboard("u");
  await vi.waitFor(() => expect(location.hash).toBe("#/inbox"));
});

test("focus stays on its row while the list scrolls away under it and while rows change", async () => {
  mount(api);
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  await userEvent.keyboard("j");
  await vi.waitFor(() => expect(focused()).toMatch(/Invoice 2291/));
  const element = document.activeElement;
  const list = page.getByRole("grid").element();
  list.scrollTop = 4000;
  await vi.waitFor(() => expect(document.querySelector('[aria-rowindex="65"]')).not.toBeNull());
  expect(document.activeElement).toBe(element);
  list.scrollTop = 0;
  const row = world.rows["inbox"]?.[1];
  if (row !== undefined) row.unread = false;
  api.touch();
  await vi.waitFor(() => expect(focused()).toMatch(/^invoices@orchard/));
  expect(document.activeElement).toBe(element);
});

test("a list that grew shorter shows each row once, where it stands and as it is now", async () => {
  world.rows["inbox"] = world.rows["inbox"]?.slice(0, 3) ?? [];
  mount(api);
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  await userEvent.keyboard("j{End}");
  await vi.waitFor(() => expect(focused()).toMatch(/Lantern/));
  (document.activeElement as HTMLElement).blur();
  // Another device deals with the first and reads the last.
  const [, second, third] = world.rows["inbox"] ?? [];
  if (second === undefined || third === undefined) throw new Error("no rows");
  world.rows["inbox"] = [second, { ...third, subject: "Lantern, as it is now" }];
  api.touch();
  const shown = () =>
    [...document.querySelectorAll("[role=row]")].map(
      (row) => `${row.getAttribute("aria-rowindex")} ${row.querySelector("a")?.textContent}`,
    );
  await vi.waitFor(() =>
    expect(shown()).toEqual([`1 ${second.subject}`, "2 Lantern, as it is now"]),
  );
});

test("while a row has the focus new ones wait behind a button", async () => {
  mount(api);
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  await userEvent.keyboard("j");
  await vi.waitFor(() => expect(focused()).toMatch(/Invoice/));
  arrives({ subject: "Fresh from the press", people: [jun] });
  await expect.element(page.getByRole("button", { name: "Show 1 new" })).toBeVisible();
  expect(document.querySelector('[aria-rowindex="1"]')?.textContent).toContain("Harbour survey");
  await page.getByRole("button", { name: "Show 1 new" }).click();
  await vi.waitFor(() =>
    expect(document.querySelector('[aria-rowindex="1"]')?.textContent).toContain("Fresh from"),
  );
});

test.each(["drafts", "outbox", "sent"])(
  "a row of %s has the focus: what the person wrote since is there at once, and the focus stays with its row",
  async (mailbox) => {
    world.rows[mailbox] = rowsOf["inbox"]?.() ?? [];
    mount(api, `#/${mailbox}`);
    await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
    await userEvent.keyboard("j");
    await vi.waitFor(() => expect(focused()).toMatch(/Invoice/));
    arrives({ subject: "Fresh from the pen" }, mailbox);
    await vi.waitFor(() =>
      expect(document.querySelector('[aria-rowindex="1"]')?.textContent).toContain("Fresh from"),
    );
    expect(focused()).toMatch(/Invoice/);
  },
);

test("nobody points at the list: what arrives is there at once", async () => {
  mount(api);
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  arrives({ subject: "Fresh from the press" });
  await expect.element(rowNamed(/Fresh from the press/)).toBeVisible();
});

test("single keys are quiet in fields and when switched off", async () => {
  mount(api);
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  await userEvent.keyboard("gt");
  await vi.waitFor(() => expect(location.hash).toBe("#/sent"));
  await userEvent.keyboard("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect.element(dialog).toBeVisible();
  await userEvent.keyboard("gi");
  expect(location.hash).toBe("#/sent");
  await dialog.getByRole("switch", { name: "Single-key shortcuts" }).click();
  await userEvent.keyboard("{Escape}");
  await userEvent.keyboard("gi");
  expect(location.hash).toBe("#/sent");
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Keys" }).click();
  await page.getByRole("switch", { name: "Single-key shortcuts" }).click();
  await page.getByRole("heading", { level: 2, name: "Settings" }).click();
  await userEvent.keyboard("gi");
  await vi.waitFor(() => expect(location.hash).toBe("#/inbox"));
});

test("a reload shows the first rows before the worker has answered, and sign-out forgets them", async () => {
  mount(api);
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  // Once the list is still.
  const kept = (): string => localStorage.getItem("envoi-first:alice@example.org") ?? "";
  await expect.poll(kept).not.toBe("");
  expect((JSON.parse(kept()) as { view: { rows: unknown[] } }).view.rows).toHaveLength(25);
  world.session = { state: "signed-out" };
  api.touch();
  await expect.element(page.getByRole("textbox", { name: "Address" })).toBeVisible();
  expect(localStorage.getItem("envoi-first:alice@example.org")).toBeNull();
});

test("back leads to where the list stood, and the focus to the row that was opened", async () => {
  mount(api);
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  const list = page.getByRole("grid", { name: "Conversations" }).element();
  list.scrollTop = 3000;
  await vi.waitFor(() => expect(history.state).toMatchObject({ stand: { top: 3000 } }));
  location.hash = "#/starred";
  await expect.element(page.getByRole("heading", { level: 2, name: "Starred" })).toBeVisible();
  history.back();
  await expect.element(page.getByRole("heading", { level: 2, name: "Inbox" })).toBeVisible();
  await vi.waitFor(() =>
    expect(page.getByRole("grid", { name: "Conversations" }).element().scrollTop).toBe(3000),
  );
  await vi.waitFor(() => expect(document.querySelector('[data-index="48"]')).not.toBeNull());

  location.hash = "#/inbox?again";
  page.getByRole("grid", { name: "Conversations" }).element().scrollTop = 0;
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  await userEvent.keyboard("j");
  const opened = focused();
  await userEvent.keyboard("{Enter}");
  await expect.element(page.getByRole("button", { name: "Reply", exact: true })).toBeVisible();
  await vi.waitFor(() => expect(document.activeElement?.closest(".shell-reader")).not.toBeNull());
  history.back();
  await vi.waitFor(() => expect(focused()).toBe(opened));
});

test("what was opened by hand and archived leaves the tab stop at the one that took its place", async () => {
  mount(api);
  await expect.element(rowNamed(/Harbour survey/)).toBeVisible();
  rowNamed(/Harbour survey/)
    .element()
    .focus();
  location.hash = (world.rows["inbox"]?.[3]?.href ?? "").slice(1);
  await expect.element(page.getByRole("button", { name: "Reply", exact: true })).toBeVisible();
  await vi.waitFor(() =>
    expect(document.querySelector("[role=row][tabindex='0']")?.getAttribute("data-index")).toBe(
      "3",
    ),
  );
});
