/** Dealing with mail: by keyboard, by the names of things, by a finger; each act at once, said once, and taken back. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { LabelView } from "../../src/api/contract.ts";
import { createFixtureApi, createWorld, someLabels, triagedRows, type World } from "./fixtures.ts";
import { mount, unmount } from "./stage.tsx";

let world: World;
let api: ReturnType<typeof createFixtureApi>;
const row = (name: RegExp) => page.getByRole("row", { name });
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true }).first();
const focused = (): string => document.activeElement?.getAttribute("aria-label") ?? "";
const said = (text: string | RegExp) => page.getByRole("status").filter({ hasText: text });
const triages = () =>
  api.runs.filter(({ command }) => command === "triage").map(({ args }) => args);

beforeEach(async () => {
  await page.viewport(1280, 800);
  localStorage.clear();
  sessionStorage.clear();
  world = createWorld({ rows: { inbox: triagedRows() }, labels: someLabels() });
  api = createFixtureApi(world);
  mount(api);
  await expect.element(row(/Harbour survey/)).toBeVisible();
});
afterEach(unmount);

/** The page anew, with a worker that answers some commands its own way. */
async function withWorker(commands: Parameters<typeof createFixtureApi>[1]): Promise<void> {
  unmount();
  api = createFixtureApi(world, commands);
  mount(api);
  await expect.element(row(/Harbour survey/)).toBeVisible();
}

/** The tools come with the first sign of a hand. */
async function begin(): Promise<void> {
  await userEvent.keyboard("{Shift}");
  await expect.element(button("Undo")).toBeVisible();
}

test.each([
  [1280, 800],
  [900, 800],
  [390, 844],
])("what is said at %d × %d leaves a notice and its buttons free", async (width, height) => {
  await page.viewport(width, height);
  world.notices = [{ id: "not-shared", host: "example.org" }];
  api.touch();
  const notice = page.getByRole("region", { name: "Your other devices will not know" });
  await expect.element(notice).toBeVisible();
  await row(/Invoice 2291/)
    .getByRole("button", { name: "Star" })
    .click();
  await expect.element(said("Starred")).toBeVisible();
  const [over, under] = [document.querySelector(".toast"), notice.element()].map((element) =>
    element!.getBoundingClientRect(),
  ) as [DOMRect, DOMRect];
  const isBeside = over.left >= under.right || over.right <= under.left;
  expect(isBeside || over.bottom <= under.top || over.top >= under.bottom).toBe(true);
});

describe("a row", () => {
  test("says its tags and marks; two chips, then how many more", async () => {
    await expect
      .element(
        row(/^Unread, Nadia, .*, The boat.*, Starred, Work, Harbour, Slipway, 2 attachments, /),
      )
      .toBeVisible();
    const first = row(/Harbour survey/);
    expect(first.element().querySelectorAll(".tag-chip")).toHaveLength(2);
    expect(first.element().textContent).toContain("+1");
    await expect.element(row(/^Unread, Mum, Sunday.*, Came back, /)).toBeVisible();
    await expect.element(row(/Violet.*, Muted, 3 attachments/)).toBeVisible();
  });

  test("is starred by its button, at once", async () => {
    const star = row(/Invoice 2291/).getByRole("button", { name: "Star" });
    await expect.element(star).toHaveAttribute("aria-pressed", "false");
    await star.click();
    await expect.element(star).toHaveAttribute("aria-pressed", "true");
    await expect.element(said("Starred")).toBeVisible();
    expect(triages()).toEqual([{ act: { do: "star" }, on: { conversations: ["c2"] } }]);
    await star.click();
    await expect.element(star).toHaveAttribute("aria-pressed", "false");
  });
});

