/**
 * Every payload of the corpora from a stranger, in every place of a message at once: body, HTML, XHTML-IM, subject,
 * nick, file name and quote. Shown live, from the archive to a browser that was not there, and after a reload.
 * A suite's run takes all cases of our own and a sample of the rest on Prosody, and a few of these on ejabberd;
 * CORPUS=all takes everything on both.
 */
import { type Element, xml } from "@xmpp/xml";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PAYLOADS } from "../corpora/all.ts";
import { content, mail, openPeer, type Peer } from "./peer.ts";
import { type Account, row, settled, signIn, type Stage, startStage } from "./stage.ts";

const ALL = process.env["CORPUS"] === "all";
const SAMPLE = ALL ? 1 : 20;
/** Messages of one conversation, all of them unfolded. */
const BATCH = 40;
/** How long other mail may be kept waiting. */
const CANARY_MS = 5000;
/**
 * Prosody takes the end of a socket for the end of the stream that was resumed on another one when it hears of it late,
 * as after the reload of a heavy page. Until the app's watch over the connection finds out, nothing comes.
 */
const LATE_CLOSE_MS = 75_000;

/** What XML 1.0 cannot carry never reaches anybody; test/hostile/poison.ts tries it. */
const sendable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "").toWellFormed();

const chosen = PAYLOADS.filter(({ name }, i) => name.startsWith("own ") || i % SAMPLE === 0)
  .map(({ text }) => sendable(text))
  .filter((text) => text.trim() !== "");

function stanza(to: Account, payload: string, thread: string): Element {
  const quote = `> ${payload.replaceAll("\n", "\n> ")}\n`;
  return mail(to, `corpus ${payload}`, `${quote}${payload}`, [
    xml("thread", {}, thread),
    xml("nick", { xmlns: "http://jabber.org/protocol/nick" }, payload),
    content("text/html", payload),
    xml(
      "html",
      { xmlns: "http://jabber.org/protocol/xhtml-im" },
      xml("body", { xmlns: "http://www.w3.org/1999/xhtml" }, payload),
    ),
    xml(
      "fallback",
      { xmlns: "urn:xmpp:fallback:0", for: "urn:xmpp:reply:0" },
      xml("body", { start: "0", end: String(Array.from(quote).length) }),
    ),
    xml(
      "file-sharing",
      { xmlns: "urn:xmpp:sfs:0" },
      xml(
        "file",
        { xmlns: "urn:xmpp:file:metadata:0" },
        xml("name", {}, payload),
        xml("media-type", {}, payload),
        xml("desc", {}, payload),
      ),
      xml(
        "sources",
        {},
        xml("url-data", {
          xmlns: "http://jabber.org/protocol/url-data",
          target: "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        }),
      ),
    ),
  ]);
}

type Oracle = { bad: string[] };

/** Dialogs, errors and requests to anybody else; errors of the page fail the profile by themselves. */
function watch(stage: Stage, context: BrowserContext, page: Page): Oracle {
  const bad: string[] = [];
  page.on("dialog", (dialog) => {
    bad.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => bad.push(`error ${error.message}`));
  page.on("crash", () => bad.push("crash"));
  page.on("download", () => bad.push("download"));
  context.on("page", (other) => bad.push(`window ${other.url()}`));
  context.on("request", (request) => {
    const url = request.url();
    const isOurs = url.startsWith(stage.app.url) && !/\/(api|\d+\.png)/.test(url);
    if (!isOurs && !/^(blob|data):/.test(url) && url !== "about:srcdoc") bad.push(`request ${url}`);
  });
  return { bad };
}

/** Opens every conversation, unfolds it and goes past each message, so that each frame is made. */
async function readAll(page: Page, threads: readonly string[]): Promise<number> {
  let frames = 0;
  for (const thread of threads) {
    await page.evaluate((id) => {
      location.hash = `#/t/${id}`;
    }, thread);
    const last = page.getByRole("article").last();
    await last.waitFor();
    await page.getByRole("button", { name: "Expand all" }).click();
    // Each is made when it comes into sight: the next one that is not is gone to.
    const unmade = page.locator("article:not(:has(iframe)):not(:has(.body))");
    await expect
      .poll(
        async () => {
          const count = await unmade.count();
          if (count > 0) await unmade.first().evaluate((e) => e.scrollIntoView({ block: "start" }));
          return count;
        },
        { timeout: 60_000, interval: 20 },
      )
      .toBe(0);
    frames += await page.locator("iframe[title='Message body']").count();
  }
  await page.evaluate(() => {
    location.hash = "#/inbox";
  });
  return frames;
}

async function canary(
  page: Page,
  ben: Peer,
  ann: Account,
  name: string,
  timeout = CANARY_MS,
): Promise<void> {
  await ben.send(mail(ann, name, "Still singing."));
  await row(page, new RegExp(name)).waitFor({ timeout });
}

describe.each([
  { kind: "prosody", payloads: chosen },
  { kind: "ejabberd", payloads: chosen.filter((_, i) => ALL || i % 4 === 0) },
] as const)("$kind", ({ kind, payloads }) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(kind);
  });
  afterAll(() => stage.close());

  test(
    `${payloads.length} payloads in every place: nothing runs, calls out or fails, live, archived, reloaded`,
    { timeout: 600_000 },
    async () => {
      const [ann, evil] = [await stage.account("ann"), await stage.account("evil")];
      const peer = await openPeer(stage.server, evil);
      const ben = await openPeer(stage.server, await stage.account("ben"));
      const context = await stage.profile();
      const page = await signIn(context, stage.app.url, ann);
      await settled(page);
      const oracle = watch(stage, context, page);
      const threads: string[] = [];
      for (let at = 0; at < payloads.length; at += BATCH) {
        const thread = `corpus-${at}`;
        threads.push(thread);
        for (const payload of payloads.slice(at, at + BATCH))
          await peer.send(stanza(ann, payload, thread));
      }
      await canary(page, ben, ann, "canary live");
      const live = await readAll(page, threads);
      await canary(page, ben, ann, "canary after reading");
      await page.reload();
      await settled(page);
      await row(page, /canary live/).waitFor();
      const reloaded = await readAll(page, threads);
      const afterReload = canary(page, ben, ann, "canary after reload", LATE_CLOSE_MS);
      afterReload.catch(() => undefined);

      const fresh = await stage.profile();
      const other = await signIn(fresh, stage.app.url, ann);
      const second = watch(stage, fresh, other);
      await settled(other);
      const archived = await readAll(other, threads);
      await canary(other, ben, ann, "canary from the archive");
      await afterReload;
      expect([...oracle.bad, ...second.bad]).toEqual([]);
      // Most are formatted; the rest are what the scan keeps from the parser.
      expect(live).toBeGreaterThan(payloads.length * 0.5);
      // One or two may be on their way into or out of the page while they are counted.
      for (const count of [reloaded, archived])
        expect(Math.abs(count - live)).toBeLessThanOrEqual(2);
    },
  );
});
