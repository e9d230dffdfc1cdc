/** Keys that begin chords, the palette, the help and the keys' own settings, in the whole page. */
import { createRoot } from "solid-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { ACTION_IDS, isOffered } from "../../src/ui/keys/actions.ts";
import { createPaletteSource } from "../../src/ui/palette/sources.ts";
import { createFixtureApi, createWorld, rowsOf, type World } from "./fixtures.ts";
import { mount, unmount } from "./stage.tsx";

let world: World;
let api: ReturnType<typeof createFixtureApi>;
const palette = () => page.getByRole("dialog", { name: "Command palette" });
const field = () => page.getByRole("combobox", { name: "Search actions" });
const focused = (): string => document.activeElement?.getAttribute("aria-label") ?? "";

beforeEach(async () => {
  await page.viewport(1280, 800);
  localStorage.clear();
  sessionStorage.clear();
  // Kept in memory, as in any other tab.
  dispatchEvent(new StorageEvent("storage", { key: "envoi-keys" }));
  dispatchEvent(new StorageEvent("storage", { key: "envoi-single-keys" }));
  world = createWorld({ rows: { inbox: rowsOf["inbox"]?.() ?? [] } });
  api = createFixtureApi(world);
  mount(api);
  await expect.element(page.getByRole("row", { name: /Harbour survey/ })).toBeVisible();
});
afterEach(unmount);

async function open(): Promise<void> {
  await userEvent.keyboard("{Control>}k{/Control}");
  await expect.element(palette()).toBeVisible();
  await vi.waitFor(() => expect(focused()).toBe("Search actions"));
}

function chosen(): string {
  const id = field().element().getAttribute("aria-activedescendant") ?? "";
  const option = document.getElementById(id);
  expect(option?.getAttribute("aria-selected")).toBe("true");
  return option?.textContent ?? "";
}

test("Ctrl+K offers what can be done, with its keys; arrows choose, Enter does it, Escape leaves", async () => {
  await userEvent.keyboard("j");
  await vi.waitFor(() => expect(focused()).toMatch(/Invoice 2291/));
  await open();
  await expect.element(page.getByRole("option", { name: /^Compose c$/ })).toBeVisible();
  await expect.element(page.getByRole("option", { name: /^Go to Sent g t$/ })).toBeVisible();
  // Nobody reads a conversation: there is nothing to answer.
  expect(page.getByRole("option", { name: /^Reply/ }).elements()).toEqual([]);
  const first = chosen();
  await userEvent.keyboard("{ArrowDown}");
  expect(chosen()).not.toBe(first);
  await userEvent.keyboard("{ArrowUp}{ArrowUp}");
  expect(chosen()).toBe(page.getByRole("option").elements().at(-1)?.textContent);
  await userEvent.keyboard("go sent");
  await vi.waitFor(() => expect(chosen()).toMatch(/^Go to Sent/));
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => expect(location.hash).toBe("#/sent"));
  expect(palette().elements()).toEqual([]);
  await open();
  await userEvent.keyboard("{Escape}");
  await expect.poll(() => palette().elements()).toEqual([]);
});

test("a key pressed right after a dialog was closed counts, though the focus is still in there", async () => {
  await open();
  const dialog = palette().element() as HTMLDialogElement;
  const input = field().element();
  dialog.close();
  input.dispatchEvent(
    new KeyboardEvent("keydown", { key: "?", code: "Slash", shiftKey: true, bubbles: true }),
  );
  await expect.element(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
});

test("people are there to be written to, sections of the settings to be opened", async () => {
  await open();
  await userEvent.keyboard("nadia");
  await expect.element(page.getByRole("option", { name: /^Write to Nadia Rossi/ })).toBeVisible();
  await userEvent.clear(field());
  await userEvent.keyboard("someone@new.example");
  await expect
    .element(page.getByRole("option", { name: "Write to someone@new.example" }))
    .toBeVisible();
  await userEvent.clear(field());
  await userEvent.keyboard("retention");
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => expect(location.hash).toBe("#/settings/storage"));
});