describe("choosing", () => {
  test("by box, by x and Space, in ranges; the count is told", async () => {
    await row(/Invoice 2291/)
      .getByRole("checkbox", { name: "Select" })
      .click();
    await expect.element(row(/Invoice 2291/)).toHaveAttribute("aria-selected", "true");
    await expect.element(said(/^1 selected$/)).toBeVisible();
    const far = row(/Granite/).getByRole("checkbox", { name: "Select" });
    await far.click({ modifiers: ["Shift"] });
    await expect.element(said(/^5 selected$/)).toBeVisible();
    await userEvent.keyboard("{Escape}");
    expect(document.querySelectorAll("[aria-selected=true]")).toHaveLength(0);
    row(/Invoice 2291/)
      .element()
      .focus();
    await userEvent.keyboard("x");
    await expect.element(said(/^1 selected$/)).toBeVisible();
    await userEvent.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    await expect.element(said(/^3 selected$/)).toBeVisible();
    await userEvent.keyboard("{Shift>}{ArrowUp}{/Shift}");
    await expect.element(said(/^2 selected$/)).toBeVisible();
    await userEvent.keyboard(" ");
    await expect.element(said(/^1 selected$/)).toBeVisible();
  });

  test("by what they are: * and a letter", async () => {
    await begin();
    await userEvent.keyboard("*u");
    await expect.element(said(/^4 selected$/)).toBeVisible();
    await userEvent.keyboard("*s");
    await expect.element(said(/^2 selected$/)).toBeVisible();
    await userEvent.keyboard("*n");
    await expect
      .element(page.getByRole("checkbox", { name: "Select all" }))
      .toHaveAttribute("aria-checked", "false");
  });

  test("all of the place, however long, as one thing", async () => {
    await begin();
    await page.getByRole("checkbox", { name: "Select all" }).click();
    await page.getByRole("button", { name: "Select all 150 in Inbox" }).click();
    await expect.element(said(/^150 selected$/)).toBeVisible();
    await row(/Invoice 2291/)
      .getByRole("checkbox", { name: "Select" })
      .click();
    await expect.element(said(/^149 selected$/)).toBeVisible();
    await button("Archive").click();
    await expect.element(said("149 conversations archived")).toBeVisible();
    expect(triages()).toEqual([
      { act: { do: "move", to: "archive" }, on: { place: "inbox", except: ["c2"] } },
    ]);
    await vi.waitFor(() => expect(document.querySelectorAll("[role=row]")).toHaveLength(1));
    await userEvent.keyboard("z");
    await expect.element(row(/Harbour survey/)).toBeVisible();
  });

  test("many are called brought back when they are", async () => {
    let isBack: () => void = () => undefined;
    const undo = () => new Promise<never>((resolve) => (isBack = () => resolve(null as never)));
    await withWorker({ undo });
    await page.getByRole("checkbox", { name: "Select all" }).click();
    await button("Archive").click();
    await expect.element(said(/^\d+ conversations archived$/)).toBeVisible();
    await userEvent.keyboard("z");
    await expect.element(row(/Harbour survey/)).toBeVisible();
    await vi.waitFor(() => expect(api.runs.at(-1)?.command).toBe("undo"));
    expect(said(/^Undone/).query()).toBeNull();
    isBack();
    await expect.element(said(/^Undone: \d+ conversations archived$/)).toBeVisible();
  });
});

