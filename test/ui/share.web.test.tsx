/** Links that come in and links that are given away, without a server: the card, the pages, what is copied and saved. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import axe from "axe-core";
import fc from "fast-check";
import decode from "qr/decode.js";
import type { Jid } from "../../src/mail/address.ts";
import { drawQr, pngFile } from "../../src/ui/share/qr-code.tsx";
import {
  conversationsWith,
  createFixtureApi,
  createWorld,
  me,
  sessions,
  type World,
} from "./fixtures.ts";
import type { FakeApi } from "./fake-api.ts";
import { mount, unmount } from "./stage.tsx";

let api: FakeApi;
function open(hash: string, world: Partial<World> = {}): FakeApi {
  api = createFixtureApi(createWorld(world));
  mount(api, hash);
  return api;
}
/** What a link may set off without anybody pressing anything: nothing that changes mail or tells somebody. */
const HARMLESS = ["beginDraft", "lookUp", "markRead", "prepareSignIn"];
/** Where the page is served, and nothing of how it was opened. */
const linkOf = (hash: string): string => `${location.origin}${location.pathname}${hash}`;
const acts = (): string[] =>
  api.runs.map(({ command }) => command).filter((command) => !HARMLESS.includes(command));

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});
afterEach(() => {
  unmount();
  vi.restoreAllMocks();
});

describe("the public card", () => {
  const signedOut = { session: sessions.signedOut };
  const heading = () => page.getByRole("heading", { level: 1 });

  test("names whom it is for, and the ways to write", async () => {
    open("#/to/nadia@harbour.example?subject=Hello%20you&body=One%0ATwo&thread=T", signedOut);
    await expect.element(heading()).toHaveAccessibleName("Write to nadia@harbour.example");
    await expect
      .element(page.getByRole("link", { name: "Open in my XMPP app" }))
      .toHaveAttribute(
        "href",
        "xmpp:nadia@harbour.example?message;subject=Hello%20you;body=One%0ATwo;thread=T",
      );
    const note = page.getByRole("note", { name: "Filled in by a link" });
    await expect.element(note).toBeVisible();
    expect(note.element().textContent).toMatch(/Hello you.*One\s*Two/);
    await expect
      .element(page.getByRole("img", { name: "QR code for nadia@harbour.example" }))
      .toBeVisible();
    expect(page.getByRole("link", { name: "Send an email" }).elements()).toEqual([]);
    expect(page.getByRole("textbox", { name: "Address" }).elements()).toEqual([]);
    expect(document.title).toBe("Write to nadia@harbour.example – Envoi");
    expect(api.runs).toEqual([]);
  });

  test("an email only where the link says so; the name is the link's, the address is told beside it", async () => {
    open(
      "#/to/nadia@harbour.example?name=Nadia%E2%80%AE&mail=n@post.example&subject=a%26b",
      signedOut,
    );
    await expect.element(heading()).toHaveAccessibleName("Write to Nadia");
    await expect.element(page.getByText("nadia@harbour.example", { exact: true })).toBeVisible();
    await expect
      .element(page.getByRole("link", { name: "Send an email" }))
      .toHaveAttribute("href", "mailto:n@post.example?subject=a%26b");
  });

  test("Write here leads to the form, Back to the card", async () => {
    open("#/to/nadia@harbour.example?subject=Hi", signedOut);
    await page.getByRole("link", { name: "Write here" }).click();
    await expect.element(page.getByRole("textbox", { name: "Address" })).toBeVisible();
    expect(location.hash).toBe("#/to/nadia@harbour.example?subject=Hi&write");
    history.back();
    await expect.element(heading()).toHaveAccessibleName("Write to nadia@harbour.example");
  });

  test("a link that names nobody", async () => {
    open("#/to/nobody@", signedOut);
    await expect.element(heading()).toHaveAccessibleName("Nothing here");
    await page.getByRole("link", { name: "Go to Inbox" }).click();
    await expect.element(page.getByRole("textbox", { name: "Address" })).toBeVisible();
  });

  test("a code holds the link, also as a picture; what is too long is said", async () => {
    const text = "https://mail.example/x/#/to/nadia@harbour.example?subject=Ümläut";
    const drawing = drawQr(text);
    const file = drawing === undefined ? null : await pngFile(drawing);
    const bitmap = await createImageBitmap(file ?? new Blob());
    expect(bitmap.width).toBeGreaterThanOrEqual(1024);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    const { data, width, height } = context!.getImageData(0, 0, bitmap.width, bitmap.height);
    expect(decode({ data, width, height })).toBe(text);
    expect(drawQr("x".repeat(5000))).toBeUndefined();
  });
});

