/**
 * The big list of naughty strings, typed into the composer, sent, received, quoted in an answer and received again:
 * byte for byte. test/mail/naughty-strings.test.ts has each of them alone.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { carriable, isCarriable } from "../../src/base/carriable.ts";
import blns from "../corpora/blns.json" with { type: "json" };
import { openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

/** Strings of one message. The last line is plain: quoted lines at the end would be taken for a quote. */
const BATCH = 130;
const LAST = "That was all of it.";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const batches = Array.from({ length: Math.ceil(blns.length / BATCH) }, (_, i) =>
  [...blns.slice(i * BATCH, (i + 1) * BATCH), LAST].join("\n"),
);

/** Into the field as a keyboard or an input method puts it there, all of it at once. */
async function type(page: Page, name: string, text: string): Promise<void> {
  await page.getByRole("textbox", { name, exact: true }).focus();
  await page.keyboard.insertText(text);
}

test("blns.json goes through composer, wire, reader and answer, byte for byte", async () => {
  const [ann, bob] = [await stage.account("ann"), await stage.account("bob")];
  const [annPeer, bobPeer] = [await openPeer(stage.server, ann), await openPeer(stage.server, bob)];
  const annPage = await signIn(await stage.profile(), stage.app.url, ann);
  const bobPage = await signIn(await stage.profile(), stage.app.url, bob);
  await settled(annPage);
  await settled(bobPage);
  for (const [i, text] of batches.entries()) {
    const subject = `Strings, part ${i}`;
    await annPage.goto(`${stage.app.url}#/to/${bob.address}`);
    const composer = annPage.getByRole("dialog", { name: "New message" });
    await composer.waitFor();
    await type(annPage, "Subject", subject);
    await type(annPage, "Message", text);
    expect(await composer.getByRole("textbox", { name: "Message" }).inputValue()).toBe(text);
    // What cannot travel is said before it is sent.
    const told = composer.getByRole("note", { name: "Control characters" });
    expect(await told.count()).toBe(isCarriable(text) ? 0 : 1);
    await composer.getByRole("button", { name: "Send" }).click();
    const sent = carriable(text);
    expect((await bobPeer.next((m) => m.subject === subject)).body).toBe(sent);

    await row(bobPage, subject).getByRole("link").click();
    await bobPage.getByRole("heading", { level: 2, name: subject }).waitFor();
    await bobPage.getByRole("button", { name: "Reply", exact: true }).click();
    await bobPage
      .getByRole("region", { name: "Reply" })
      .getByRole("button", { name: "Show quoted text" })
      .click();
    const quote = sent
      .split("\n")
      .map((line) => (line === "" ? ">" : `> ${line}`))
      .join("\n");
    const shown = await bobPage.getByRole("textbox", { name: "Quoted text" }).inputValue();
    expect(shown.slice(shown.indexOf("\n") + 1)).toBe(quote);
    await type(bobPage, "Message", `Answer ${i}`);
    await bobPage
      .getByRole("region", { name: "Reply" })
      .getByRole("button", { name: "Send" })
      .click();
    const answer = await annPeer.next((m) => m.body?.startsWith(`Answer ${i}\n`) === true);
    expect(answer.body?.slice(-quote.length)).toBe(quote);
  }
  // No stream ended over it.
  await annPage.getByRole("link", { name: /^Outbox$/ }).waitFor();
});
