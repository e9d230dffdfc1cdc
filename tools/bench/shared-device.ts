/**
 * What a person sees of what devices share, on servers as Debian ships them: a click on another open device, a new
 * device, and keys while much is being carried.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { startProxy } from "../chaos/proxy.ts";
import { chromiumLaunch } from "../chromium.ts";
import { fillArchive } from "../demo/bulk.ts";
import { type Server, type ServerKind, startServer } from "../servers/server.ts";
import { signIn as bareClient } from "../servers/tiny-client.ts";
import { chooseRows, measureActs, measureKeys, rowCount } from "./mailbox.ts";
import { addProbes } from "./probes.ts";
import { median, ms, percentile, type Report } from "./report.ts";
import { serveApp, signIn, upToDate } from "./stage.ts";

const ACCOUNTS = { ann: "secret", bob: "secret" };
const CLICKS = 15;
/** After that nothing of a click is on its way any more: two seconds more than the longest pause of ours. ms */
const QUIET_MS = 4000;
/** Rows at the top that stay in the Inbox, and those of them that are in sight. */
const KEPT = 60;
const IN_SIGHT = 10;
const PATIENCE_MS = 1_800_000;

interface Device {
  readonly page: Page;
  /** Bytes between it and the server so far. */
  passed(): { up: number; down: number };
}

/** Devices of "ann", each with a profile on the disk and a line of its own. */
async function withDevices(
  server: Server,
  folder: string,
  use: (open: () => Promise<Device>) => Promise<void>,
): Promise<void> {
  const contexts: BrowserContext[] = [];
  const closing: (() => Promise<void>)[] = [];
  try {
    await use(async () => {
      const proxy = await startProxy(server.wsUrl);
      const app = await serveApp(proxy.url);
      const context = await chromium.launchPersistentContext(
        join(folder, `device-${contexts.length}`),
        { ...chromiumLaunch, viewport: { width: 1360, height: 800 } },
      );
      contexts.push(context);
      closing.push(
        () => app.close(),
        () => proxy.close(),
      );
      await addProbes(context);
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      await signIn(page, app.url);
      return { page, passed: () => proxy.passed() };
    });
  } finally {
    for (const context of contexts) await context.close();
    for (const close of closing) await close();
  }
}

