/** Who sent it, as a person sees it: warnings, blocking, the menu of a message, its source. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Locator, page, userEvent } from "vitest/browser";
import type { MessageView } from "../../src/api/contract.ts";
import { type Jid, parseJid } from "../../src/mail/address.ts";
import { createFixtureApi, createWorld, message, type World } from "./fixtures.ts";
import { mount, unmount } from "./stage.tsx";

let world: World;
let api: ReturnType<typeof createFixtureApi>;
const note = () => page.getByRole("note", { name: "Sender warning" });
const more = () => page.getByRole("button", { name: "More", exact: true });
const focused = (): string => document.activeElement?.textContent ?? "";

beforeEach(async () => {
  await page.viewport(1280, 800);
  localStorage.clear();
  sessionStorage.clear();
});
afterEach(() => {
  vi.restoreAllMocks();
  unmount();
});

async function show(
  odd: Partial<MessageView>,
  sender: World["sender"] = {},
  rest: Partial<World> = {},
): Promise<void> {
  world = createWorld({ odd, sender, ...rest });
  api = createFixtureApi(world, {
    block: () => ({ ok: world.sender.isOffered !== false, host: "example.org" }),
  });
  mount(api, "#/t/odd");
  await expect.element(page.getByRole("article")).toBeVisible();
}

async function says(locator: Locator, text: RegExp): Promise<void> {
  await vi.waitFor(() => expect(locator.element().textContent).toMatch(text), { timeout: 10_000 });
}

function from(address: string, nick: string, name = nick): Partial<MessageView> {
  return { from: { jid: parseJid(address) as Jid, name }, claimedName: nick, isStranger: true };
}

describe("warnings", () => {
  test("an honest sender has none, and the full address stands beside the name", async () => {
    await show(from("nadia@harbour.example", "Nadia"));
    await expect.element(page.getByText("nadia@harbour.example").first()).toBeVisible();
    expect(note().query()).toBeNull();
  });

  test.each([
    ["x@evil.example", "bob@bank.example", /contains another address, “bob@bank.example”/],
    [
      "bob\\40bank.example@evil.tld",
      "Bob",
      /reads like “bob@bank.example”, but its server is evil.tld/,
    ],
    ["x@evil.example", "Вob", /name mixes letters .* “Вob”/],
    ["bob@аррӏе.com", "Bob", /looks like “apple.com” and is another one: xn--80ak6aa92e.com/],
    ["bob@münchen.example", "Bob", /In plain letters the domain is xn--mnchen-3ya.example/],
  ])("%s, who says %s", async (address, nick, text) => {
    await show(from(address, nick));
    await says(note(), text);
    await expect.element(page.getByRole("article").getByText(address).first()).toBeVisible();
  });

  test("several stand in one note, worst first; what my contacts tell is among them", async () => {
    const bob = "bob@bank.example" as Jid;
    await show({
      ...from("b0b@bank.example", "Bob \u202Eevil", "Bob evil"),
      replyTo: [{ jid: "x@evil.example" as Jid, name: "x" }],
      stranger: { namesakes: [bob], lookAlikes: [bob], isOutsider: true },
    });
    await vi.waitFor(() => {
      const lines = [...document.querySelectorAll("[role=note] li")].map((li) => li.textContent);
      expect(lines).toEqual([
        "This address looks like bob@bank.example, whom you know, and is another one.",
        "You know bob@bank.example by this name; this is another address.",
        "The name contains characters nobody can see; they are left out here.",
        "It refers to a conversation in which this sender has no part.",
        "Replies go to x@evil.example",
      ]);
    });
    expect(note().elements()).toHaveLength(1);
  });

  test("the people of a message say who vouches for the domain", async () => {
    await show(from("bob@bank.example", "Bob"));
    await page
      .getByRole("button", { name: "Show recipients" })
      .or(page.getByText(/^to /))
      .first()
      .click();
    await expect.element(page.getByText("example.org vouches for bank.example")).toBeVisible();
  });
});

describe("addresses", () => {
  /** Nothing that turns or hides, but the isolates that keep right-to-left letters where they are. */
  const STRANGE = /[\u202A-\u202E\u200B-\u200F\u3164\uFEFF]/;
  const sly = "בוב\u3164@evil.example";
  const shown = "בוב<U+3164>@evil.example";

  test("a folded message says name and full address, wherever it is cut", async () => {
    const bob = { jid: "bob@bank.example" as Jid, name: "Bob" };
    const first = message({ at: 1, from: bob, to: [], subject: "One", body: "one" });
    const last = message({ at: 2, from: bob, to: [], subject: "Two", body: "two" });
    world = createWorld({ messages: [first, last] });
    api = createFixtureApi(world);
    mount(api, "#/t/one");
    await expect.element(page.getByRole("article").first(), { timeout: 10_000 }).toBeVisible();
    const folded = page.getByRole("article").first().getByRole("button", { expanded: false });
    await says(folded, /^Bob bob@bank\.example/);
    await expect.element(folded.getByText("bob@bank.example")).toBeVisible();
    // A long one is longer, not less.
    const address = folded.getByText("bob@bank.example").element();
    const line = folded.element();
    expect(address.scrollWidth).toBeLessThanOrEqual(line.clientWidth);
    expect(getComputedStyle(address.parentElement ?? address).overflow).toBe("visible");
  });

  test("whatever prints one shows it whole, from left to right, with nothing unseen", async () => {
    await show({
      ...from(sly, "", shown),
      direction: "in",
      problem: "gone: \u202Esee elsewhere",
    });
    await says(page.getByRole("article"), new RegExp(shown.replace("+", "\\+")));
    await says(note(), /The address contains characters nobody can see/);
    await page.getByText(/^to /).first().click();
    for (const element of document.querySelectorAll(".article bdi"))
      if (element.textContent.includes("evil.example"))
        expect(getComputedStyle(element).direction).toBe("ltr");
    await more().click();
    await page.getByRole("menuitem", { name: "Block sender" }).click();
    const toast = page.getByRole("status").filter({ hasText: "Blocking" });
    await says(toast, /^Blocking \u2066בוב<U\+3164>@evil\.example\u2069$/);
    await page.getByRole("button", { name: "Technical details" }).first().click();
    await expect.element(page.getByText("gone: <U+202E>see elsewhere")).toBeVisible();
    expect(document.body.innerText).not.toMatch(STRANGE);
    expect(document.title).not.toMatch(STRANGE);
    const labels = [...document.querySelectorAll("[aria-label], [title]")];
    for (const element of labels)
      expect(`${element.ariaLabel ?? ""} ${element.getAttribute("title") ?? ""}`).not.toMatch(
        STRANGE,
      );
  });

  test("the composer warns of a recipient as the reader does of a sender", async () => {
    world = createWorld();
    api = createFixtureApi(world);
    mount(api);
    await page.getByRole("button", { name: "Compose" }).first().click();
    await expect
      .element(page.getByRole("dialog", { name: "New message" }), { timeout: 10_000 })
      .toBeVisible();
    const field = page.getByRole("combobox", { name: "To" });
    await field.fill("bob@bank.example,");
    await expect
      .element(page.getByRole("listitem", { name: /bob@bank/ }), { timeout: 10_000 })
      .toBeVisible();
    const warned = page.getByRole("note", { name: "Recipient warning" });
    expect(warned.query()).toBeNull();
    await field.fill(`bob@аррӏе.com, Bo\u200Bb <${sly}>,`);
    await says(warned, /bob@аррӏе\.com: The domain looks like “apple\.com” and is another one/);
    await says(warned, /The name contains characters nobody can see/);
    await says(warned, /The address contains characters nobody can see: /);
    await expect
      .element(page.getByRole("listitem", { name: `Bob <${shown}>`, exact: true }))
      .toBeVisible();
    await expect.element(page.getByRole("button", { name: `Remove ${shown}` })).toBeVisible();
    await page.getByRole("textbox", { name: "Subject" }).fill("invoice\u202Egnp.exe");
    await vi.waitFor(() =>
      expect(document.querySelector(".composer-title")?.textContent).toBe("invoicegnp.exe"),
    );
    await field.fill("x\u202Ey");
    await page.getByRole("textbox", { name: "Message" }).click();
    await expect.element(page.getByText(/“xy” is not an address/)).toBeVisible();
    expect(document.body.innerText).not.toMatch(STRANGE);
  });
});