describe("acts", () => {
  test("e takes the row away before the worker has answered, z puts it back; the focus stays where it was", async () => {
    await begin();
    row(/Invoice 2291/)
      .element()
      .focus();
    const before = document.querySelectorAll("[role=row]").length;
    dispatchKey("e");
    await Promise.resolve();
    await vi.waitFor(() => expect(row(/Invoice 2291/).query()).toBeNull());
    expect(focused()).toMatch(/Lantern/);
    await expect.element(said(/^Archived$/)).toBeVisible();
    await userEvent.keyboard("z");
    await expect.element(row(/Invoice 2291/)).toBeVisible();
    await expect.element(said("Undone: archived")).toBeVisible();
    await vi.waitFor(() =>
      expect(api.runs).toContainEqual({ command: "undo", args: { id: "s1" } }),
    );
    expect(document.querySelectorAll("[role=row]").length).toBe(before);
  });

  test("what could not be kept comes back, and that is said", async () => {
    await withWorker({ triage: () => Promise.reject(new Error("full")) });
    await expect.element(row(/Invoice 2291/)).toBeVisible();
    await begin();
    row(/Invoice 2291/)
      .element()
      .focus();
    await userEvent.keyboard("e");
    await expect.element(said(/nothing was changed/)).toBeVisible();
    await expect.element(row(/Invoice 2291/)).toBeVisible();
  });

  test("many at once by the toolbar's buttons, with one word and a way back", async () => {
    await begin();
    await row(/Invoice 2291/)
      .getByRole("checkbox", { name: "Select" })
      .click();
    await row(/Granite/)
      .getByRole("checkbox", { name: "Select" })
      .click();
    await button("Report spam").click();
    await expect.element(said("2 conversations reported as spam")).toBeVisible();
    expect(row(/Granite/).query()).toBeNull();
    await button("Undo").click();
    await expect.element(row(/Granite/)).toBeVisible();
  });

  test("steps are taken back one after another, newest first", async () => {
    await begin();
    row(/Harbour survey/)
      .element()
      .focus();
    await userEvent.keyboard("eee");
    await vi.waitFor(() => expect(row(/Lantern/).query()).toBeNull());
    await userEvent.keyboard("zzz");
    await vi.waitFor(() => expect(world.steps).toHaveLength(0));
    await expect.element(row(/Harbour survey/)).toBeVisible();
    await vi.waitFor(() =>
      expect(document.querySelector('[aria-rowindex="1"]')?.textContent).toContain("Harbour"),
    );
    expect(button("Undo").element()).toHaveProperty("disabled", true);
  });

  test("the first step comes back before the worker has answered anything", async () => {
    await withWorker({ triage: () => new Promise(() => undefined) });
    await begin();
    expect(button("Undo").element()).toHaveProperty("disabled", true);
    row(/Harbour survey/)
      .element()
      .focus();
    await userEvent.keyboard("e");
    await vi.waitFor(() => expect(row(/Harbour survey/).query()).toBeNull());
    await expect.element(button("Undo")).toBeEnabled();
    await userEvent.keyboard("z");
    await expect.element(row(/Harbour survey/)).toBeVisible();
    await expect.element(said("Undone: archived")).toBeVisible();
    expect(button("Undo").element()).toHaveProperty("disabled", true);
  });

  test("what is done again while the first is still taken back is done after it", async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    let acts = 0;
    await withWorker({
      triage: async () => {
        const id = `mine-${++acts}`;
        if (acts === 1) await held;
        return { count: 1, undo: id };
      },
      undo: () => Promise.resolve(null),
    });
    await begin();
    row(/Harbour survey/)
      .element()
      .focus();
    await userEvent.keyboard("szs");
    const runs = () => api.runs.filter(({ command }) => /triage|undo/.test(command));
    expect(runs()).toHaveLength(1);
    answer();
    await vi.waitFor(() => expect(runs()).toHaveLength(3));
    expect(runs().map(({ command }) => command)).toEqual(["triage", "undo", "triage"]);
  });

  test("steps long past come back as fast as z is pressed, however far behind the worker is", async () => {
    await withWorker({ undo: () => new Promise(() => undefined) });
    await begin();
    row(/Harbour survey/)
      .element()
      .focus();
    await userEvent.keyboard("eee");
    await vi.waitFor(() => expect(world.steps).toHaveLength(3));
    await expect.element(button("Undo")).toBeEnabled();
    const later = Date.now() + 60_000;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => later);
    onTestFinished(() => clock.mockRestore());
    await userEvent.keyboard("zzz");
    for (const name of [/Harbour survey/, /Invoice 2291/, /Lantern/])
      await expect.element(row(name)).toBeVisible();
  });

  test("spam of one person offers to block them", async () => {
    await begin();
    row(/Invoice 2291/)
      .element()
      .focus();
    await userEvent.keyboard("!");
    await page.getByRole("button", { name: "Block sender" }).click();
    await vi.waitFor(() =>
      expect(api.runs).toContainEqual({
        command: "block",
        args: { jid: "invoices@orchard.example" },
      }),
    );
  });

  test("a place offers what makes sense there", async () => {
    world.rows["trash"] = triagedRows().slice(1, 2);
    location.hash = "#/trash";
    await begin();
    await page.getByRole("checkbox", { name: "Select all" }).click();
    await expect.element(button("Move to Inbox")).toBeVisible();
    expect(page.getByRole("button", { name: "Snooze" }).query()).toBeNull();
    await button("Delete forever").click();
    const dialog = page.getByRole("dialog", { name: "Delete forever?" });
    await expect.element(dialog.getByText(/example\.org keeps its own copy/)).toBeVisible();
    await dialog.getByRole("button", { name: "Delete forever" }).click();
    await expect.element(said("Deleted forever")).toBeVisible();
  });

  test("a long act tells how far it is", async () => {
    await begin();
    world.progress = { act: "archive", done: 1200, total: 10_000 };
    api.touch();
    await expect
      .element(page.getByRole("progressbar", { name: "Archiving 1,200 of 10,000" }))
      .toBeVisible();
  });
});

