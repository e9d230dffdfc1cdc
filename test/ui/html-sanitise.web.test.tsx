/** Foreign HTML through the sanitiser and into the frame: nothing runs, nothing is asked for, nothing fails. */
import { render } from "solid-js/web";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HtmlFrame } from "../../src/ui/reader/html/frame.tsx";
import {
  ALLOWED_ATTRIBUTES,
  ALLOWED_LINKS,
  ALLOWED_TAGS,
  INLINE_IMAGE,
} from "../../src/ui/reader/html/allowed.ts";
import { sanitise } from "../../src/ui/reader/html/sanitise.ts";
import { scanHtml } from "../../src/ui/reader/html/scan.ts";
import { textOf } from "../../src/ui/reader/html/text-of.ts";
import { PAYLOADS } from "../corpora/all.ts";
import { newsletter } from "./newsletter.ts";
import "../../src/ui/tokens.css";

const PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

let ran: string[] = [];
let failed: string[] = [];
const onError = (event: ErrorEvent): void => void failed.push(event.message);

beforeEach(() => {
  ran = [];
  failed = [];
  for (const name of ["alert", "confirm", "prompt", "print"] as const)
    Object.assign(globalThis, { [name]: () => void ran.push(name) });
  addEventListener("error", onError);
});
afterEach(() => removeEventListener("error", onError));

/** What stands in a fragment that should not. */
function breaches(root: DocumentFragment | Document): string[] {
  const found: string[] = [];
  for (const element of root.querySelectorAll("*")) {
    if (!ALLOWED_TAGS.includes(element.localName)) found.push(`<${element.localName}>`);
    if (element.namespaceURI !== "http://www.w3.org/1999/xhtml") found.push("another namespace");
    for (const { name, value } of element.attributes) {
      const isOurs =
        (element.localName === "a" && ["target", "rel"].includes(name)) ||
        (element.localName === "span" &&
          isStandIn(element) &&
          ["role", "aria-label"].includes(name));
      if (!isOurs && !ALLOWED_ATTRIBUTES.includes(name)) found.push(name);
      if (name === "src" && !INLINE_IMAGE.test(value)) found.push(`src=${value}`);
      if (name === "href" && !ALLOWED_LINKS.test(value)) found.push(`href=${value}`);
    }
  }
  return found;
}

/** The box that says what a picture would have shown: text and nothing else. */
function isStandIn(element: Element): boolean {
  return (
    element.getAttribute("role") === "img" &&
    element.children.length === 0 &&
    // The sanitiser takes a name away that reads like markup.
    [element.textContent, null].includes(element.getAttribute("aria-label"))
  );
}

/** In their order: where each comes from, or the words that stand for it. */
function picturesOf(fragment: DocumentFragment): (string | null)[] {
  return [...fragment.querySelectorAll("img, [role=img]")].map(
    (element) => element.getAttribute("src") ?? element.textContent,
  );
}

async function framed(
  content: () => DocumentFragment,
  onLink: (href: string, text: string) => void = () => undefined,
): Promise<HTMLIFrameElement> {
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  const drawn = new Promise<void>((resolve) => {
    render(
      () => (
        <HtmlFrame
          content={content}
          lang="en"
          onDraw={(act) => {
            act();
            resolve();
          }}
          onLink={onLink}
        />
      ),
      root,
    );
  });
  await drawn;
  const frame = root.querySelector("iframe");
  if (frame === null) throw new Error("no frame");
  return frame;
}

