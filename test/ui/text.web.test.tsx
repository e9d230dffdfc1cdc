/** How a message's text is drawn: what becomes of each block, what stands behind a button, what is never made. */
import { expect, test } from "vitest";
import type { MessageView } from "../../src/api/contract.ts";
import { createFixtureApi, createWorld, message, nadia } from "./fixtures.ts";
import { mount } from "./stage.tsx";

type Part = Partial<MessageView>;

/** The article of one message in an open conversation. */
async function article(part: Part): Promise<HTMLElement> {
  const shown = message({ at: Date.now() - 60_000, from: nadia, ...part });
  const api = createFixtureApi(createWorld({ messages: [shown] }));
  const root = mount(api, "#/t/one");
  return expect
    .poll(() => root.querySelector<HTMLElement>("article.open"), { timeout: 30_000 })
    .not.toBeNull()
    .then(() => root.querySelector<HTMLElement>("article.open") as HTMLElement);
}

const text = (root: Element): string => root.querySelector(".text")?.textContent ?? "";
const button = (root: Element, name: string): HTMLButtonElement | undefined =>
  [...root.querySelectorAll("button")].find(
    (b) => (b.getAttribute("aria-label") ?? b.textContent) === name,
  );
const press = (root: Element, name: string): void => {
  const found = button(root, name);
  if (found === undefined) throw new Error(`no button ${name}`);
  found.click();
};

test("message styling: the signs stay, in the text they style, and are not read out", async () => {
  const root = await article({ body: "*strong* _em_ ~gone~ `code`\n> quoted\n```\n  pre\n```" });
  expect(root.querySelector("strong")?.textContent).toBe("*strong*");
  expect(root.querySelector("em")?.textContent).toBe("_em_");
  expect(root.querySelector("s")?.textContent).toBe("~gone~");
  expect(root.querySelector(".text-code")?.textContent).toBe("`code`");
  expect(root.querySelector("blockquote")?.textContent).toBe("quoted");
  expect(root.querySelector("pre")?.textContent).toBe("  pre");
  for (const mark of root.querySelectorAll(".text-mark"))
    expect(mark.getAttribute("aria-hidden")).toBe("true");
});

test("a chat's single line breaks stay, and Markdown is no surprise in it", async () => {
  const body = "1. first\n# not a heading\n[x](https://example.org/)";
  const root = await article({ kind: "chat", body });
  expect(text(root)).toBe(body);
  expect(root.querySelector(".text :is(ol, h4)")).toBeNull();
  expect(getComputedStyle(root.querySelector(".text-p") as Element).whiteSpace).toContain("pre");
});

test("Markdown: headings under the sender's, lists, tables, links that say where they lead", async () => {
  const root = await article({
    format: "markdown",
    body: "# Title\n\n3. a\n4. b\n\n|x|y|\n|-|-|\n|1|2|\n\n[text](https://example.org/p)\n\n![pic](https://example.org/p.png)",
  });
  await expect.poll(() => root.querySelector("h4")?.textContent).toBe("Title");
  expect(root.querySelector("ol")?.getAttribute("start")).toBe("3");
  expect(root.querySelectorAll("td")).toHaveLength(2);
  const [link, picture] = root.querySelectorAll<HTMLAnchorElement>(".text a");
  expect(link).toMatchObject({ textContent: "text", href: "https://example.org/p" });
  expect(link?.rel).toBe("noopener noreferrer nofollow");
  expect(picture?.textContent).toBe("Picture: pic");
  expect(root.querySelector("img")).toBeNull();
});

test("HTML in a text is text, in every format", async () => {
  const body = `<img src=x onerror="alert(1)"> <script>alert(1)</script> [a](javascript:alert(1))`;
  for (const format of ["markdown", "styled", "plain"] as const) {
    const root = await article({ body, format });
    await expect.poll(() => text(root)).toBe(body);
    expect(root.querySelector(".text :is(img, script, a)")).toBeNull();
  }
});

test("“Show as plain text” and “Show formatted” where there is something to switch", async () => {
  const plain = await article({ key: 901, body: "nothing to see https://example.org" });
  expect(button(plain, "Show as plain text")).toBeUndefined();
  const root = await article({ key: 902, body: "> a *b*" });
  press(root, "Show as plain text");
  await expect.poll(() => text(root)).toBe("> a *b*");
  expect(root.querySelector("blockquote")).toBeNull();
  press(root, "Show formatted");
  await expect.poll(() => root.querySelector("blockquote")?.textContent).toBe("a *b*");
});

test("beside Markdown stands the text its sender wrote for others: that is the plain one", async () => {
  const root = await article({ key: 903, format: "markdown", body: "**a**", plain: "A in bold" });
  await expect.poll(() => root.querySelector("strong")?.textContent).toBe("a");
  press(root, "Show as plain text");
  await expect.poll(() => text(root)).toBe("A in bold");
});

test("each block runs its own way", async () => {
  const root = await article({
    format: "markdown",
    body: "שלום\n\nhello\n\n> ציטוט\n\n- אחת\n- שתיים\n\n- one",
  });
  await expect.poll(() => root.querySelector("blockquote")?.dir).toBe("rtl");
  expect(root.querySelector("ul")?.dir).toBe("rtl");
  const [first, second] = root.querySelectorAll(".text-p");
  expect(getComputedStyle(first as Element).direction).toBe("rtl");
  expect(getComputedStyle(second as Element).direction).toBe("ltr");
});

