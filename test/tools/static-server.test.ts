/** Headers and the static server: what every answer says, and what must never be served. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { policy, securityHeaders } from "../../tools/headers.ts";
import { profileOf } from "../../tools/profile.ts";
import { serveStatic, type StaticOptions, type StaticServer } from "../../tools/static-server.ts";

const LOCKED = {
  kind: "locked",
  connect: ["wss://chat.example.org:5443", "https://files.example.org"],
} as const;

describe("headers", () => {
  it("let any server be named, or only the given ones", () => {
    const any = policy({ kind: "any" }, { meta: false });
    expect(any).toContain(
      "connect-src 'self' https: wss: ws://localhost:* ws://127.0.0.1:*; worker-src",
    );
    expect(policy(LOCKED, { meta: false })).toContain(
      "connect-src 'self' wss://chat.example.org:5443 https://files.example.org; worker-src",
    );
    for (const host of ["a b", "a;script-src *", "*", "", "a/b", "a:x"])
      for (const source of [host, `https://${host}`, `wss://${host}`])
        expect(() => policy({ kind: "locked", connect: [source] }, { meta: true })).toThrow(
          "not an origin",
        );
    expect(() => policy({ kind: "locked", connect: ["ws://a.example"] }, { meta: true })).toThrow();
  });

  it("come from the operator's config.json", () => {
    expect(profileOf({})).toEqual({ kind: "any" });
    expect(
      profileOf({
        lockedHosts: ["example.org", "example.net"],
        endpoints: { "example.org": "wss://xmpp.example.org:5281/ws" },
        uploadHosts: ["files.example.org"],
      }),
    ).toEqual({
      kind: "locked",
      connect: [
        "wss://xmpp.example.org:5281",
        "wss://example.net",
        "https://example.org",
        "https://example.net",
        "https://files.example.org",
      ],
    });
    expect(() =>
      profileOf({ lockedHosts: ["a.example"], endpoints: { "a.example": "https://a.example" } }),
    ).toThrow("not a WebSocket");
  });

  it("forbid everything that is not asked for", () => {
    const directives = new Map(
      policy({ kind: "any" }, { meta: false })
        .split("; ")
        .map((d) => [d.slice(0, d.indexOf(" ")), d.slice(d.indexOf(" ") + 1)]),
    );
    expect(directives.get("default-src")).toBe("'none'");
    expect(directives.get("script-src")).toBe("'self'");
    expect(directives.get("style-src")).toBe("'self'");
    expect(directives.get("frame-ancestors")).toBe("'none'");
    expect(directives.get("require-trusted-types-for")).toBe("'script'");
    expect(directives.get("trusted-types")?.split(" ").sort()).toEqual([
      "app-worker",
      "mail-html",
      "solid-tmpl",
    ]);
    expect([...directives.values()].join(" ")).not.toMatch(/unsafe|\*(?![;\s]|$)/);
  });

  it("say the same in a meta element, but for what one may not say there", () => {
    const header = policy(LOCKED, { meta: false }).split("; ");
    expect(policy(LOCKED, { meta: true }).split("; ")).toEqual(
      header.filter((d) => !d.startsWith("frame-ancestors")),
    );
    expect(securityHeaders(LOCKED)).toMatchObject({
      "Content-Security-Policy": policy(LOCKED, { meta: false }),
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "credentialless",
    });
  });
});

const SCRIPT = "console.log('worker');\n".repeat(200);

/** A folder with a build in it and a secret beside it, served. */
async function serve(options: Partial<StaticOptions> = {}): Promise<StaticServer> {
  const outside = await mkdtemp(join(tmpdir(), "envoi-static-"));
  const folder = join(outside, "dist");
  await mkdir(join(folder, "assets"), { recursive: true });
  await writeFile(join(outside, "secret.txt"), "secret");
  await writeFile(join(folder, "index.html"), "<!doctype html>home");
  await writeFile(join(folder, "sw.js"), "// sw");
  await writeFile(join(folder, "assets/worker-1a2b.js"), SCRIPT);
  await writeFile(join(folder, "assets/letter.woff2"), "font");
  await writeFile(join(folder, "..two dots.svg"), "<svg/>");
  const server = await serveStatic({ folder, ...options });
  onTestFinished(async () => {
    await server.close();
    await rm(outside, { recursive: true, force: true });
  });
  return server;
}

