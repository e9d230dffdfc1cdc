/** HTML that others send, in the app on a real server: shown, harmless, in reach of keys, its pictures on request. */
import { type Element, xml } from "@xmpp/xml";
import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newsletter } from "../ui/newsletter.ts";
import { content, mail, openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

/** Opens mail with this HTML at somebody who is signed in. */
async function opened(html: string, body = "The plain words."): Promise<Page> {
  const ann = await stage.account("ann");
  const ben = await openPeer(stage.server, await stage.account("ben"));
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  await ben.send(mail(ann, "In colour", body, [content("text/html", html)]));
  await row(page, /In colour/).click();
  await page.getByRole("article").waitFor();
  return page;
}

function frameOf(page: Page): FrameLocator {
  return page.frameLocator("iframe[title='Message body']");
}

/** Addresses asked for that are not ours. */
function strangeRequests(page: Page): string[] {
  const strange: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(stage.app.url) && !/^(blob|data):/.test(request.url()))
      strange.push(request.url());
  });
  return strange;
}

test("a newsletter is formatted, its pictures come on a click, and only those a page may read", async () => {
  const page = await opened(newsletter());
  const strange = strangeRequests(page);
  const frame = frameOf(page);
  await frame.getByRole("heading", { name: "The last warm evening" }).waitFor();
  await page.getByText("5 remote images are not shown").waitFor();
  await frame.getByRole("img", { name: "Photo 1" }).waitFor();
  expect(strange).toEqual([]);
  await page.route("https://news.example/**", (route) =>
    // The server's word for what it is counts for nothing; a refusal by CORS fails in the same way.
    route.request().url().includes("/p/")
      ? route.fulfill({ body: PIXEL, contentType: "text/html" })
      : route.abort("failed"),
  );
  await page.getByRole("button", { name: "Load images" }).click();
  await page.getByText("2 images could not be shown here").waitFor();
  const sources = frame.getByRole("img", { name: /^Photo/ });
  await expect
    .poll(() => sources.evaluateAll((all) => all.map((i) => i.getAttribute("src")?.slice(0, 5))))
    .toEqual(["blob:", "blob:", "blob:"]);
  await page.getByText("Open in browser").click();
  await page.getByRole("link", { name: "https://news.example/logo.png" }).waitFor();
  expect(new Set(strange).size).toBe(5);
});

test("plain text and formatted, by the sender's own words or by those of the HTML", async () => {
  const page = await opened("<p>Formatted <b>words</b>.</p>");
  await frameOf(page).getByText("Formatted words.").waitFor();
  await page.getByRole("button", { name: "Show as plain text" }).click();
  await page.getByText("The plain words.", { exact: true }).last().waitFor();
  expect(await page.locator("iframe[title='Message body']").count()).toBe(0);
  await page.getByRole("button", { name: "Show formatted" }).click();
  await frameOf(page).getByText("Formatted words.").waitFor();
});

test("HTML alone: its words as plain text, and in the answer, without its pictures", async () => {
  const html = `<p>Only <b>HTML</b>.</p><p><img src="https://news.example/beacon.png" alt="A boat"></p>`;
  const page = await opened(html, "");
  const strange = strangeRequests(page);
  await page.getByRole("button", { name: "Show as plain text" }).click();
  await page.getByRole("article").getByText("Only HTML.").waitFor();
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await page
    .getByRole("region", { name: "Reply" })
    .getByRole("button", { name: "Show quoted text" })
    .click();
  const answer = page.locator("textarea.composer-quote");
  await expect.poll(() => answer.inputValue()).toContain("> Only HTML.\n>\n> A boat");
  expect(await answer.inputValue()).not.toContain("news.example");
  expect(strange).toEqual([]);
});

test("pictures of the message's own parts stand where its HTML names them, in HTML mail and XHTML-IM", async () => {
  const ann = await stage.account("ann");
  const ben = await openPeer(stage.server, await stage.account("ben"));
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  const strange = strangeRequests(page);
  const bob = (cid: string, type: string, bytes: Buffer): Element =>
    xml("data", { xmlns: "urn:xmpp:bob", cid, type }, bytes.toString("base64"));
  const part = xml(
    "file-sharing",
    { xmlns: "urn:xmpp:sfs:0", id: "<part 1@mail.example>" },
    xml("file", { xmlns: "urn:xmpp:file:metadata:0" }, xml("media-type", {}, "image/gif")),
    xml(
      "sources",
      {},
      xml("url-data", {
        xmlns: "http://jabber.org/protocol/url-data",
        target: `data:image/gif;base64,${PIXEL.toString("base64")}`,
      }),
    ),
  );
  const script = Buffer.from("<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>");
  const images = (part: string): Element[] =>
    [
      [part, "Own"],
      ["cid:nobody@here", "Unknown"],
      ["cid:evil@bob.xmpp.org", "Drawing"],
    ].map(([src = "", alt = ""]) => xml("img", { src, alt }));
  const html = images("cid:part%201@mail.example").map(String).join(" ");
  const evil = bob("evil@bob.xmpp.org", "image/png", script);
  await ben.send(mail(ann, "Letter", "plain", [content("text/html", html), part, evil]));
  const xhtml = xml(
    "html",
    { xmlns: "http://jabber.org/protocol/xhtml-im" },
    xml("body", { xmlns: "http://www.w3.org/1999/xhtml" }, images("cid:sha1+8f@bob.xmpp.org")),
  );
  await ben.send(
    mail(ann, "Chatty", "plain", [xhtml, bob("sha1+8f@bob.xmpp.org", "text/html", PIXEL), evil]),
  );
  for (const subject of ["Letter", "Chatty"]) {
    await row(page, new RegExp(subject)).click();
    await page.getByRole("heading", { level: 2, name: subject }).waitFor();
    const shown = frameOf(page).getByRole("img");
    await expect.poll(() => shown.count(), { timeout: 20_000 }).toBe(3);
    await expect
      .poll(
        () =>
          shown.evaluateAll((all) =>
            (all as HTMLImageElement[]).map((image) => [
              image.alt ?? image.textContent,
              image.getAttribute("src")?.slice(0, 5) ?? "",
              image.naturalWidth ?? 0,
            ]),
          ),
        { timeout: 20_000 },
      )
      .toEqual([
        ["Own", "blob:", 1],
        ["Unknown", "", 0],
        ["Drawing", "", 0],
      ]);
  }
  expect(strange).toEqual([]);
});