describe("blocking", () => {
  test("a blocked sender is said so, with the way back", async () => {
    await show(from("bob@bank.example", "Bob"), {
      block: { entry: "bob@bank.example", state: "blocked" },
      canReport: true,
    });
    const blocked = page.getByRole("note", { name: "Blocked sender" });
    await says(blocked, /You blocked this sender/);
    await blocked.getByRole("button", { name: "Report as spam" }).click();
    await blocked.getByRole("button", { name: "Unblock" }).click();
    await vi.waitFor(() => {
      const runs = api.runs.filter((run) => run.command !== "markRead");
      expect(runs).toMatchObject([
        { command: "block", args: { jid: "bob@bank.example" } },
        { command: "unblock", args: { entry: "bob@bank.example" } },
      ]);
    });
  });

  test("a server that cannot block is told plainly", async () => {
    await show(from("bob@bank.example", "Bob"), { isOffered: false });
    await more().click();
    await page.getByRole("menuitem", { name: "Block sender" }).click();
    await expect.element(page.getByText(/example\.org does not offer blocking/)).toBeVisible();
  });

  test("the settings list everybody blocked", async () => {
    world = createWorld({
      blocked: {
        host: "example.org",
        isOffered: true,
        canReport: false,
        entries: [
          { entry: "bob@bank.example", state: "blocked" },
          { entry: "evil.example", state: "unblocking" },
        ],
      },
    });
    api = createFixtureApi(world);
    mount(api, "#/settings/blocked");
    await expect.element(page.getByRole("heading", { name: "Blocked senders" })).toBeVisible();
    const list = page.getByRole("list", { name: "Blocked senders" });
    await says(list.getByRole("listitem").first(), /bob@bank.example/);
    await list.getByRole("button", { name: "Unblock bob@bank.example" }).click();
    await vi.waitFor(() =>
      expect(api.runs).toContainEqual({ command: "unblock", args: { entry: "bob@bank.example" } }),
    );
  });
});

