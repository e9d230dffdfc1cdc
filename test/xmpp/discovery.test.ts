import { afterEach, expect, test, vi } from "vitest";
import {
  discoverFromHostMeta,
  guessEndpoints,
  isAllowedEndpoint,
} from "../../src/xmpp/discovery.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const JSON_URL = "https://example.org/.well-known/host-meta.json";
const XML_URL = "https://example.org/.well-known/host-meta";
const REL = "urn:xmpp:alt-connections:websocket";

type Answer = { status?: number; text?: string; url?: string } | "blocked";

function web(pages: Record<string, Answer>): void {
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const page = pages[url] ?? { status: 404 };
    init.signal?.throwIfAborted();
    if (page === "blocked") throw new TypeError("Failed to fetch");
    const { status = 200, text = "" } = page;
    return { ok: status < 300, url: page.url ?? url, text: async () => text };
  });
}

const json = (...hrefs: string[]) => ({
  text: JSON.stringify({ links: hrefs.map((href) => ({ rel: REL, href })) }),
});
const found = () => discoverFromHostMeta("example.org");

test("both forms are read, each address once", async () => {
  web({
    [JSON_URL]: json("wss://example.org/a"),
    [XML_URL]: {
      text: `<?xml version='1.0'?><XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>
        <Link rel="urn:xmpp:alt-connections:xbosh" href="https://example.org/bosh"/>
        <Link href='wss://example.org/a' rel='${REL}'/>
        <Link rel="${REL}"
              href="wss://example.org/b?x=1&amp;y=2" /></XRD>`,
    },
  });
  expect(await found()).toEqual({
    hostMeta: "found",
    endpoints: [
      { url: "wss://example.org/a", via: "host-meta" },
      { url: "wss://example.org/b?x=1&y=2", via: "host-meta" },
    ],
  });
});

test.each([
  ["an open channel", "ws://example.org/ws"],
  ["a page", "https://example.org/ws"],
  ["a script", "javascript:alert(1)"],
  ["a password in the address", "wss://user:pw@example.org/ws"],
  ["nothing", ""],
])("an address that is %s is no endpoint", async (_what, href) => {
  expect(isAllowedEndpoint(href)).toBe(false);
  web({ [JSON_URL]: json(href) });
  expect(await found()).toEqual({ hostMeta: "found", endpoints: [] });
});

test("an open channel is allowed to this computer only", () => {
  expect(isAllowedEndpoint("ws://localhost:5280/x")).toBe(true);
  expect(isAllowedEndpoint("ws://127.3.4.5:5280/x")).toBe(true);
  expect(isAllowedEndpoint("ws://[::1]:5280/x")).toBe(true);
  expect(isAllowedEndpoint("ws://127.0.0.1.evil.test/x")).toBe(false);
  expect(isAllowedEndpoint("ws://localhost.evil.test/x")).toBe(false);
});

test("what came by way of an open channel is not read", async () => {
  web({ [JSON_URL]: { ...json("wss://evil.test/ws"), url: "http://example.org/host-meta.json" } });
  expect(await found()).toEqual({ hostMeta: "none", endpoints: [] });
});

test.each([
  ["no JSON", "{"],
  ["another shape", `{"links":{"rel":1}}`],
  ["a list of nothing", `{"links":[null,1]}`],
  ["null", "null"],
])("%s is an empty answer, not an error", async (_what, text) => {
  web({ [JSON_URL]: { text } });
  expect(await found()).toEqual({ hostMeta: "found", endpoints: [] });
});

test("no answer is told from no permission", async () => {
  web({});
  expect((await found()).hostMeta).toBe("none");
  web({ [JSON_URL]: "blocked", [XML_URL]: "blocked" });
  expect((await found()).hostMeta).toBe("blocked");
});

test("an endless page is not read", async () => {
  web({ [JSON_URL]: { text: `${json("wss://example.org/a").text}${" ".repeat(70_000)}` } });
  expect((await found()).endpoints).toEqual([]);
});

test("who cancels gets the reason", async () => {
  web({});
  const reason = new Error("enough");
  await expect(
    discoverFromHostMeta("example.org", { signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason);
});

test("guesses are allowed endpoints, open ones for this computer only", () => {
  for (const domain of ["example.org", "localhost", "127.0.0.1"]) {
    const guesses = guessEndpoints(domain);
    expect(guesses.every((e) => isAllowedEndpoint(e.url))).toBe(true);
    expect(guesses.some((e) => e.url.startsWith("ws:"))).toBe(domain !== "example.org");
  }
  expect(guessEndpoints("example.org")[0]?.url).toBe("wss://example.org/xmpp-websocket");
});