describe("links that are followed when signed in", () => {
  test("fill in a message, mark it, and stay where one was", async () => {
    open("#/sent");
    await expect.element(page.getByRole("heading", { level: 1, name: "Sent" })).toBeInTheDocument();
    location.hash = `#/open?uri=${encodeURIComponent("mailto:a@x.test?bcc=b@x.test&subject=S&body=B")}`;
    const composer = page.getByRole("dialog", { name: "New message" });
    await expect.element(composer.getByRole("note", { name: "Filled in by a link" })).toBeVisible();
    await expect
      .element(composer.getByRole("listitem", { name: "b@x.test <b@x.test>" }))
      .toBeVisible();
    await expect.element(composer.getByRole("textbox", { name: "Message" })).toHaveValue("B");
    expect(location.hash).toBe("#/sent");
    expect(acts()).toEqual([]);
  });

  test("a reload brings back what a link filled in, still marked, and nothing was kept for it", async () => {
    open("#/to/a@x.test?subject=S&body=B");
    const note = page.getByRole("note", { name: "Filled in by a link" });
    await expect.element(note).toBeVisible();
    open("#/inbox");
    await expect.element(note).toBeVisible();
    await expect
      .element(page.getByRole("dialog").getByRole("textbox", { name: "Message" }))
      .toHaveValue("B");
    expect(acts()).toEqual([]);
  });

  test("one that asks for more is explained, and nothing is done", async () => {
    open(`#/open?uri=${encodeURIComponent("xmpp:a@x.test?roster;name=A")}`);
    await expect
      .element(page.getByRole("heading", { level: 1, name: "A link asks to add a contact" }))
      .toBeVisible();
    expect(api.runs).toEqual([]);
    await page.getByRole("link", { name: "Write a message" }).click();
    await expect.element(page.getByRole("dialog", { name: "New message" })).toBeVisible();
  });

  test("a person's page lists what there is with them", async () => {
    open("#/person/nadia@harbour.example", { person: conversationsWith() });
    await expect
      .element(page.getByRole("heading", { level: 2, name: "Nadia Rossi" }))
      .toBeVisible();
    await page.getByRole("link", { name: /Harbour survey/ }).click();
    expect(location.hash).toBe("#/t/c1");
  });
});

describe("a permalink that is not here", () => {
  const title = () => page.getByRole("heading", { level: 1, name: "Not in your mailbox" });

  test("asks the archive with what the link says, then tells what can be done", async () => {
    open("#/t/zzz/id-1?with=nadia@harbour.example&at=2026-11-24");
    await expect.element(title()).toBeVisible();
    expect(api.runs).toContainEqual({
      command: "lookUp",
      args: {
        thread: "zzz",
        message: "id-1",
        with: "nadia@harbour.example",
        at: Date.UTC(2026, 10, 24),
      },
    });
    await page.getByRole("button", { name: "Ask nadia@harbour.example" }).click();
    const composer = page.getByRole("dialog", { name: "New message" });
    await expect
      .element(composer.getByRole("textbox", { name: "Message" }))
      .toHaveValue(expect.stringContaining(location.href));
    expect(composer.getByRole("note", { name: "Filled in by a link" }).elements()).toEqual([]);
  });

  test.each([
    ["offline", /You are offline, so example\.org could not be asked/],
    ["no-archive", /example\.org keeps no archive/],
    ["failed", /did not answer/],
  ] as const)("%s", async (state, text) => {
    open("#/t/zzz?at=2026-11-24", { lookUp: { state, isSyncing: false } });
    await expect.element(title()).toBeVisible();
    await expect.element(page.getByText(text)).toBeVisible();
    await expect.element(page.getByRole("link", { name: "Go to Inbox" })).toBeVisible();
    if (state !== "failed") return;
    await page.getByRole("button", { name: "Try again" }).click();
    expect(api.runs.filter(({ command }) => command === "lookUp")).toHaveLength(2);
  });
});

test("an address that may mean several conversations names the others", async () => {
  const others = [
    {
      href: "#/t/c1?with=eve%40bad.example",
      subject: "Another one",
      people: [{ jid: "eve@bad.example" as Jid, name: "Eve" }],
    },
  ];
  open("#/t/odd", { others: { others } });
  const note = page.getByRole("note", { name: "Other conversations" });
  await expect.element(note.getByText("Eve")).toBeVisible();
  expect((await axe.run(document)).violations.map((v) => v.id)).toEqual([]);
  await note.getByRole("link", { name: "Another one" }).click();
  expect(location.hash).toBe("#/t/c1?with=eve%40bad.example");
});