/** A request whose path is sent as it stands: fetch would tidy it up. */
function raw(
  port: number,
  path: string,
  method = "GET",
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, method }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on("error", reject)
      .end();
  });
}

describe("static server", () => {
  it("serves files with their type, the headers and how long they keep", async () => {
    const server = await serve({ extra: { "config.json": '{"demo":[]}' } });
    const cases = [
      ["", "text/html; charset=utf-8", "no-store"],
      ["index.html", "text/html; charset=utf-8", "no-store"],
      ["config.json", "application/json", "no-store"],
      ["sw.js", "text/javascript; charset=utf-8", "no-store"],
      ["assets/worker-1a2b.js", "text/javascript; charset=utf-8", "immutable"],
      ["assets/letter.woff2", "font/woff2", "immutable"],
      ["..two%20dots.svg", "image/svg+xml", "no-store"],
    ] as const;
    for (const [path, type, keeps] of cases) {
      const response = await fetch(server.url + path);
      expect([path, response.status, response.headers.get("content-type")]).toEqual([
        path,
        200,
        type,
      ]);
      expect(response.headers.get("cache-control")).toContain(keeps);
      for (const [name, value] of Object.entries(securityHeaders({ kind: "any" })))
        expect(response.headers.get(name)).toBe(value);
    }
    expect(await (await fetch(`${server.url}config.json`)).json()).toEqual({ demo: [] });
  });

  it("compresses what a browser can read compressed", async () => {
    const server = await serve();
    for (const encoding of ["br", "gzip"]) {
      for (const time of ["first", "from memory"]) {
        const response = await fetch(`${server.url}assets/worker-1a2b.js`, {
          headers: { "Accept-Encoding": encoding },
        });
        expect([time, response.headers.get("content-encoding")]).toEqual([time, encoding]);
        expect(Number(response.headers.get("content-length"))).toBeLessThan(SCRIPT.length / 10);
        expect(await response.text()).toBe(SCRIPT);
      }
    }
    const plain = await raw(server.port, "/assets/worker-1a2b.js");
    expect(plain.body).toBe(SCRIPT);
  });

  it("never leaves its folder", async () => {
    const server = await serve({ subPath: "/mail/" });
    const paths = [
      "/mail/../secret.txt",
      "/mail/%2e%2e/secret.txt",
      "/mail/..%2fsecret.txt",
      "/mail/assets/../../secret.txt",
      "/mail/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
      "/mail//../secret.txt",
      "/mail//etc/passwd",
      "/mail/..\\secret.txt",
      "/mail/index.html%00.txt",
      "/mail/%ff",
      "/secret.txt",
      "/mail/constructor",
      "/mail/assets",
      "/mail/assets/",
    ];
    for (const path of paths) {
      const { status, body } = await raw(server.port, path);
      expect([path, status, body]).toEqual([path, 404, "404\n"]);
    }
  });

  it("lives under any path, and finds the way there without its last slash", async () => {
    const server = await serve({ subPath: "/some/path/" });
    expect(await (await fetch(server.url)).text()).toContain("home");
    expect(await (await fetch(server.url.slice(0, -1))).text()).toContain("home");
    expect((await fetch(`http://localhost:${server.port}/`)).status).toBe(404);
  });

  it("only reads", async () => {
    const server = await serve();
    expect((await fetch(server.url, { method: "POST", body: "x" })).status).toBe(405);
    expect(await raw(server.port, "/", "HEAD")).toEqual({ status: 200, body: "" });
  });

  it.each(["127.0.0.1", "::1"])("takes another port when somebody has it on %s", async (host) => {
    const squatter = createServer();
    const isThere = await new Promise<boolean>((resolve) => {
      squatter.once("error", () => resolve(false));
      squatter.listen(0, host, () => resolve(true));
    });
    // A machine without IPv6 has nobody there.
    if (!isThere) return;
    onTestFinished(() => void squatter.close());
    const address = squatter.address();
    const busy = typeof address === "object" && address !== null ? address.port : 0;
    const server = await serve({ port: busy });
    expect(server.port).not.toBe(busy);
    expect((await fetch(server.url)).status).toBe(200);
  });
});
