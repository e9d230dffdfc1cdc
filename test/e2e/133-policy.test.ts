/** The policy: in the headers of every file, in the page alone, and in force. */
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { profileOf } from "../../tools/profile.ts";
import { serveStatic } from "../../tools/static-server.ts";
import { content, mail, openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

const DIST = join(import.meta.dirname, "../../dist");

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** DESIGN.md section 4, SECURITY.md 4.1: word for word but for the order. */
const POLICY: Record<string, string[]> = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "style-src": ["'self'"],
  "img-src": ["'self'", "data:", "blob:"],
  "media-src": ["blob:"],
  "font-src": ["'self'"],
  "connect-src": ["'self'", "https:", "wss:", "ws://localhost:*", "ws://127.0.0.1:*"],
  "worker-src": ["'self'"],
  "manifest-src": ["'self'"],
  "frame-src": ["'none'"],
  "object-src": ["'none'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
  "frame-ancestors": ["'none'"],
  "require-trusted-types-for": ["'script'"],
  "trusted-types": ["solid-tmpl", "app-worker", "mail-html"],
};

function parsed(policy: string | null): Record<string, string[]> {
  return Object.fromEntries(
    (policy ?? "").split(";").map((directive) => {
      const [name = "", ...values] = directive.trim().split(/\s+/);
      return [name, values];
    }),
  );
}

/** What the page was kept from, by directive. */
async function violations(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    addEventListener("securitypolicyviolation", (e) => seen.push(e.effectiveDirective));
  });
  return () => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
}

/** Everything a hole in the page would try. None of it may run. */
async function inject(page: Page): Promise<void> {
  await page.evaluate(() => {
    const attempt = (act: () => void): void => {
      try {
        act();
      } catch {
        // Trusted Types throw beside reporting.
      }
    };
    Object.assign(globalThis, { ran: [] });
    const hole = "ran.push(1)";
    attempt(() => {
      const script = document.createElement("script");
      script.append(hole);
      document.body.append(script);
    });
    attempt(() => {
      const link = document.createElement("a");
      link.href = `javascript:${hole}`;
      document.body.append(link);
      link.click();
    });
    attempt(() => {
      const html: string = `<img src=x onerror=${hole}>`;
      const sink = document.body.appendChild(document.createElement("p"));
      // oxlint-disable-next-line no-restricted-properties
      sink.innerHTML = html;
    });
    attempt(() => document.body.setAttribute("onclick", hole));
    attempt(() => document.body.click());
    attempt(() => void new Worker(URL.createObjectURL(new Blob([hole]))));
    attempt(() => {
      const types = (
        globalThis as unknown as { trustedTypes: { createPolicy(n: string, r: object): void } }
      ).trustedTypes;
      types.createPolicy("default", { createHTML: (html: string) => html });
    });
    attempt(() => {
      const image = new Image();
      image.src = "https://evil.invalid/x.png";
    });
    attempt(() => {
      const frame = document.createElement("iframe");
      frame.src = "https://evil.invalid/";
      document.body.append(frame);
    });
  });
}

async function expectHeld(page: Page, seen: () => Promise<string[]>): Promise<void> {
  await expect
    .poll(async () => new Set(await seen()))
    .toEqual(
      new Set([
        "script-src-elem",
        "require-trusted-types-for",
        "trusted-types",
        "img-src",
        "frame-src",
      ]),
    );
  expect(await page.evaluate(() => (globalThis as unknown as { ran: number[] }).ran)).toEqual([]);
}

test("every file has the headers, the workers' too", async () => {
  const { files } = JSON.parse(
    /\{\\?"version.*?\]\}/
      .exec(await readFile(join(DIST, "sw.js"), "utf8"))?.[0]
      .replaceAll('\\"', '"') ?? "",
  ) as { files: string[] };
  const workers = files.filter((f) => f.includes("worker"));
  const styles = files.filter((f) => f.includes("frame"));
  expect([workers.length, styles.length]).toEqual([1, 1]);
  for (const file of ["", "sw.js", "config.json", ...workers, ...styles]) {
    const { headers } = await fetch(stage.app.url + file);
    expect(parsed(headers.get("content-security-policy"))).toEqual(POLICY);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("permissions-policy")).toContain("camera=()");
  }
});

test("what is put into the page does not run, before and after sign-in", async () => {
  const context = await stage.profile({ keepsApp: true });
  const page = await signIn(context, stage.app.url, await stage.account("ann"));
  const seen = await violations(page);
  await inject(page);
  await expectHeld(page, seen);
});

test("a host that sets no headers has the policy all the same", async () => {
  const server = createServer((request, response) => {
    const name = (request.url ?? "/").split("?")[0]?.slice(1) || "index.html";
    const type = name.endsWith(".js")
      ? "text/javascript"
      : name.endsWith(".css")
        ? "text/css"
        : "text/html";
    readFile(join(DIST, name)).then(
      (bytes) => response.writeHead(200, { "Content-Type": type }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const page = await (await stage.profile()).newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  const seen = await violations(page);
  await inject(page);
  await expectHeld(page, seen);
});

test("a locked copy works with its server, and connects to nobody else", async () => {
  const { domain, wsUrl } = stage.server;
  const config = { lockedHosts: [domain], endpoints: { [domain]: wsUrl } };
  const profile = profileOf(config);
  expect(profile.kind).toBe("locked");
  const app = await serveStatic({
    folder: DIST,
    profile,
    extra: { "config.json": JSON.stringify(config) },
  });
  onTestFinished(() => app.close());
  const page = await signIn(await stage.profile(), app.url, await stage.account("ann"));
  await settled(page);
  const refused = await page.evaluate(() =>
    Promise.all(
      ["https://evil.invalid/", "wss://evil.invalid/"].map(
        (url) =>
          new Promise<string>((resolve) => {
            addEventListener("securitypolicyviolation", (e) => {
              if (e.blockedURI.startsWith(url.slice(0, -1))) resolve(e.effectiveDirective);
            });
            if (url.startsWith("wss")) {
              try {
                new WebSocket(url).close();
              } catch {
                resolve("connect-src");
              }
            } else void fetch(url).catch(() => undefined);
          }),
      ),
    ),
  );
  expect(refused).toEqual(["connect-src", "connect-src"]);
});

test("no frame may run anything, whatever is put into it", async () => {
  const ann = await stage.account("ann");
  const ben = await openPeer(stage.server, await stage.account("ben"));
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  const html = content("text/html", "<p>Hello</p>");
  await ben.send(mail(ann, "Framed", "Hello", [html]));
  await row(page, /Framed/).click();
  await page.frameLocator("iframe[title='Message body']").getByText("Hello").waitFor();
  const frames = await page.locator("iframe").evaluateAll((all) =>
    all.map((frame) => {
      const inner = (frame as HTMLIFrameElement).contentDocument;
      const script = inner?.createElement("script");
      script?.append("parent.ranInFrame = true");
      if (script !== undefined) inner?.body.append(script);
      return frame.getAttribute("sandbox");
    }),
  );
  expect(frames.length).toBeGreaterThan(0);
  for (const sandbox of frames)
    expect(sandbox).toBe("allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  expect(await page.evaluate(() => "ranInFrame" in globalThis)).toBe(false);
});