async function withServer(
  kind: ServerKind,
  use: (server: Server, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "envoi-bench-"));
  const dataFolder = join(folder, "server");
  const server = await startServer(kind, {
    profile: "debian",
    sql: true,
    dataFolder,
    accounts: ACCOUNTS,
  });
  try {
    await use(server, folder);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A star on one device: when it stands on another, and what it cost on the wire of both. */
export async function measureClick(report: Report, kind: ServerKind): Promise<void> {
  await withServer(kind, async (server, folder) => {
    await sendMail(server, 3);
    await withDevices(server, folder, async (open) => {
      const [one, two] = [await open(), await open()];
      for (const { page } of [one, two]) {
        await upToDate(page);
        await page.getByRole("grid").getByRole("row").nth(2).waitFor();
      }
      await one.page.waitForTimeout(QUIET_MS);
      const [times, up, down]: [number[], number[], number[]] = [[], [], []];
      for (let i = 0; i < CLICKS; i++) {
        const before = [one.passed(), two.passed()] as const;
        const there = starred(two.page, i % 2 === 0);
        const startedAt = await one.page.evaluate(() => performance.timeOrigin + performance.now());
        await one.page.getByRole("row").first().getByRole("button", { name: "Star" }).click();
        times.push((await there) - startedAt);
        await one.page.waitForTimeout(QUIET_MS);
        up.push(one.passed().up - before[0].up);
        down.push(two.passed().down - before[1].down);
      }
      report.add(
        `${kind} as Debian ships it: a star on another open device, median / p95; bytes up here, down there`,
        3,
        `${ms(median(times))} / ${ms(percentile(times, 95))}; ${median(up)} B, ${median(down)} B`,
        "2 s; 1 kB",
      );
    });
  });
}

/** When the first row's star is so, epoch ms. */
function starred(page: Page, isOn: boolean): Promise<number> {
  return page.evaluate(async (wanted) => {
    const at = await globalThis.probe.when(`[data-index="0"] .row-star[aria-pressed=${wanted}]`, 1);
    return performance.timeOrigin + at;
  }, isOn);
}

async function sendMail(server: Server, count: number): Promise<void> {
  const client = await bareClient(server.wsUrl, server.domain, "bob", "secret", "bare");
  for (let i = 0; i < count; i++) {
    client.send(
      `<message xmlns='jabber:client' to='ann@${server.domain}' id='mail-${i}'><subject>Mail ${i}</subject><body>x</body></message>`,
    );
    // One a second apart: rows stand in the order they came.
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  client.close();
}

/** All but the newest archived on one device, then a new one; on Prosody, whose archive can be filled. */
export async function measureNewDevice(report: Report, messages: number): Promise<void> {
  await withServer("prosody", async (server, folder) => {
    await server.stop();
    // Within the week that Debian's Prosody keeps mail.
    const stepMs = Math.min(60_000, (5 * 86_400_000) / messages);
    fillArchive(join(server.dataFolder, "prosody.sqlite"), {
      user: "ann",
      host: server.domain,
      count: messages,
      chats: 0,
      stepMs,
    });
    await server.restart();
    await withDevices(server, folder, async (open) => {
      const { page: one } = await open();
      await upToDate(one);
      const all = await rowCount(one);
      const bar = await chooseRows(one, KEPT, all - 1);
      const startedAt = performance.now();
      await bar.getByRole("button", { name: "Archive", exact: true }).click();
      await one.locator(".band-progress").waitFor();
      await one.locator(".band-progress").waitFor({ state: "detached" });
      await one.evaluate(() => document.querySelector("[role=grid]")?.scrollTo(0, 0));
      await measureKeys(report, one, messages, " while state is carried");
      await measureActs(report, one, messages, " while state is carried");
      await saved(one);
      const carried = performance.now() - startedAt;
      await measureKeys(report, one, messages, " when all is carried");
      await measureActs(report, one, messages, " when all is carried");
      await saved(one);
      const expected = await shown(one);
      const signedInAt = performance.now();
      const { page: two } = await open();
      const inSight = await until(two, expected, "sight");
      const right = await until(two, expected, "all");
      const took = (at: number): string => `${((at - signedInAt) / 1000).toFixed(1)} s`;
      report.add(
        `prosody as Debian ships it: ${all - KEPT} conversations archived and carried; a new device until the rows in sight, and all of it, are right`,
        messages,
        `${(carried / 1000).toFixed(1)} s; ${took(inSight)}, ${took(right)}`,
        "",
      );
    });
  });
}

async function saved(page: Page): Promise<void> {
  await page.evaluate(() => (location.hash = "#/settings/devices"));
  await page.getByRole("status").filter({ hasText: "Everything" }).waitFor();
  await page.evaluate(() => (location.hash = "#/inbox"));
  await page.getByRole("grid", { name: "Conversations" }).getByRole("row").first().waitFor();
}

type Shown = { sight: string; all: string };

/** Rows at the top, and with them the counts beside all mailboxes. */
function shown(page: Page): Promise<Shown> {
  return page.evaluate((count) => {
    const named = (selector: string): string[] =>
      Array.from(document.querySelectorAll(selector), (e) => e.getAttribute("aria-label") ?? "");
    const rows = named("[role=grid] [role=row]").slice(0, count);
    const total = document.querySelector("[role=grid]")?.getAttribute("aria-rowcount");
    return {
      sight: JSON.stringify(rows),
      all: JSON.stringify([rows, total, named("nav a")]),
    };
  }, IN_SIGHT);
}

/** When it shows that, by this tool's clock. */
async function until(page: Page, expected: Shown, part: keyof Shown): Promise<number> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const now = await shown(page);
    if (now[part] === expected[part]) return performance.now();
    if (performance.now() > giveUpAt) throw new Error(`${now[part]} instead of ${expected[part]}`);
    await page.waitForTimeout(50);
  }
}
