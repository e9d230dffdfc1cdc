/** A mailbox that is there: reload, keys, reading, scrolling, memory. */
import { createServer } from "node:http";
import type { Browser, CDPSession, Locator, Page } from "playwright-core";
import { changeTime, firstPaint, keyTime, openTime, scrollTimes } from "./probes.ts";
import { median, ms, percentile, ratio, type Report } from "./report.ts";
import { FORMATTED, LONG, longName } from "./stage.ts";
import { processorTime, watchTasks } from "./tasks.ts";

const RELOADS = 15;
const KEYS = 40;
const ACT_ROUNDS = 10;
/** Between two acts, as a quick hand has it: the worker has answered by then. ms */
const ACT_MS = 250;
const OPENS = 15;
const FRAMES = 600;
const READ_ON = 500;

/** Reloads in turn with an empty page, so that both meet the same machine. */
export async function measureReload(
  report: Report,
  browser: Browser,
  page: Page,
  messages: number,
): Promise<void> {
  const empty = await openEmptyPage(browser);
  const [blank, rows, answers]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < RELOADS; i++) {
    await empty.page.reload();
    blank.push(await firstPaint(empty.page));
    await page.reload();
    rows.push(await page.evaluate(() => globalThis.probe.firstRows));
    answers.push(await page.evaluate(() => globalThis.probe.firstAnswer));
    // The picture for the next reload is taken once the list is still.
    await page.waitForTimeout(1500);
  }
  await empty.close();
  const both = (times: number[]): string =>
    `${ms(median(times))} / ${ms(median(blank))} = ${ratio(median(times), median(blank))}`;
  report.addGrowing("reload to rows / empty page", messages, median(rows), both(rows), "1.4");
  report.add("reload to the true answer / empty page", messages, both(answers), "2.2");
  const shift = await page.evaluate(() => globalThis.probe.shift);
  report.add("layout shift of a reload", messages, shift.toFixed(4), "0.01");
}

