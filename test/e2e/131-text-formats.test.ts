/** Text of every kind, sent as raw stanzas by somebody else: live, after a reload, and in the list. */
import { type Element, xml } from "@xmpp/xml";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { content, mail, openPeer } from "./peer.ts";
import { row, settled, signIn, startStage, type Account, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("prosody");
});
afterAll(() => stage.close());

const MARKDOWN = content("text/markdown");
const UNSTYLED = xml("unstyled", { xmlns: "urn:xmpp:styling:0" });

/** Two accounts, one signed in to the app; `say` sends into one conversation. */
async function begin(subject: string) {
  const [ann, bob] = [await stage.account("ann"), await stage.account("bob")];
  const peer = await openPeer(stage.server, bob);
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  const thread = xml("thread", {}, crypto.randomUUID());
  const say = (body: string, more: readonly Element[] = [], attrs: Record<string, string> = {}) =>
    peer.send(mail(ann, subject, body, [thread, ...more], attrs));
  return { ann, bob, peer, page, say };
}

async function open(page: Page, subject: string): Promise<void> {
  await row(page, new RegExp(subject)).click();
  await page.getByRole("heading", { level: 2, name: subject }).waitFor();
  const all = page.getByRole("button", { name: "Expand all" });
  if (await all.isVisible()) await all.click();
}

/** The message that says so. */
function saying(page: Page, bob: Account, text: string): Locator {
  return page
    .getByRole("article", { name: `Message from ${bob.address}` })
    .filter({ hasText: text });
}

test("styling, Markdown, plain, /me, languages: live and after a reload", async () => {
  const { bob, page, say } = await begin("Every kind");
  await say(
    "*strong* and _slanted_\n> quoted\n```\nconst a = '<b>';\n```\nsecond line\nthird line",
  );
  await say(
    "# Heading\n\n- one\n- **two** <img src=x onerror=alert(1)>\n\n[words](https://example.org/p)",
    [MARKDOWN],
  );
  await say("> _ < is *not* styled", [UNSTYLED]);
  await say("/me waves");
  await say("שלום עולם", [], { "xml:lang": "he" });
  await say("👍🎉");
  await row(page, /^Unread, .*Every kind/).waitFor();
  await open(page, "Every kind");
  await saying(page, bob, "👍").waitFor();
  const check = async (): Promise<void> => {
    const styled = saying(page, bob, "strong");
    await styled.locator("strong", { hasText: "strong" }).waitFor();
    await styled.locator("em", { hasText: "slanted" }).waitFor();
    await styled.locator("blockquote", { hasText: "quoted" }).waitFor();
    expect(await styled.locator("pre").textContent()).toBe("const a = '<b>';");
    expect(await styled.getByText("second line").innerText()).toBe("second line\nthird line");
    const marked = saying(page, bob, "Heading");
    await marked.getByRole("heading", { name: "Heading" }).waitFor();
    expect(await marked.getByRole("listitem").allTextContents()).toEqual([
      "one",
      "two <img src=x onerror=alert(1)>",
    ]);
    expect(await marked.getByRole("link", { name: "words" }).getAttribute("href")).toBe(
      "https://example.org/p",
    );
    const plain = saying(page, bob, "> _ < is *not* styled");
    await plain.waitFor();
    expect(await plain.locator("blockquote, strong, em").count()).toBe(0);
    await saying(page, bob, `* ${bob.address} waves`).waitFor();
    const hebrew = saying(page, bob, "שלום").locator("[lang=he] p");
    expect(await hebrew.evaluate((p) => getComputedStyle(p).direction)).toBe("rtl");
    const size = (text: string) =>
      saying(page, bob, text)
        .locator(".text p")
        .first()
        .evaluate((p) => Number.parseFloat(getComputedStyle(p).fontSize));
    expect(await size("👍")).toBeGreaterThan(2 * (await size("waves")));
    expect(await page.locator("article img").count()).toBe(0);
  };
  await check();
  await page.reload();
  await open(page, "Every kind");
  await check();
  const styled = saying(page, bob, "slanted");
  await styled.getByRole("button", { name: "Show as plain text" }).click();
  await styled.getByText("*strong* and _slanted_").waitFor();
  expect(await styled.locator("blockquote, pre").count()).toBe(0);
  await styled.getByRole("button", { name: "Show formatted" }).click();
  await styled.locator("blockquote").waitFor();
});