test("a part of the page adds what it has while it lives", async () => {
  const run = vi.fn<() => void>();
  const dispose = createRoot((end) => {
    createPaletteSource(() => [{ id: "tag:1", kind: "tag", label: "Go to Réunion", run }]);
    return end;
  });
  await open();
  await userEvent.keyboard("reunion");
  await vi.waitFor(() => expect(chosen()).toBe("Go to Réunion"));
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => expect(run).toHaveBeenCalledOnce());
  dispose();
  await open();
  await userEvent.keyboard("reunion");
  await expect.element(page.getByText("Nothing of that name")).toBeVisible();
});

test("tags and folders are places to go to, in the palette and by their chords", async () => {
  world.labels = [
    { id: "t1", kind: "tag", name: "Réunion", hue: 25, depth: 0 },
    { id: "f1", kind: "folder", name: "Boats", hue: 55, depth: 0 },
  ];
  api.touch();
  await expect.element(page.getByRole("link", { name: /^Boats/ })).toBeVisible();
  await userEvent.keyboard("gl");
  await expect.element(palette()).toBeVisible();
  expect(
    page
      .getByRole("option")
      .elements()
      .map((option) => option.textContent),
  ).toEqual(["Go to Réunion"]);
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => expect(location.hash).toBe("#/tag/t1"));
  await open();
  await userEvent.keyboard("folder");
  await vi.waitFor(() => expect(chosen()).toBe("Go to a foldergf"));
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => expect(chosen()).toBe("Go to Boats"));
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => expect(location.hash).toBe("#/folder/f1"));
});

test("every action is somebody's, but those that do not exist", async () => {
  location.hash = "#/t/c1";
  await expect.element(page.getByRole("article").first()).toBeVisible();
  await expect
    .poll(() => ACTION_IDS.filter((id) => !isOffered(id)), { timeout: 15_000 })
    .toEqual(["search"]);
});

test("what fits nothing is said", async () => {
  await open();
  await userEvent.keyboard("qqqq");
  await expect.element(page.getByText("Nothing of that name")).toBeVisible();
  expect(field().element().getAttribute("aria-expanded")).toBe("false");
});

test("in a message that is being written Ctrl+K belongs to the text, in its other fields it opens", async () => {
  await userEvent.keyboard("c");
  const text = page.getByRole("textbox", { name: "Message" });
  await userEvent.click(text);
  await userEvent.keyboard("{Control>}k{/Control}");
  expect(palette().elements()).toEqual([]);
  await userEvent.click(page.getByRole("textbox", { name: "Subject" }));
  await userEvent.keyboard("{Control>}k{/Control}");
  await expect.element(palette()).toBeVisible();
});

test("with single keys off Ctrl+K works on", async () => {
  localStorage.setItem("envoi-single-keys", "off");
  dispatchEvent(new StorageEvent("storage", { key: "envoi-single-keys" }));
  await userEvent.keyboard("gt");
  expect(location.hash).toBe("#/inbox");
  await open();
  await expect.element(page.getByRole("option", { name: /^Compose$/ })).toBeVisible();
});

test("the first key of a chord shows what may follow; a key that may not does nothing", async () => {
  await userEvent.keyboard("g");
  const hints = page.getByRole("note", { name: "Keys after g" });
  await expect.element(hints).toBeVisible();
  await expect.element(hints.getByText("Sent")).toBeVisible();
  // No letter of a chord, and the key that writes.
  await userEvent.keyboard("j");
  expect(hints.elements()).toEqual([]);
  expect(focused()).toBe("");
  await userEvent.keyboard("gt");
  await vi.waitFor(() => expect(location.hash).toBe("#/sent"));
});

test("a chord waits a second, and no longer", async () => {
  await userEvent.keyboard("g");
  const hints = page.getByRole("note", { name: "Keys after g" });
  await expect.element(hints).toBeVisible();
  await expect.poll(() => hints.elements(), { timeout: 5000 }).toEqual([]);
  await userEvent.keyboard("t");
  expect(location.hash).toBe("#/inbox");
});