describe("pickers", () => {
  beforeEach(begin);

  test("v, a few letters and Enter move; the focus goes back to the list", async () => {
    row(/Invoice 2291/)
      .element()
      .focus();
    await userEvent.keyboard("v");
    const dialog = page.getByRole("dialog", { name: "Move to" });
    await expect.element(dialog.getByRole("option", { name: "House" })).toBeVisible();
    expect(dialog.getByRole("option", { name: "Inbox" }).query()).toBeNull();
    await userEvent.keyboard("rec{Enter}");
    await expect.element(said("Moved to Receipts 🧾")).toBeVisible();
    expect(triages()).toEqual([{ act: { do: "move", to: "f2" }, on: { conversations: ["c2"] } }]);
    await vi.waitFor(() => expect(focused()).toMatch(/Lantern/));
  });

  test("a folder that is not there yet is made on the way", async () => {
    row(/Invoice 2291/)
      .element()
      .focus();
    await userEvent.keyboard("v");
    await userEvent.keyboard("Steuer 2026");
    await page.getByRole("option", { name: "New folder Steuer 2026" }).click();
    await expect.element(said("Moved to Steuer 2026")).toBeVisible();
    expect(api.runs).toContainEqual({
      command: "saveLabel",
      args: { kind: "folder", name: "Steuer 2026" },
    });
  });

  test("tags are ticked, half where some have them, and made", async () => {
    await row(/Invoice 2291/)
      .getByRole("checkbox", { name: "Select" })
      .click();
    await row(/Lantern/)
      .getByRole("checkbox", { name: "Select" })
      .click();
    await userEvent.keyboard("l");
    const dialog = page.getByRole("dialog", { name: "Tag" });
    const work = dialog.getByRole("checkbox", { name: "Work" });
    await expect.element(work).toHaveAttribute("aria-checked", "mixed");
    await work.click();
    await expect.element(work).toHaveAttribute("aria-checked", "true");
    await expect.element(row(/Lantern.*, Work, /)).toBeVisible();
    await dialog.getByRole("textbox").fill("Später");
    await userEvent.keyboard("{Enter}");
    await expect
      .element(dialog.getByRole("checkbox", { name: "Später" }))
      .toHaveAttribute("aria-checked", "true");
    await userEvent.keyboard("{Escape}");
    expect(dialog.query()).toBeNull();
  });

  test("of many tags long names stand whole, one below the other", async () => {
    const [first] = someLabels() as [LabelView];
    const names = ["2025", "2026"].map(
      (year) => `Invoices of the harbour and its lighthouse, all of the year ${year}`,
    );
    for (let n = 0; n < 20; n++) names.push(`Plain ${n}`);
    world.labels = names.map((name, n) => ({ ...first, id: `n${n}`, kind: "tag", name }));
    api.touch();
    row(/Invoice 2291/)
      .element()
      .focus();
    await userEvent.keyboard("l");
    const dialog = page.getByRole("dialog", { name: "Tag" });
    await expect.element(dialog.getByRole("checkbox", { name: names[1] as string })).toBeVisible();
    const chips = [...dialog.element().querySelectorAll(".picker-item .tag-chip")];
    const ends = chips.map((chip) => chip.getBoundingClientRect());
    for (const [n, chip] of chips.entries()) {
      expect(chip.scrollWidth).toBeLessThanOrEqual(chip.clientWidth);
      expect(ends[n]!.top).toBeGreaterThanOrEqual((ends[n - 1]?.bottom ?? 0) + 8);
    }
  });

  test("snooze takes a usual time, or one that is typed, and shows what it understood", async () => {
    row(/Invoice 2291/)
      .element()
      .focus();
    await userEvent.keyboard("b");
    const dialog = page.getByRole("dialog", { name: "Snooze until" });
    for (const name of ["Later today", "Tomorrow", "This weekend", "Next week"])
      await expect.element(dialog.getByRole("option", { name, exact: true })).toBeVisible();
    await userEvent.keyboard("2031-01-05 14:30");
    await expect
      .element(dialog.getByRole("textbox", { name: "Date or time" }))
      .toHaveValue("2031-01-05 14:30");
    // Enter takes what is typed, and no usual time looks as if it did.
    for (const option of dialog.getByRole("option").elements())
      expect(getComputedStyle(option).backgroundColor).toBe("rgba(0, 0, 0, 0)");
    await expect
      .element(dialog.getByRole("status").getByText(/January.*2031.*(14:30|2:30)/))
      .toBeVisible();
    await userEvent.keyboard("{Enter}");
    await expect.element(said(/^Snoozed until/)).toBeVisible();
    expect(triages()).toEqual([
      {
        act: { do: "snooze", until: new Date(2031, 0, 5, 14, 30).getTime() },
        on: { conversations: ["c2"] },
      },
    ]);
    await userEvent.keyboard("b");
    await expect.element(dialog).toBeVisible();
    await userEvent.keyboard("whenever{Enter}");
    await expect.element(dialog.getByRole("status").getByText(/Not understood/)).toBeVisible();
    expect(dialog.getByRole("button", { name: "Snooze" }).query()).toBeNull();
    expect(triages()).toHaveLength(1);
    // By hand.
    await dialog.getByRole("textbox", { name: "Date or time" }).fill("2031-01-06");
    await dialog.getByRole("button", { name: "Snooze" }).click();
    await vi.waitFor(() => expect(triages()).toHaveLength(2));
  });
});