describe("the corpora", () => {
  test.each([
    ["as it comes", (text: string) => text],
    ["in an attribute", (text: string) => `<p title="${text.replaceAll('"', "&quot;")}">x</p>`],
    ["in a table cell", (text: string) => `<table><tr><td>${text}</td></tr></table>`],
  ])("every payload %s leaves what is allowed and nothing else", (_name, wrap) => {
    const bad = PAYLOADS.map(({ name, text }) => ({
      name,
      found: breaches(sanitise(wrap(text)).fragment),
    })).filter(({ found }) => found.length > 0);
    expect(bad).toEqual([]);
  });

  test("every payload in one frame after the other: nothing runs, is asked for or fails", async () => {
    const payloads = PAYLOADS.filter(({ text }) => {
      const scan = scanHtml(text);
      return scan.ok || scan.mayTry;
    });
    let current = "";
    const frame = await framed(() => sanitise(current).fragment);
    const page = frame.contentDocument;
    const view = frame.contentWindow;
    if (page === null || view === null) throw new Error("no page in the frame");
    Object.assign(view, { alert: () => void ran.push(`frame: ${current}`) });
    const before = performance.getEntriesByType("resource").length;
    const inFrame = view.performance.getEntriesByType("resource").length;
    for (const { text } of payloads) {
      current = text;
      page.body.replaceChildren(sanitise(text).fragment);
      void page.body.offsetHeight;
    }
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const asked = [
      ...performance.getEntriesByType("resource").slice(before),
      ...view.performance.getEntriesByType("resource").slice(inFrame),
    ].filter(({ name }) => !name.startsWith("data:"));
    expect({ ran, failed, asked: asked.map((e) => e.name) }).toEqual({
      ran: [],
      failed: [],
      asked: [],
    });
    expect(payloads.length).toBeGreaterThan(800);
  });
});

test("remote pictures are counted and named, and stand as their words", () => {
  const { fragment, remote } = sanitise(newsletter());
  expect(remote).toEqual([
    "https://news.example/logo.png",
    "https://news.example/p/0.jpg",
    "https://news.example/p/1.jpg",
    "https://news.example/p/2.jpg",
    "https://news.example/open.gif?id=81",
  ]);
  expect(breaches(fragment)).toEqual([]);
  expect(fragment.querySelector("[role=img][aria-label='Photo 1']")?.textContent).toBe("Photo 1");
  expect(fragment.querySelector("img[src]")).toBeNull();
});

test("a picture that is not shown stands as its words, one without words as what it is, a tracker as nothing", () => {
  const { fragment } = sanitise(
    `<img src="https://x.example/a.png" alt="A boat" width="600" height="400"><img src="https://x.example/b.png"><img src="https://x.example/c.gif" width="1" height="1"><img src="https://x.example/d.png" alt="">`,
  );
  expect([...fragment.querySelectorAll("[role=img]")].map((i) => i.textContent)).toEqual([
    "A boat",
    "Picture",
  ]);
  expect([...fragment.querySelectorAll("img")].map((i) => i.getAttribute("alt"))).toEqual([
    null,
    "",
  ]);
  expect(fragment.querySelector("[width], [height], [src]")).toBeNull();
});

test("bytes that are no picture stand as its words, not as the browser's sign for a broken one", async () => {
  const broken = `data:image/png;base64,${btoa("this is no picture")}`;
  const frame = await framed(
    () =>
      sanitise(
        `<p><img src="${broken}" alt="A boat" width="300" height="200"></p><img src="${PIXEL}">`,
      ).fragment,
  );
  const page = frame.contentDocument;
  await expect
    .poll(() => page?.querySelector("[role=img][aria-label='A boat']")?.textContent)
    .toBe("A boat");
  expect(page?.querySelectorAll("img")).toHaveLength(1);
});

test("only pictures that were fetched come back, each in its place", () => {
  const images = new Map([["https://x.example/a.png", "blob:https://here/1"]]);
  const html = `<img src="https://x.example/a.png" alt=a><img src="https://x.example/b.png" alt=b><img src="blob:https://here/2" alt=c><img src="${PIXEL}" alt=d>`;
  const { fragment } = sanitise(html, images);
  expect(picturesOf(fragment)).toEqual(["blob:https://here/1", "b", "c", PIXEL]);
});

test("a cid is looked up among what came with the message, and leads nowhere else", () => {
  const images = new Map([["cid:part 1@mail.example", "blob:https://here/1"]]);
  const html = `<img src="cid:part%201@mail.example" alt=a><img src="CID:part 1@mail.example" alt=b><img src="cid:other" alt=c><img src="cid:%" alt=d><a href="cid:part%201@mail.example">e</a><img src="cid:other" srcset="cid:part%201@mail.example" alt=f>`;
  const { fragment, remote } = sanitise(html, images);
  expect(picturesOf(fragment)).toEqual([
    "blob:https://here/1",
    "blob:https://here/1",
    "c",
    "d",
    "f",
  ]);
  expect(fragment.querySelector("a")?.hasAttribute("href")).toBe(false);
  expect(remote).toEqual([]);
});