test("a spoiler stays covered everywhere until it is asked for", async () => {
  const { page, say } = await begin("Film");
  await say("They both *die*.", [xml("spoiler", { xmlns: "urn:xmpp:spoiler:0" }, "The end")]);
  await row(page, /^Unread, .*Film/).waitFor();
  await row(page, /Film/).click();
  const cover = page.getByRole("button", { name: "Spoiler: The end" });
  await cover.waitFor();
  expect(await page.locator("body").textContent()).not.toContain("They both");
  await cover.click();
  await page.getByRole("article").getByText("They both").waitFor();
  expect(await cover.getAttribute("aria-expanded")).toBe("true");
  await cover.click();
  await page.getByRole("article").getByText("They both").waitFor({ state: "detached" });
});

test("what was edited and what was withdrawn can be read on request", async () => {
  const { ann, peer, page, say, bob } = await begin("Boat");
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  await say("We leave at seven", [], { id: first });
  await say("We leave at eight", [
    xml("replace", { xmlns: "urn:xmpp:message-correct:0", id: first }),
  ]);
  await say("I will not come", [], { id: second });
  await row(page, /Boat/).waitFor();
  await open(page, "Boat");
  const edited = saying(page, bob, "We leave at eight");
  await edited.getByText(/^Edited /).waitFor();
  expect(await edited.textContent()).not.toContain("seven");
  await edited.getByRole("button", { name: "Show earlier versions" }).click();
  await edited
    .getByRole("list", { name: "Earlier versions" })
    .getByText("We leave at seven")
    .waitFor();
  await saying(page, bob, "I will not come").waitFor();
  await peer.send(
    xml(
      "message",
      { to: ann.address, id: crypto.randomUUID() },
      xml("retract", { xmlns: "urn:xmpp:message-retract:1", id: second }),
      xml("fallback", { xmlns: "urn:xmpp:fallback:0", for: "urn:xmpp:message-retract:1" }),
      xml("body", {}, "This person attempted to retract a previous message."),
    ),
  );
  const withdrawn = saying(page, bob, "retracted this message");
  await withdrawn.waitFor();
  expect(await page.locator("body").textContent()).not.toContain("I will not come");
  await withdrawn.getByRole("button", { name: "Show what it said" }).click();
  await withdrawn.getByText("I will not come").waitFor();
  await withdrawn.getByRole("button", { name: "Hide what it said" }).click();
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  const answer = page.getByRole("textbox", { name: "Message" });
  await answer.fill("A pity.");
  await answer.press("Control+Enter");
  const sent = await peer.next((received) => received.body?.startsWith("A pity.") === true);
  expect(sent.body).not.toContain("I will not come");
});

test("a list shows the words, not the signs", async () => {
  const { page, say, bob } = await begin("Signs");
  await say("> quoted\n\n**Bold** and [a link](https://example.org/) `code`", [MARKDOWN]);
  await row(page, /Signs, Bold and a link code/).waitFor();
  await say("/me waves *hard*");
  const name = bob.address.slice(0, bob.address.indexOf("@"));
  await row(page, new RegExp(`Signs, \\* ${name} waves hard`)).waitFor();
});

const HOSTILE: [string, string, number, boolean][] = [
  ["two hundred kilobytes of words", "lorem ipsum dolor ", 200_000, false],
  ["one letter", "x", 240_000, false],
  ["both directions", "aאb", 120_000, false],
  ["piled marks", "\u0301", 110_000, false],
  ["quotes in quotes", ">", 60_000, false],
  ["emphasis", "_a_", 240_000, true],
  ["brackets", "![", 19_000, true],
  ["lists in lists", "- ", 19_000, true],
];

test("a long text opens at once, whatever is in it, and the next mail is there", async () => {
  const { page, peer, ann } = await begin("unused");
  for (const [name, unit, length, isMarkdown] of HOSTILE) {
    const body = `${unit.repeat(length / unit.length)}\n\nthe end of it`;
    await peer.send(mail(ann, name, body, isMarkdown ? [MARKDOWN] : []));
    await row(page, new RegExp(name)).click();
    await page.getByRole("article").getByText("the end of it").waitFor({ state: "attached" });
  }
  await peer.send(mail(ann, "canary", "still here"));
  await row(page, /canary/).click();
  await page.getByRole("article").getByText("still here").waitFor();
});