describe("reading", () => {
  beforeEach(async () => {
    await begin();
    await userEvent.click(row(/Invoice 2291/));
    await expect
      .element(page.getByRole("heading", { level: 2, name: "Invoice 2291" }))
      .toBeVisible();
  });

  test("e archives what is open and goes back to the list, or on to the older one", async () => {
    await userEvent.keyboard("e");
    await vi.waitFor(() => expect(location.hash).toBe("#/inbox"));
    await userEvent.keyboard("z");
    world.preferences = { ...world.preferences, afterArchiving: "older" };
    api.touch();
    await userEvent.click(row(/Invoice 2291/));
    await expect
      .element(page.getByRole("heading", { level: 2, name: "Invoice 2291" }))
      .toBeVisible();
    await userEvent.keyboard("e");
    await expect
      .element(page.getByRole("heading", { level: 2, name: "Lantern prototypes" }))
      .toBeVisible();
    expect(row(/Invoice 2291/).query()).toBeNull();
    expect(triages()).toContainEqual({
      act: { do: "move", to: "archive" },
      on: { conversations: ["c2"] },
    });
  });

  test("[ goes on to the newer one; the toolbar's buttons do the same as the keys", async () => {
    await userEvent.keyboard("[[");
    await expect
      .element(page.getByRole("heading", { level: 2, name: /Harbour survey/ }))
      .toBeVisible();
    const bar = page.getByRole("toolbar", { name: "Conversation" });
    await bar.getByRole("button", { name: "Star" }).click();
    await expect
      .element(bar.getByRole("button", { name: "Star" }))
      .toHaveAttribute("aria-pressed", "true");
    await bar.getByRole("button", { name: "Delete" }).click();
    await expect.element(said("Moved to Trash")).toBeVisible();
  });
});