test("links are whole addresses, and their tooltips are ours", () => {
  const { fragment } = sanitise(
    `<a href="HTTP:x.example" title="https://bank.example">a</a><a href="/b">b</a><a href="#/c">c</a><a href="//d.example">d</a><a href="xmpp:e@x.example?message">e</a>`,
  );
  expect(
    [...fragment.querySelectorAll("a")].map((a) => [
      a.getAttribute("href"),
      a.getAttribute("title"),
      a.getAttribute("rel"),
    ]),
  ).toEqual([
    ["http://x.example/", "http://x.example/", "noopener noreferrer nofollow"],
    [null, null, null],
    [null, null, null],
    [null, null, null],
    ["xmpp:e@x.example?message", "xmpp:e@x.example?message", "noopener noreferrer nofollow"],
  ]);
});

test("the frame has no scripts, no policy but the strictest, and our style", async () => {
  const frame = await framed(() => sanitise("<p>Hello</p>").fragment);
  expect(frame.getAttribute("sandbox")?.split(" ")).toEqual([
    "allow-same-origin",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
  ]);
  expect(frame.title).toBe("Message body");
  expect(frame.getAttribute("referrerpolicy")).toBe("no-referrer");
  const page = frame.contentDocument;
  const policy = page?.querySelector("meta[http-equiv]")?.getAttribute("content");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("script");
  const body = page?.body;
  expect(body?.textContent).toBe("Hello");
  expect(body && frame.contentWindow?.getComputedStyle(body).fontSize).toBe("15px");
});

test("the frame is as high as what is in it, and follows the theme", async () => {
  document.documentElement.dataset["theme"] = "dark";
  const frame = await framed(() => sanitise("<p>one</p>".repeat(40)).fragment);
  expect(frame.getBoundingClientRect().height).toBeGreaterThan(40 * 24);
  delete document.documentElement.dataset["theme"];
});

test("links and keys pressed inside reach the app", async () => {
  const opened: string[][] = [];
  const frame = await framed(
    () => sanitise('<p><a href="https://x.example/a"><b>There</b></a></p>').fragment,
    (href, text) => opened.push([href, text]),
  );
  const page = frame.contentDocument;
  page?.querySelector("b")?.click();
  expect(opened).toEqual([["https://x.example/a", "There"]]);
  const keys: string[] = [];
  const onKey = (event: KeyboardEvent): void => {
    keys.push(event.key);
    if (event.key === "j") event.preventDefault();
  };
  addEventListener("keydown", onKey);
  const pressed = ["j", "Escape"].map((key) =>
    page?.body.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
    ),
  );
  removeEventListener("keydown", onKey);
  expect(keys).toEqual(["j", "Escape"]);
  expect(pressed).toEqual([false, true]);
});

test("tables made for one width of window fit into any", async () => {
  const html = `<table width="100%"><tr><td width="600"><table width="600"><tr><td>${"word ".repeat(200)}</td><td width="120">x</td></tr></table></td></tr></table>`;
  const frame = await framed(() => sanitise(html).fragment);
  frame.style.inlineSize = "320px";
  const page = frame.contentDocument;
  expect(page?.documentElement.scrollWidth).toBeLessThanOrEqual(320);
  expect(page?.querySelector("td[width='120']")).not.toBeNull();
});

test("text of sanitised nodes reads as somebody would have typed it", () => {
  const { fragment } = sanitise(
    `<p>Dear <b>Alice</b>,<br>see <a href="https://x.example/">x.example</a> or <a href="https://y.example/z">here</a>:</p><ul><li>one</li><li>two</li></ul><p><img alt="A boat" src="https://x.example/b.png"></p>`,
  );
  expect(textOf(fragment)).toBe(
    "Dear Alice,\nsee x.example <https://x.example/> or here <https://y.example/z>:\n\n- one\n- two\n\nA boat",
  );
});
