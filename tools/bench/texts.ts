/** Texts that are long, and texts that mean harm: opened in the page, and read by what reads them. */
import type { Page } from "playwright-core";
import { markdownBlocks } from "../../src/ui/reader/text/markdown.ts";
import { chunksOf } from "../../src/ui/reader/text/chunks.ts";
import { styledBlocks } from "../../src/ui/reader/text/styling.ts";
import { xhtmlIm } from "../demo/bulk.ts";
import { signIn as bareClient } from "../servers/tiny-client.ts";
import { backToList, DRAWN_FRAME } from "./mailbox.ts";
import { leaveRows, openTime } from "./probes.ts";
import { median, ms, type Report } from "./report.ts";
import { type BenchStage, newsletter } from "./stage.ts";

const OPENS = 5;
/** Bytes: what a server takes. */
const LENGTH = 200_000;
const LONG_TEXTS = [
  ["plain words", "lorem ipsum dolor "],
  ["one letter", "x"],
  ["both directions", "aאb"],
] as const;
/** Characters: the reader formats up to 100,000 without asking (ui/reader/html/scan.ts), as it writes them itself. */
const HTML_LENGTH = 95_000;
/** What is said to be slow in readers of Markdown, over and over. */
const HOSTILE = [
  "_a_",
  "*a ",
  "**a",
  "*_",
  "a*b",
  "[",
  "![",
  "[a](",
  "](",
  ">",
  "> ",
  "`",
  "``a",
  "~a~",
  "- ",
  "- - ",
  "1. 1. ",
  "- a\n  - b\n    - c\n",
  "|",
  "|-|-|\n",
  "a|b\n-|-\n",
  "# a\n",
  "<a ",
  "<b>",
  "<!--",
  "&amp;",
  "https://a.b ",
  "a@b.c ",
  "<https://a>",
  "\\",
  "\n",
  " ",
];
/** As much as is given to marked. */
const MARKDOWN_LENGTH = 20_000;

export async function measureTexts(
  report: Report,
  stage: BenchStage,
  page: Page,
  messages: number,
): Promise<void> {
  const client = await bareClient(stage.server.wsUrl, stage.server.domain, "bob", "secret", "bare");
  await backToRows(page);
  for (const [name, unit] of LONG_TEXTS) {
    const body = unit.repeat(LENGTH / Buffer.byteLength(unit));
    client.send(
      `<message xmlns='jabber:client' to='ann@localhost' id='text-${name}'><subject>${name}</subject><body>${body}</body></message>`,
    );
    const link = page.getByRole("grid").getByRole("row", { name }).getByRole("link");
    const hash = (await link.getAttribute("href")) ?? "";
    const [first, whole]: [number[], number[]] = [[], []];
    for (let i = 0; i < OPENS; i++) {
      first.push(await openTime(page, hash, ".text-part", 1));
      await backToRows(page);
      whole.push(
        await openTime(page, hash, `.text-part:nth-of-type(${Math.floor(body.length / 8000)})`, 1),
      );
      await backToRows(page);
    }
    report.add(`open 200 kB of ${name}`, messages, ms(median(first)), "100 ms");
    report.add(`open 200 kB of ${name}, all of it`, messages, ms(median(whole)), "1000 ms");
  }
  client.send(
    `<message xmlns='jabber:client' to='ann@localhost' id='formatted'><subject>formatted</subject><body>x</body>${xhtmlIm(newsletter(HTML_LENGTH))}</message>`,
  );
  const link = page.getByRole("grid").getByRole("row", { name: "formatted" }).getByRole("link");
  const hash = (await link.getAttribute("href")) ?? "";
  const drawn: number[] = [];
  for (let i = 0; i < OPENS; i++) {
    drawn.push(await openTime(page, hash, DRAWN_FRAME, 1));
    await backToRows(page);
  }
  report.add("open 100 kB of foreign HTML", messages, ms(median(drawn)), "");
  client.close();
}

async function backToRows(page: Page): Promise<void> {
  await backToList(page);
  await leaveRows(page);
}

/** The slowest of many; `npm run bench` has no browser's clock for this, so it is Node's. */
export function measureReading(report: Report): Promise<void> {
  const slowest = (read: (text: string) => void, texts: readonly string[]): string => {
    let most = { time: 0, text: "" };
    for (const text of texts) {
      const times = [1, 2, 3].map(() => {
        const startedAt = performance.now();
        read(text);
        return performance.now() - startedAt;
      });
      if (median(times) > most.time) most = { time: median(times), text };
    }
    return `${ms(most.time)} (${JSON.stringify(most.text.slice(0, 12))} …)`;
  };
  const whole = HOSTILE.map((unit) => filled(unit, MARKDOWN_LENGTH));
  const inParts = HOSTILE.map((unit) => filled(`${filled(unit, 150)}\n\n`, MARKDOWN_LENGTH));
  const markdown = slowest((text) => void markdownBlocks(text), [...whole, ...inParts]);
  report.add("slowest hostile Markdown of 20 kB", "", markdown, "100 ms");
  const chunks = HOSTILE.map((unit) => chunksOf(filled(unit, 250_000))[0]?.text ?? "");
  const styled = slowest((text) => void styledBlocks(text), chunks);
  report.add("slowest part of a hostile styled text of 250 kB", "", styled, "100 ms");
  return Promise.resolve();
}

function filled(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}