describe("tags and folders", () => {
  test("are places with names of their own and counts", async () => {
    const tags = page.getByRole("navigation", { name: "Tags" });
    await tags.getByRole("link", { name: "Work, 2 unread" }).click();
    await expect.element(page.getByRole("heading", { level: 2, name: "Work" })).toBeVisible();
    expect(location.hash).toBe("#/tag/t1");
    await expect.element(page.getByText("No mail has this tag")).toBeVisible();
    expect(document.title).toMatch(/Work/);
    location.hash = "#/folder/unknown";
    await expect
      .element(page.getByRole("heading", { level: 1, name: "Nothing here" }))
      .toBeVisible();
    expect(document.title).toMatch(/Nothing here/);
    await page.getByRole("link", { name: "Go to Inbox" }).click();
    await expect.element(row(/Harbour survey/)).toBeVisible();
  });

  test("are made, renamed, refused in words, deleted after what becomes of the mail was said", async () => {
    await page.getByRole("button", { name: "New folder" }).click();
    let dialog = page.getByRole("dialog", { name: "New folder" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("Club");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect.element(dialog.getByRole("alert").getByText(/one of this name/)).toBeVisible();
    await dialog.getByRole("textbox", { name: "Name" }).fill("कागज़ात 📁");
    await dialog.getByRole("radio", { name: "Teal" }).click();
    await dialog.getByRole("combobox", { name: "Inside" }).selectOptions("House");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect.element(page.getByRole("link", { name: "कागज़ात 📁" })).toBeVisible();
    expect(api.runs).toContainEqual({
      command: "saveLabel",
      args: { kind: "folder", name: "कागज़ात 📁", hue: 195, inside: "f1" },
    });
    await page.getByRole("button", { name: "Options for Club" }).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    dialog = page.getByRole("dialog", { name: "Folder Club" });
    await expect.element(dialog.getByRole("textbox", { name: "Name" })).toHaveFocus();
    await userEvent.keyboard("Verein{Enter}");
    await expect.element(page.getByRole("link", { name: "Verein" })).toBeVisible();
    await page.getByRole("button", { name: "Options for House" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const sure = page.getByRole("dialog", { name: "Delete House?" });
    await expect.element(sure.getByText(/Its 12 conversations go to Archive/)).toBeVisible();
    await sure.getByRole("button", { name: "Delete" }).click();
    await vi.waitFor(() => expect(page.getByRole("link", { name: /^House/ }).query()).toBeNull());
  });
});

test("a finger: held still it chooses, to the right it archives, moved back it does nothing", async () => {
  await page.viewport(390, 844);
  await begin();
  const element = row(/Invoice 2291/).element();
  const pointer = (type: string, x: number): void => {
    const init = { bubbles: true, pointerId: 1, pointerType: "touch", clientX: x, clientY: 100 };
    element.dispatchEvent(new PointerEvent(type, init));
  };
  element.setPointerCapture = () => undefined;
  pointer("pointerdown", 50);
  pointer("pointermove", 90);
  expect(document.querySelector(".swipe-hint")?.textContent).toContain("Archive");
  pointer("pointermove", 52);
  pointer("pointerup", 52);
  expect(triages()).toHaveLength(0);
  await vi.waitFor(() => expect(document.querySelector(".swipe-hint")).toBeNull());
  pointer("pointerdown", 50);
  pointer("pointermove", 90);
  pointer("pointermove", 250);
  pointer("pointerup", 250);
  await expect.element(said(/^Archived$/)).toBeVisible();
  const next = row(/Lantern/).element();
  next.dispatchEvent(
    new PointerEvent("pointerdown", { bubbles: true, pointerId: 2, pointerType: "touch" }),
  );
  await expect.element(said(/^1 selected$/)).toBeVisible();
});

function dispatchKey(key: string): void {
  const init = { key, code: `Key${key.toUpperCase()}`, bubbles: true, cancelable: true };
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", init));
}