test("a key of one's own: the loser is named, the help and the list go by it, reset takes it back", async () => {
  location.hash = "#/settings/keys";
  await userEvent.click(page.getByRole("button", { name: "Change the key of Compose" }));
  const dialog = page.getByRole("dialog", { name: "Key for Compose" });
  await vi.waitFor(() => expect(focused()).toBe("New key"));
  await userEvent.keyboard("j");
  await expect
    .element(dialog.getByRole("alert"))
    .toHaveTextContent("j is the key of Next, older conversation, which would lose it.");
  await userEvent.click(dialog.getByRole("button", { name: "Use it here" }));
  await userEvent.click(page.getByRole("heading", { level: 2, name: "Settings" }));
  await userEvent.keyboard("j");
  await expect.element(page.getByRole("dialog", { name: "New message" })).toBeVisible();
  await userEvent.keyboard("{Escape}");
  await userEvent.keyboard("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect.element(help).toBeVisible();
  const line = [...help.element().querySelectorAll("dl > div")].map((div) => div.textContent);
  expect(line).toContain("Composej");
  expect(line.filter((text) => text.startsWith("Next, older"))).toEqual([]);
  await userEvent.keyboard("{Escape}");
  await userEvent.click(page.getByRole("button", { name: "Reset all" }));
  expect(JSON.parse(localStorage.getItem("envoi-keys") ?? "{}")).toEqual({
    preset: "gmail",
    own: {},
  });
});

test("with single keys off the settings show them as off, and no others", async () => {
  location.hash = "#/settings/keys";
  await userEvent.click(page.getByRole("switch", { name: "Single-key shortcuts" }));
  const capsOf = (what: string) =>
    [
      ...page
        .getByRole("button", { name: `Change the key of ${what}` })
        .element()
        .parentElement!.querySelectorAll("kbd"),
    ].map((cap) => [cap.textContent, getComputedStyle(cap).borderTopStyle]);
  await vi.waitFor(() =>
    expect(capsOf("Undo")).toEqual([
      ["z", "dashed"],
      ["Ctrl+Z", "solid"],
    ]),
  );
  expect(capsOf("Go to Inbox").map(([, border]) => border)).toEqual(["dashed", "dashed"]);
});

test("another program's keys", async () => {
  location.hash = "#/settings/keys";
  await userEvent.selectOptions(page.getByRole("combobox", { name: "Key preset" }), "Outlook");
  await userEvent.click(page.getByRole("heading", { level: 2, name: "Settings" }));
  await userEvent.keyboard("n");
  await expect.element(page.getByRole("dialog", { name: "New message" })).toBeVisible();
});

test("the settings are searched by their words, across sections", async () => {
  location.hash = "#/settings";
  const search = page.getByRole("searchbox", { name: "Search settings" });
  await userEvent.fill(search, "archiving");
  await expect.element(page.getByRole("combobox", { name: "After archiving" })).toBeVisible();
  await userEvent.fill(search, "spam");
  await expect.element(page.getByRole("heading", { level: 3, name: "Keys" })).toBeVisible();
  await expect
    .element(page.getByRole("button", { name: "Change the key of Report spam" }))
    .toBeVisible();
  await expect.element(page.getByRole("heading", { name: "Blocked senders" })).toBeVisible();
  expect(page.getByRole("radiogroup", { name: "Theme" }).elements()).toEqual([]);
  await userEvent.fill(search, "xyzzy");
  await expect.element(page.getByText("No setting has “xyzzy” in its words.")).toBeVisible();
  await userEvent.click(page.getByRole("button", { name: "Show all settings" }));
  await expect.element(page.getByRole("radiogroup", { name: "Theme" })).toBeVisible();
});

test("a preference is set, and what goes by it does", async () => {
  location.hash = "#/settings/reading";
  await userEvent.selectOptions(
    page.getByRole("combobox", { name: "After archiving" }),
    "The next older conversation",
  );
  await vi.waitFor(() =>
    expect(api.runs).toContainEqual({
      command: "setPreference",
      args: { name: "afterArchiving", value: "older" },
    }),
  );
});