test("a table of data keeps its words whole at 390 px; the printed page is light, without buttons, in any theme", async () => {
  const cells = (tag: string, ...words: string[]): string =>
    `<tr>${words.map((word) => `<${tag}>${word}</${tag}>`).join("")}</tr>`;
  const page = await opened(
    `<table>${cells("th", "Boat", "Berth", "Owner", "Length over all", "Year", "Harbour dues paid until")}${cells("td", "Albatross", "12b", "Nadia", "12.4", "1987", "tomorrow")}</table>${"<p><a href=https://harbour.example/a/long/way>Way</a></p>".repeat(20)}<p>The end.</p>`,
  );
  const frame = frameOf(page);
  await frame.getByRole("cell", { name: "Albatross" }).waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  const pieces = (): Promise<number[]> =>
    frame.getByRole("cell").evaluateAll((all) =>
      all.map((cell) => {
        const range = cell.ownerDocument.createRange();
        range.selectNodeContents(cell);
        return range.getClientRects().length;
      }),
    );
  await expect.poll(pieces, { timeout: 20_000 }).toEqual([1, 1, 1, 1, 1, 1]);
  await page.evaluate(() => {
    window.print = () => undefined;
    document.documentElement.dataset["theme"] = "dark";
  });
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Print" }).click();
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const ink = "rgb(27, 27, 25)";
  const colour = (element: HTMLElement | SVGElement): string => getComputedStyle(element).color;
  await expect
    .poll(() => page.locator(".print-head h1").evaluate(colour), { timeout: 20_000 })
    .toBe(ink);
  await expect
    .poll(() => frame.locator("td").first().evaluate(colour), { timeout: 20_000 })
    .toBe(ink);
  expect(await page.locator("button:visible").count()).toBe(0);
  // All of it, with what the links lead to.
  const place = page.locator("iframe[title='Message body']");
  const height = await place.evaluate((element) => element.clientHeight);
  const end = frame.getByText("The end.");
  expect(
    await end.evaluate((element) => element.getBoundingClientRect().bottom),
  ).toBeLessThanOrEqual(height);
  const link = frame.getByRole("link").first();
  expect(await link.evaluate((element) => getComputedStyle(element, "::after").content)).toContain(
    "harbour.example",
  );
});

test("keys and links in the frame are the app's; Tab goes in and out", async () => {
  const page = await opened(
    `<p>See <a href="https://evil.invalid/">https://paypal.com</a> and <a href="https://x.example/a">this</a>.</p>`,
  );
  const frame = frameOf(page);
  await frame.getByRole("link", { name: "paypal" }).click();
  const asked = page.getByRole("dialog");
  await asked.getByText("evil.invalid").first().waitFor();
  await page.keyboard.press("Escape");
  await asked.waitFor({ state: "detached" });
  await frame.getByRole("link", { name: "this" }).focus();
  await page.keyboard.press("Tab");
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.tagName.toLowerCase() ?? "");
  expect(await focused()).toBe("button");
  await page.keyboard.press("Shift+Tab");
  expect(await focused()).toBe("iframe");
  await page.keyboard.press("r");
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  await page.keyboard.press("Escape");
  await frame.getByRole("link", { name: "this" }).focus();
  await page.keyboard.press("u");
  await page.getByRole("article").waitFor({ state: "detached" });
});

test("a quarter of a megabyte that crashes browsers is text, and so is what crashed this one", async () => {
  const page = await opened("<template>".repeat(15_000));
  await page.getByRole("note", { name: "Shown as plain text" }).waitFor();
  await page.getByText("The plain words.", { exact: true }).last().waitFor();
  expect(await page.getByRole("button", { name: "Show formatted" }).count()).toBe(0);

  const other = await opened("<p>Good once.</p>");
  await frameOf(other).getByText("Good once.").waitFor();
  // As a tab that went down in the middle leaves it.
  await other.evaluate(() => {
    const address = sessionStorage.getItem("envoi-account");
    for (let key = 1; key < 10; key++)
      localStorage.setItem(`envoi-rendering:${address}/${key}`, "1");
  });
  await other.reload();
  await other.getByText("the page stopped the last time").waitFor();
  await other.getByRole("button", { name: "Show formatted" }).click();
  await frameOf(other).getByText("Good once.").waitFor();
  await other.reload();
  await frameOf(other).getByText("Good once.").waitFor();
});
