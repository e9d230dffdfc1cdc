/**
 * `npm run bench`: the figures, each beside its bar, as a table and as JSON. Never fails a build. Times are of this
 * machine and this run; ratios have both sides in one run.
 *   --messages N[,N]   sizes of the archive, 1000,100000 unless told
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "./build.ts";
import { chromiumLaunch } from "./chromium.ts";
import { fillArchive } from "./demo/bulk.ts";
import { startServer, type Server } from "./servers/server.ts";
import { signIn as bareClient } from "./servers/tiny-client.ts";
import { serveStatic, type StaticServer } from "./static-server.ts";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const RELOADS = 7;

const { values } = parseArgs({
  options: { messages: { type: "string" }, "no-build": { type: "boolean" } },
});
const sizes = (values.messages ?? "1000,100000").split(",").map(Number);

type Figure = { what: string; messages: number | ""; figure: string; bar: string };
const figures: Figure[] = [];

if (values["no-build"] !== true) await build();
await firstLoad();
for (const messages of sizes) await mailboxOf(messages);
console.table(figures);
console.log(JSON.stringify(figures));

/** Bytes over the wire, gzip, until the sign-in form works and until the inbox is there. */
async function firstLoad(): Promise<void> {
  const size = new Map<string, number>();
  for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
    if (entry.isFile())
      size.set(entry.name, gzipSync(await readFile(join(entry.parentPath, entry.name))).length);
  }
  const server = await startServer("prosody", { accounts: { ann: "secret" } });
  const { app, browser, page } = await openApp(server);
  const asked = new Set<string>();
  const count = (): number => [...asked].reduce((sum, name) => sum + (size.get(name) ?? 0), 0);
  page.on("request", (request) =>
    asked.add(new URL(request.url()).pathname.split("/").at(-1) || "index.html"),
  );
  await page.goto(app.url);
  await page.getByRole("textbox", { name: "Address" }).waitFor();
  const worker = [...asked].find((name) => name.startsWith("worker"));
  const form = count() - (size.get(worker ?? "") ?? 0);
  await signIn(page);
  await page.getByRole("status", { name: "Sync" }).filter({ hasText: "Up to date" }).waitFor();
  figures.push({
    what: "first visit, gzip bytes of the page until the sign-in form",
    messages: "",
    figure: `${form}`,
    bar: "25,000",
  });
  figures.push({
    what: "first visit, gzip bytes until the inbox, page and worker",
    messages: "",
    figure: `${count()}`,
    bar: "80,000",
  });
  await close(server, app, browser);
}

async function mailboxOf(messages: number): Promise<void> {
  const dataFolder = await mkdtemp(join(tmpdir(), "envoi-bench-"));
  const server = await startServer("prosody", { dataFolder, accounts: { ann: "secret" } });
  await server.stop();
  fillArchive(join(dataFolder, "prosody.sqlite"), {
    user: "ann",
    host: "localhost",
    count: messages,
    chats: 0,
  });
  await server.restart();
  const add = (what: string, figure: string, bar: string): void =>
    void figures.push({ what, messages, figure, bar });

  const { app, browser, page } = await openApp(server);
  await page.goto(app.url);
  const startedAt = Date.now();
  await signIn(page);
  await page.getByRole("grid").getByRole("row").nth(10).waitFor();
  add("sign-in to a full list", `${Date.now() - startedAt} ms`, "1,500 ms at 80 ms round trip");
  await page
    .getByRole("status", { name: "Sync" })
    .filter({ hasText: "Up to date" })
    .waitFor({ timeout: 900_000 });
  const synced = (Date.now() - startedAt) / 1000;
  const bare = await bareRate(server, messages);
  add(
    "archive sync, messages a second, beside a bare client",
    `${Math.round(messages / synced)} / ${Math.round(bare)} = ${(messages / synced / bare).toFixed(2)}`,
    "0.85",
  );

  const empty = await emptyPage(browser);
  const rows: number[] = [];
  for (let i = 0; i < RELOADS; i++) {
    await page.reload();
    rows.push(
      await page.evaluate(
        () => (globalThis as unknown as { firstRows: Promise<number> }).firstRows,
      ),
    );
    await page.waitForTimeout(300);
  }
  add(
    "reload to rows painted, beside the first paint of an empty page",
    `${median(rows).toFixed(0)} / ${empty.toFixed(0)} ms = ${(median(rows) / empty).toFixed(2)}`,
    "1.4",
  );

  const keys: number[] = [];
  await page.getByRole("grid").getByRole("row").first().focus();
  for (let i = 0; i < 40; i++) {
    keys.push(await page.evaluate(() => keyToChange("ArrowDown")));
  }
  add(
    "key to changed row, median and p95",
    `${median(keys).toFixed(1)} / ${percentile(keys, 95).toFixed(1)} ms`,
    "16 / 50 ms",
  );
  await close(server, app, browser);
  await rm(dataFolder, { recursive: true, force: true });
}