describe("My address", () => {
  const box = (name: string) => page.getByRole("textbox", { name });

  test("makes the link, the snippet and the files of what is typed", async () => {
    open("#/settings/address");
    await box("Subject").fill(`"a" & <b>`);
    await box("Message").fill("Hello\nyou");
    await box("Email address").fill("not an address");
    const hash = `#/to/${me}?subject=%22a%22%20%26%20%3Cb%3E&body=Hello%0Ayou`;
    await expect.element(box("Link")).toHaveValue(linkOf(hash));
    await box("Email address").fill("a@post.example");
    const withMail = `${hash}&mail=a%40post.example`;
    await expect.element(box("Link")).toHaveValue(linkOf(withMail));
    await box("Name").fill(`<script>"&'`);
    const snippet = (box("HTML snippet").element() as HTMLTextAreaElement).value;
    const parsed = new DOMParser().parseFromString(snippet, "text/html");
    expect(parsed.body.children).toHaveLength(1);
    const anchor = parsed.querySelector("a");
    expect(anchor?.attributes).toHaveLength(1);
    expect(anchor?.textContent).toBe(`Write to <script>"&'`);
    expect(anchor?.getAttribute("href")).toBe((box("Link").element() as HTMLTextAreaElement).value);
    await expect.element(page.getByRole("img", { name: `QR code for ${me}` })).toBeVisible();
  });

  test("offers the browser both kinds of links, and says when it refuses", async () => {
    open("#/settings/address");
    const offered: string[][] = [];
    const register = vi
      .spyOn(navigator, "registerProtocolHandler")
      .mockImplementation((...args) => void offered.push(args.map(String)));
    await page.getByRole("button", { name: "Open xmpp: links here" }).click();
    await page.getByRole("button", { name: "Open mailto: links here" }).click();
    expect(offered.map(([scheme]) => scheme)).toEqual(["xmpp", "mailto"]);
    for (const [, url] of offered) expect(url).toMatch(/^http.*#\/open\?uri=%s$/);
    register.mockImplementation(() => {
      throw new DOMException("no", "SecurityError");
    });
    await page.getByRole("button", { name: "Open xmpp: links here" }).click();
    await expect.element(page.getByText("This browser does not let a page do that.")).toBeVisible();
  });
});

test("Copy link puts the web link and the XMPP link on the clipboard, as text and as HTML", async () => {
  const copied: Record<string, string>[] = [];
  vi.spyOn(navigator.clipboard, "write").mockImplementation(async ([item]) => {
    const types = item?.types ?? [];
    const texts = await Promise.all(types.map(async (type) => (await item!.getType(type)).text()));
    copied.push(Object.fromEntries(types.map((type, i) => [type, texts[i] ?? ""])));
  });
  const at = Date.UTC(2026, 10, 24, 23);
  open("#/t/odd", { odd: { id: "a b", at, from: { jid: "bob@x.test" as Jid, name: "Bob" } } });
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Copy link" }).click();
  await expect.element(page.getByText("Link copied")).toBeVisible();
  const web = linkOf("#/t/odd/a%20b?with=bob%40x.test&at=2026-11-24");
  expect(copied[0]?.["text/plain"]).toBe(`${web}\nxmpp:bob@x.test?message;thread=odd`);
  const html = new DOMParser().parseFromString(copied[0]?.["text/html"] ?? "", "text/html");
  expect([...html.querySelectorAll("a")].map((a) => a.getAttribute("href"))).toEqual([
    web,
    "xmpp:bob@x.test?message;thread=odd",
  ]);
});

test("the key copies the link of the message that has the focus", async () => {
  const copied: string[] = [];
  vi.spyOn(navigator.clipboard, "write").mockImplementation(async ([item]) => {
    copied.push(await (await item!.getType("text/plain")).text());
  });
  const at = Date.UTC(2026, 10, 24, 23);
  open("#/t/odd", { odd: { id: "a b", at, from: { jid: "bob@x.test" as Jid, name: "Bob" } } });
  await expect.element(page.getByRole("button", { name: "More", exact: true })).toBeVisible();
  await userEvent.keyboard("{Control>}{Shift>}l{/Shift}{/Control}");
  // The word may still stand there from the test before.
  await expect.element(page.getByText("Link copied")).toBeVisible();
  await expect
    .poll(() => copied[0])
    .toMatch(/#\/t\/odd(\/a%20b)?\?with=bob%40x\.test&at=2026-11-24\n/);
});

test("any address at all: a page, no error, no action", async () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`fast-check seed ${seed}`);
  const errors: unknown[] = [];
  const note = (event: ErrorEvent | PromiseRejectionEvent): void =>
    void errors.push("reason" in event ? event.reason : event.error);
  addEventListener("error", note);
  addEventListener("unhandledrejection", note);
  const words =
    "/ t m to open?uri= person settings inbox drafts?open= ? & = % %00 %E2%80%AE , @ a@x.test xmpp%3A mailto: ?message ?roster ?subscribe ?remove ?command ;action=execute with= at= subject= body= address blocked storage".split(
      " ",
    );
  const part = fc.oneof(fc.constantFrom(...words), fc.string({ unit: "grapheme", maxLength: 4 }));
  const hashes = fc.sample(
    fc.array(part, { maxLength: 7 }).map((parts) => `#/${parts.join("")}`),
    { numRuns: 150, seed },
  );
  for (const session of [sessions.signedIn, sessions.signedOut]) {
    open("#/inbox", { session });
    await expect.poll(() => document.querySelector("main")).not.toBeNull();
    for (const hash of hashes) {
      location.hash = hash;
      await new Promise((resolve) => setTimeout(resolve));
      expect({ hash, main: document.querySelector("main") !== null }).toEqual({ hash, main: true });
    }
    await userEvent.tab();
    expect(acts()).toEqual([]);
  }
  removeEventListener("error", note);
  removeEventListener("unhandledrejection", note);
  expect(errors).toEqual([]);
});