test("one to six emoji alone are large; between words they change no line", async () => {
  const size = (root: Element): string =>
    getComputedStyle(root.querySelector(".text-p") as Element).fontSize;
  for (const few of ["👍", "❤️ 🎉", "👩‍👩‍👧🏳️‍🌈🇩🇪👋🏽1️⃣😀"])
    expect(size(await article({ body: few }))).toBe("40px");
  for (const not of ["ok 👍", "😀😀😀😀😀😀😀", "12", "©", "*"])
    expect(size(await article({ body: not }))).toBe("15px");
  const height = (root: Element): number =>
    (root.querySelector(".text-p") as HTMLElement).offsetHeight;
  const without = height(await article({ body: "one\ntwo\nthree" }));
  expect(height(await article({ body: "one 🏳️‍🌈\ntwo 会議\nthree שלום 🇩🇪" }))).toBe(without);
});

test("the language is said, and only where it is known is a word broken", async () => {
  const hyphens = (root: Element): string =>
    getComputedStyle(root.querySelector(".text") as Element).hyphens;
  const german = await article({ body: "Donaudampfschifffahrt", lang: "de" });
  expect(german.querySelector(".body")?.getAttribute("lang")).toBe("de");
  expect(hyphens(german)).toBe("auto");
  expect(hyphens(await article({ body: "who knows" }))).toBe("manual");
});

test("/me is the sender's name, in mail and in chats", async () => {
  for (const kind of ["mail", "chat"] as const) {
    const root = await article({ kind, body: "/me waves *hard*\nand goes" });
    expect(root.querySelector(".text-me")?.textContent).toBe("* Nadia Rossi waves *hard*");
    expect(root.querySelector(".text-me strong")).not.toBeNull();
    expect(text(root)).toContain("and goes");
  }
  for (const body of ["/meshrugs", " /me shrugs", '"/me shrugs"'])
    expect((await article({ body })).querySelector(".text-me")).toBeNull();
});

test("a spoiler is uncovered on request, and covered again", async () => {
  const root = await article({ body: "they both die", spoiler: "Love story end" });
  expect(root.textContent).not.toContain("they both die");
  const cover = button(root, "Spoiler: Love story end");
  expect(cover?.getAttribute("aria-expanded")).toBe("false");
  cover?.click();
  await expect.poll(() => text(root)).toBe("they both die");
  expect(cover?.getAttribute("aria-expanded")).toBe("true");
  cover?.click();
  await expect.poll(() => root.textContent).not.toContain("they both die");
  expect(button(await article({ body: "x", spoiler: "" }), "Spoiler")).toBeDefined();
});

test("what was put right says so, and what it said before is one button away", async () => {
  const at = Date.UTC(2026, 0, 5, 12);
  const root = await article({
    body: "at eight",
    edited: Date.now(),
    versions: [
      { at, body: "at *six*", quote: "", format: "styled" },
      { at, body: "at seven", quote: "> when?", format: "styled" },
    ],
  });
  expect(root.querySelector(".body-edited")?.textContent).toMatch(/^Edited \d\d:\d\d/);
  expect(root.textContent).not.toContain("at seven");
  press(root, "Show earlier versions");
  await expect.poll(() => root.querySelectorAll(".body-versions > li").length).toBe(2);
  const [first] = root.querySelectorAll(".body-versions > li");
  expect(first?.querySelector("time")?.dateTime).toBe("2026-01-05T12:00:00.000Z");
  expect(first?.querySelector("strong")?.textContent).toBe("*six*");
});

test("a withdrawn message says who withdrew it, and what it said on request only", async () => {
  const root = await article({ body: "secret", retracted: Date.now(), spoiler: "twice" });
  expect(root.querySelector(".article-body .note")?.textContent).toMatch(
    /^Nadia Rossi retracted this message \d\d:\d\d$/,
  );
  expect(root.textContent).not.toContain("secret");
  press(root, "Show what it said");
  await expect.poll(() => button(root, "Spoiler: twice")).toBeDefined();
  press(root, "Spoiler: twice");
  await expect.poll(() => text(root)).toBe("secret");
});

test("quoted text is folded and read as its format says", async () => {
  const root = await article({ body: "fine", quote: "Bob wrote:\n> *so*" });
  expect(root.textContent).not.toContain("Bob wrote");
  press(root, "Show quoted text");
  await expect
    .poll(() => root.querySelector(".body-quote blockquote strong")?.textContent)
    .toBe("*so*");
});

test.each([
  ["words", "lorem ipsum "],
  ["one letter", "x"],
  ["both directions", "aאb"],
  ["marks", "a\u0301\u0301\u0301"],
  ["line ends", "a\n"],
  ["quotes", "> a\n\n"],
  ["signs", "*a* "],
  ["piled marks", "\u0301"],
])(
  "a quarter of a megabyte of %s is drawn to its end",
  async (_name, unit) => {
    const body = `${unit.repeat(250_000 / unit.length)}\n\nThe end.`;
    const root = await article({ body });
    await expect.poll(() => text(root).endsWith("The end."), { timeout: 25_000 }).toBe(true);
  },
  60_000,
);