async function openEmptyPage(
  browser: Browser,
): Promise<{ page: Page; close: () => Promise<void> }> {
  const server = createServer((_request, response) =>
    response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><p>x"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`);
  return {
    page,
    async close() {
      await page.close();
      server.close();
    },
  };
}

/** `when`: what goes on meanwhile, as the figure's name says it. */
export async function measureKeys(
  report: Report,
  page: Page,
  messages: number,
  when = "",
): Promise<void> {
  await page.bringToFront();
  await page.getByRole("grid").getByRole("row").first().focus();
  for (const [key, name] of [
    ["j", "j"],
    ["k", "k"],
  ] as const) {
    const times: number[] = [];
    for (let i = 0; i < KEYS; i++) times.push(await keyTime(page, key));
    const figure = `${ms(median(times))} / ${ms(percentile(times, 95))}`;
    report.addGrowing(
      `key ${name} to changed DOM${when}, median / p95`,
      messages,
      median(times),
      figure,
      "16 / 50 ms",
    );
  }
}

/** What is done with a row, and taken back; each when what was done before it is on the screen and in the database. */
export async function measureActs(
  report: Report,
  page: Page,
  messages: number,
  when = "",
): Promise<void> {
  const undo = page.getByRole("button", { name: "Undo", exact: true }).first();
  await page.keyboard.press("Shift");
  await undo.waitFor();
  await page.getByRole("grid").getByRole("row").nth(1).focus();
  const times: Record<string, number[]> = { x: [], s: [], e: [], z: [] };
  for (let i = 0; i < ACT_ROUNDS; i++)
    for (const key of ["x", "x", "s", "z", "e", "z"]) {
      times[key]?.push(await changeTime(page, key));
      await page.waitForTimeout(ACT_MS);
    }
  for (const [key, all] of Object.entries(times))
    report.addGrowing(
      `key ${key} to changed DOM${when}, median / p95`,
      messages,
      median(all),
      `${ms(median(all))} / ${ms(percentile(all, 95))}`,
      "16 / 50 ms",
    );
}

/** Formatted mail is drawn when its frame has a height. */
export const DRAWN_FRAME = "iframe[title][style*=block-size]";

/** Each again and again from the list. */
export async function measureOpen(report: Report, page: Page, messages: number): Promise<void> {
  for (const count of LONG) {
    const isFormatted = count === FORMATTED;
    const hash = hashOf(count);
    const times: number[] = [];
    const open = async (): Promise<void> => {
      times.push(await openTime(page, hash, isFormatted ? DRAWN_FRAME : "article", 1));
      await backToList(page);
    };
    await open();
    times.length = 0;
    const work = await processorTime(page, async () => {
      for (let i = 0; i < OPENS; i++) await open();
    });
    report.addGrowing(
      `open a conversation of ${count}${isFormatted ? ", one foreign HTML" : ""}: median, p95, work of the page for each`,
      messages,
      median(times),
      `${ms(median(times))}, ${ms(percentile(times, 95))}, ${ms(work / OPENS)}`,
      "p95 50 ms",
    );
  }
}

/** The conversation of that many messages. */
function hashOf(count: number): string {
  return `#/t/thread-${longName(count)}0`;
}

export async function backToList(page: Page): Promise<void> {
  await openTime(page, "#/inbox", ".shell[data-pane=list]", 1);
}

/** What reading leaves behind: many conversations one after the other, every tenth with formatted mail. */
export async function measureReadingOn(
  report: Report,
  page: Page,
  messages: number,
): Promise<void> {
  const formatted = hashOf(FORMATTED);
  const session = await page.context().newCDPSession(page);
  const heap = (): Promise<number> =>
    heapOf((method) => session.send(method as "Runtime.getHeapUsage"));
  const before = await heap();
  for (let i = 1; i <= READ_ON; i++) {
    const isFormatted = i % 10 === 0;
    const hash = isFormatted ? formatted : `#/t/thread-${i % Math.floor(messages / 3)}`;
    await openTime(page, hash, isFormatted ? DRAWN_FRAME : "article", 1);
    await backToList(page);
  }
  const after = await heap();
  await session.detach();
  report.add(
    `heap of the page before / after ${READ_ON} conversations`,
    messages,
    `${megabytes(before)} / ${megabytes(after)}`,
    "25 MB",
  );
}

export async function measureScroll(report: Report, page: Page, messages: number): Promise<void> {
  await page.bringToFront();
  const times = await scrollTimes(page, FRAMES);
  const slow = times.filter((time) => time > 50).length;
  report.add(
    `scroll through all in ${FRAMES} frames: over 50 ms, p95`,
    messages,
    `${slow}, ${ms(percentile(times, 95))}`,
    "0, 16.7 ms",
  );
  await page.evaluate(() => document.querySelector("[role=grid]")?.scrollTo(0, 0));
}

/** Heaps after all of the above, garbage collected. */
export async function measureMemory(report: Report, page: Page, messages: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const ofPage = await heapOf((method) => session.send(method as "Runtime.getHeapUsage"));
  report.add("heap of the page after use", messages, megabytes(ofPage), "25 MB");
  const ofWorker = await workerHeap(session);
  report.add("heap of the worker after use", messages, megabytes(ofWorker), "60 MB");
}

type Send = (method: string) => Promise<unknown>;

async function heapOf(send: Send): Promise<number> {
  await send("HeapProfiler.enable");
  await send("HeapProfiler.collectGarbage");
  const { usedSize } = (await send("Runtime.getHeapUsage")) as { usedSize: number };
  return usedSize;
}

/** A worker is a target of its own; what is said to it goes through its page. */
async function workerHeap(session: CDPSession): Promise<number> {
  const attached = new Promise<string>((resolve) => {
    session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      if (targetInfo.type === "worker") resolve(sessionId);
    });
  });
  await session.send("Target.setAutoAttach", {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  const sessionId = await attached;
  let last = 0;
  const waiting = new Map<number, (result: unknown) => void>();
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  return heapOf((method) => {
    const id = ++last;
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    return session
      .send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) })
      .then(() => answer);
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** Conversations that are archived at once. */
const MANY = 10_000;

export async function rowCount(page: Page): Promise<number> {
  const grid = page.getByRole("grid", { name: "Conversations" });
  return Number(await grid.getAttribute("aria-rowcount"));
}

/** From one row to another, as a range; resolves with the toolbar for them. */
export async function chooseRows(page: Page, first: number, last: number): Promise<Locator> {
  const list = page.getByRole("grid", { name: "Conversations" });
  const choose = async (index: number, modifiers: "Shift"[] = []): Promise<void> => {
    await list.evaluate((element, row) => {
      const height = Number.parseInt(getComputedStyle(element).getPropertyValue("--row"), 10);
      element.scrollTop = row * height;
    }, index);
    await page.locator(`[data-index="${index}"] .row-check`).click({ modifiers });
  };
  await choose(first);
  await choose(last, ["Shift"]);
  const bar = page.getByRole("toolbar", { name: "Selected conversations" });
  await bar.getByText((last - first + 1).toLocaleString("en")).waitFor();
  return bar;
}

/** Very many at once, chosen as a range, and all of them taken back; somebody reads meanwhile. */
export async function measureMany(report: Report, page: Page, messages: number): Promise<void> {
  await page.bringToFront();
  await backToList(page);
  const many = Math.min(MANY, await rowCount(page));
  const bar = await chooseRows(page, 0, many - 1);
  const progress = page.locator(".band-progress");
  const acts = [
    ["archive", bar.getByRole("button", { name: "Archive", exact: true })],
    ["undo", page.getByRole("button", { name: "Undo", exact: true }).first()],
  ] as const;
  for (const [what, button] of acts) {
    // Watching for minutes would be most of the work.
    const watched = await watchTasks(page);
    const startedAt = performance.now();
    await button.click();
    await progress.waitFor();
    const opened = await openTime(page, hashOf(1), "article", 1);
    const { work } = await watched();
    await backToList(page);
    await progress.waitFor({ state: "detached", timeout: 1_800_000 });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    report.add(
      `${what} ${many} conversations; longest task of the page, opening one meanwhile`,
      messages,
      `${seconds} s; ${ms(work)}, ${ms(opened)}`,
      "no task over 50 ms",
    );
  }
}