describe("the menu of a message", () => {
  test("keys move in it, letters jump, Escape gives the focus back", async () => {
    await show(from("bob@bank.example", "Bob"));
    (more().element() as HTMLElement).focus();
    await userEvent.keyboard("{Enter}");
    await expect.element(page.getByRole("menu", { name: "More" })).toBeVisible();
    const names = [...document.querySelectorAll("[role=menuitem]")].map((item) => item.textContent);
    expect(names).toEqual([
      "Copy link",
      "Print",
      "View source",
      "Mark unread from here",
      "Block sender",
    ]);
    expect(focused()).toBe("Copy link");
    await userEvent.keyboard("{ArrowUp}");
    expect(focused()).toBe("Block sender");
    await userEvent.keyboard("{ArrowDown}{ArrowDown}");
    expect(focused()).toBe("Print");
    await userEvent.keyboard("{End}");
    expect(focused()).toBe("Block sender");
    await userEvent.keyboard("v");
    expect(focused()).toBe("View source");
    await userEvent.keyboard("{Escape}");
    expect(document.querySelector("[role=menu]")).toBeNull();
    expect(document.activeElement).toBe(more().element());
    await userEvent.keyboard("{ArrowUp}");
    expect(focused()).toBe("Block sender");
    await userEvent.keyboard("{Escape}");
    expect(location.hash).toBe("#/t/odd");
  });

  test("Mark unread from here names the message and goes back to the list", async () => {
    await show(from("bob@bank.example", "Bob"));
    await more().click();
    await page.getByRole("menuitem", { name: "Mark unread from here" }).click();
    await vi.waitFor(() => expect(location.hash).toBe("#/inbox"));
    expect(api.runs).toContainEqual({
      command: "triage",
      args: { act: { do: "unread", from: 1 }, on: { conversations: ["c1"] } },
    });
  });

  test("Print shows this message with its headers, and nothing else", async () => {
    const seen: string[] = [];
    vi.spyOn(window, "print").mockImplementation(() => {
      seen.push(document.querySelector(".print-only .print-head")?.textContent ?? "");
      dispatchEvent(new Event("afterprint"));
    });
    await show({ ...from("bob@bank.example", "Bob"), subject: "Odd", body: "Hello" });
    await more().click();
    await page.getByRole("menuitem", { name: "Print" }).click();
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    expect(seen[0]).toMatch(
      /^OddFromBob <bob@bank\.example>ToAlice Marsh <alice@example\.org>Date/,
    );
    expect(document.querySelector(".print-head, .print-only, .print-path")).toBeNull();
  });

  test("View source sets the stanza out in lines and spells out what nobody sees", async () => {
    const xml = "<message to='a@b'><body>one\u202Etwo</body><x xmlns='y'/></message>";
    await show(from("bob@bank.example", "Bob"), {}, { source: { xml, isWhole: false } });
    await more().click();
    await page.getByRole("menuitem", { name: "View source" }).click();
    const dialog = page.getByRole("dialog", { name: "Source" });
    await expect.element(dialog.getByText("Long data is shortened here.")).toBeVisible();
    expect(document.querySelector(".source-xml")?.textContent).toBe(
      "<message to='a@b'>\n  <body>one&#x202E;two</body>\n  <x xmlns='y'/>\n</message>",
    );
    expect(document.querySelectorAll(".source-xml > .xml-name").length).toBeGreaterThan(3);
    await userEvent.keyboard("{Escape}");
    await vi.waitFor(() => expect(document.querySelector("dialog")).toBeNull());
  });

  test.each([
    ["a quarter of a megabyte of elements", `<message>${"<a/>".repeat(64_000)}</message>`],
    ["three thousand levels", `${"<a>".repeat(3000)}${"</a>".repeat(3000)}`],
    [
      "a quarter of a megabyte of one character",
      `<message><body>${"&gt;".repeat(64_000)}</body></message>`,
    ],
    ["what is no XML", "<".repeat(100_000)],
  ])("View source of %s does not stop the page", async (_what, xml) => {
    await show(from("bob@bank.example", "Bob"), {}, { source: { xml, isWhole: true } });
    await more().click();
    await page.getByRole("menuitem", { name: "View source" }).click();
    await expect.element(page.getByRole("dialog", { name: "Source" })).toBeVisible();
    await vi.waitFor(() => expect(document.querySelector(".source-xml")).not.toBeNull());
    expect(document.querySelectorAll(".source-xml *").length).toBeLessThan(7000);
    await page
      .getByRole("dialog", { name: "Source" })
      .getByRole("button", { name: "Close" })
      .click();
    await vi.waitFor(() => expect(document.querySelector("dialog")).toBeNull());
  });
});