declare function keyToChange(key: string): Promise<number>;

/** A WebSocket that pages the same archive back and looks at nothing but where a page ends. Messages a second. */
async function bareRate(server: Server, messages: number): Promise<number> {
  const client = await bareClient(server.wsUrl, server.domain, "ann", "secret");
  const startedAt = performance.now();
  let before = "";
  let seen = 0;
  for (let page = 0; seen < Math.min(messages, 10_000); page++) {
    const set = `<set xmlns='http://jabber.org/protocol/rsm'><max>50</max><before>${before}</before></set>`;
    const fin = await client.iq(
      `<iq type='set' id='p${page}'><query xmlns='urn:xmpp:mam:2'>${set}</query></iq>`,
    );
    seen += client.frames.length - 1;
    client.frames.length = 0;
    before = /<first[^>]*>([^<]+)</.exec(fin)?.[1] ?? "";
    if (before === "" || /complete=['"]true/.test(fin)) break;
  }
  client.close();
  return (seen / (performance.now() - startedAt)) * 1000;
}

/** First contentful paint of a page with one word, median. */
async function emptyPage(browser: Browser): Promise<number> {
  const server = createServer((_request, response) =>
    response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><p>x"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const page = await browser.newPage();
  await page.goto(
    `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`,
  );
  const paints: number[] = [];
  for (let i = 0; i < RELOADS; i++) {
    await page.reload();
    paints.push(
      await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const known = performance.getEntriesByName("first-contentful-paint")[0];
            if (known !== undefined) return resolve(known.startTime);
            new PerformanceObserver((list) => {
              const paint = list.getEntriesByName("first-contentful-paint")[0];
              if (paint !== undefined) resolve(paint.startTime);
            }).observe({ type: "paint", buffered: true });
          }),
      ),
    );
  }
  await page.close();
  server.close();
  return median(paints);
}

async function openApp(
  server: Server,
): Promise<{ app: StaticServer; browser: Browser; page: Page }> {
  const app = await serveStatic({
    folder: DIST,
    extra: { "config.json": JSON.stringify({ endpoints: { localhost: server.wsUrl } }) },
  });
  const browser = await chromium.launch(chromiumLaunch);
  const context = await browser.newContext({ viewport: { width: 1360, height: 800 } });
  await context.addInitScript(() => {
    const rows = (): number => document.querySelectorAll("[role=grid] [role=row]").length;
    const probe = globalThis as unknown as {
      firstRows: Promise<number>;
      keyToChange: (key: string) => Promise<number>;
    };
    /** ms from navigation to the frame after the first rows stood in the document. */
    probe.firstRows = new Promise((resolve) => {
      const look = (): void => {
        if (rows() === 0) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true });
    });
    probe.keyToChange = (key) =>
      new Promise((resolve) => {
        const before = document.activeElement;
        const startedAt = performance.now();
        document.activeElement?.dispatchEvent(
          new KeyboardEvent("keydown", { key, code: key, bubbles: true, cancelable: true }),
        );
        const look = (): void => {
          if (document.activeElement !== before) resolve(performance.now() - startedAt);
          else requestAnimationFrame(look);
        };
        queueMicrotask(() => queueMicrotask(look));
      });
  });
  return { app, browser, page: await context.newPage() };
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Address" }).fill("ann@localhost");
  await page.getByRole("textbox", { name: "Password" }).fill("secret");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function close(server: Server, app: StaticServer, browser: Browser): Promise<void> {
  await browser.close();
  await app.close();
  await server.stop();
}

function percentile(list: readonly number[], share: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? 0;
}

function median(list: readonly number[]): number {
  return percentile(list, 50);
}
