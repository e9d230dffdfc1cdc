/** An address alone: host-meta over https on a domain of its own, and every way it can be wrong. */
import { readFile, mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server as HttpsServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import { chromiumLaunch } from "../../tools/chromium.ts";
import { createAuthority } from "../../tools/servers/certificates.ts";
import { serveStatic, type StaticServer } from "../../tools/static-server.ts";
import { type RunningHostileServer, startHostileServer } from "../hostile/websocket.ts";
import { openProfile, settled } from "./stage.ts";

const DOMAIN = "mail.test";
const META = "/.well-known/host-meta";
const REL = "urn:xmpp:alt-connections:websocket";

type Site = {
  json?: string;
  xml?: string;
  cors: boolean;
  /** Where the WebSocket is, and what seems to be one and never answers. */
  doors: Record<string, "open" | "hangs">;
  /** host-meta is never answered. */
  hangs?: boolean;
  redirect?: string;
  /** What a network answers in the server's place, whatever is asked, until somebody signs in to it. */
  portal?: "200" | "302" | "511" | undefined;
};
/** The doors that were knocked at, in order, and how often host-meta was asked for. */
let knocks: string[] = [];
let asked = 0;
let site: Site;
let folder: string;
let web: HttpsServer;
let xmpp: RunningHostileServer;
let app: StaticServer;
let browser: Browser;

const PORTAL = { "Content-Type": "text/html", "Access-Control-Allow-Origin": "*" };
const LOGIN_PAGE = "<!doctype html><title>Free Wi-Fi</title><form>Accept the terms</form>";

const json = (...hrefs: string[]) =>
  JSON.stringify({ links: hrefs.map((href) => ({ rel: REL, href })) });
const RIGHT = json(`wss://xmpp.${DOMAIN}/socket`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "envoi-site-"));
  const { key, certificate } = await (await createAuthority(folder)).issue(DOMAIN);
  xmpp = await startHostileServer({ domain: DOMAIN, accounts: { ann: "secret" } });
  web = createServer(
    { key: await readFile(key), cert: await readFile(certificate) },
    (request, response) => {
      if (site.hangs === true) return undefined;
      if (site.portal !== undefined) {
        const status = request.url === "/login" ? 200 : Number(site.portal);
        response.writeHead(status, { ...PORTAL, Location: "/login" });
        return response.end(LOGIN_PAGE);
      }
      asked++;
      const text = request.url === `${META}.json` ? site.json : request.url === META && site.xml;
      const cors = site.cors ? { "Access-Control-Allow-Origin": "*" } : {};
      if (site.redirect !== undefined) {
        response.writeHead(302, { ...cors, Location: site.redirect });
        return response.end();
      }
      response.writeHead(typeof text === "string" ? 200 : 404, cors);
      response.end(typeof text === "string" ? text : "");
    },
  );
  // What a TLS proxy in front of the server does.
  web.on("upgrade", (request, socket, head) => {
    knocks.push(request.url ?? "");
    if (site.portal !== undefined) {
      const head = Object.entries({ ...PORTAL, Location: "/login", Connection: "close" });
      const lines = head.map(([name, value]) => `${name}: ${value}`).join("\r\n");
      return socket.end(`HTTP/1.1 ${site.portal} Portal\r\n${lines}\r\n\r\n${LOGIN_PAGE}`);
    }
    const door = site.doors[request.url ?? ""];
    if (door === "hangs") return;
    if (door === undefined) return socket.destroy();
    const inner = connect(Number(new URL(xmpp.url).port), "127.0.0.1", () => {
      const headers = Object.entries(request.headers).map(
        ([name, value]) => `${name}: ${String(value)}`,
      );
      inner.write(`GET /ws HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
      inner.write(head);
      inner.pipe(socket).pipe(inner);
    });
    inner.on("error", () => socket.destroy());
    socket.on("error", () => inner.destroy());
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const { port } = web.address() as AddressInfo;
  app = await serveStatic({ folder: join(import.meta.dirname, "../../dist") });
  const rules = [`MAP *${DOMAIN}:443 127.0.0.1:${port}`, "MAP *.test ~NOTFOUND"];
  browser = await chromium.launch({
    ...chromiumLaunch,
    args: [
      ...chromiumLaunch.args,
      `--host-resolver-rules=${rules.join(",")}`,
      "--ignore-certificate-errors",
    ],
  });
});
afterAll(async () => {
  await browser.close();
  await app.close();
  web.closeAllConnections();
  web.close();
  await xmpp.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  site = { json: RIGHT, cors: true, doors: { "/socket": "open" } };
  xmpp.faults.saslFailure = undefined;
  knocks = [];
  asked = 0;
});

async function tryToSignIn(address = `ann@${DOMAIN}`): Promise<Page> {
  const page = await (await openProfile(browser)).newPage();
  await page.goto(app.url);
  await page.getByRole("textbox", { name: "Address" }).fill(address);
  await page.getByRole("textbox", { name: "Password" }).fill("secret");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  return page;
}

async function expectError(page: Page, error: string): Promise<void> {
  const alert = page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.getAttribute("data-error")).toBe(error);
  await page.getByRole("button", { name: "Technical details" }).waitFor();
}

test.each<[string, Partial<Site>]>([
  ["host-meta.json", {}],
  [
    "host-meta",
    { json: "{ nonsense", xml: `<XRD><Link href='wss://${DOMAIN}/socket' rel='${REL}'/></XRD>` },
  ],
])("an address alone signs in by %s, and after a reload", async (_what, more) => {
  Object.assign(site, more);
  const page = await tryToSignIn();
  await settled(page);
  await page.reload();
  await settled(page);
});

test.each<[string, Partial<Site>, string]>([
  ["names an open channel", { json: json(`ws://${DOMAIN}/socket`) }, "no-websocket"],
  ["is garbage", { json: "<html>", xml: "{}" }, "no-websocket"],
  ["names a door that is shut", { doors: {} }, "no-websocket"],
  ["may not be read by a page", { cors: false }, "discovery-blocked"],
])("host-meta %s", async (_what, more, error) => {
  Object.assign(site, more);
  await expectError(await tryToSignIn(), error);
});

test("host-meta that leads to an open channel is not followed", async () => {
  let asked = 0;
  const open = createHttpServer((_request, response) => {
    asked++;
    response.writeHead(200, { "Access-Control-Allow-Origin": "*" });
    response.end(json(`wss://evil.${DOMAIN}/socket`));
  });
  await new Promise<void>((resolve) => open.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void open.close());
  site.redirect = `http://127.0.0.1:${(open.address() as AddressInfo).port}/`;
  const page = await tryToSignIn();
  await page.getByRole("alert").waitFor();
  expect(asked).toBe(0);
});

test("a domain that is not there", async () => {
  await expectError(await tryToSignIn("ann@nowhere.test"), "unreachable");
});

test.each([
  ["account-disabled", "disabled"],
  ["not-authorized", "wrong-password"],
  ["mechanism-too-weak", "too-old"],
])("the server answers %s", async (condition, error) => {
  xmpp.faults.saslFailure = condition;
  await expectError(await tryToSignIn(), error);
});

test("a server that breaks off while signing in is not called unreachable", async () => {
  const stop = xmpp.on((frame) => {
    if (!frame.is("auth")) return false;
    frame.connection.cut();
    return true;
  });
  await expectError(await tryToSignIn(), "lost");
  stop();
});

test("doors that hang, host-meta too, hold up neither each other nor the one that lives", async () => {
  const doors = ["/one", "/two", "/socket", "/three"];
  site.json = json(...doors.map((path) => `wss://xmpp.${DOMAIN}${path}`));
  site.doors = { "/one": "hangs", "/two": "hangs", "/socket": "open", "/three": "hangs" };
  await settled(await tryToSignIn());
  site.hangs = true;
  site.doors = { "/xmpp-websocket": "open", "/ws": "hangs" };
  await settled(await tryToSignIn());
});

test("nothing but doors that hang: it says what it does, that it takes long, and can be stopped", async () => {
  site.json = json(`wss://xmpp.${DOMAIN}/one`);
  site.doors = { "/one": "hangs" };
  const page = await tryToSignIn();
  await page.getByText(`Looking for ${DOMAIN}`).waitFor();
  await page.getByText(/This takes long.*Still trying/).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
  expect(await page.getByRole("textbox", { name: "Password" }).inputValue()).toBe("secret");
});

test("the host that gets the proof of the password is shown before it leaves", async () => {
  let proofs = 0;
  let held = 0;
  let goOn: (() => void) | undefined;
  const stop = xmpp.on((frame) => {
    if (frame.is("response")) proofs++;
    // The first word of SCRAM holds a name and a random number.
    if (!frame.is("auth") || ++held !== 1) return false;
    expect(frame.text).toContain("SCRAM-");
    goOn = () => frame.proceed();
    return true;
  });
  onTestFinished(stop);
  const page = await tryToSignIn();
  await page.getByText(`Connecting to xmpp.${DOMAIN}`).waitFor();
  await page.getByText(`The password goes to xmpp.${DOMAIN}, and nowhere else.`).waitFor();
  await vi.waitFor(() => expect(goOn).toBeDefined());
  expect(proofs).toBe(0);
  goOn?.();
  await settled(page);
  expect(proofs).toBeGreaterThan(0);
});

test("where it would leave as it is, its host is shown while a stream for it is opened", async () => {
  const { mechanisms } = xmpp.options;
  xmpp.options.mechanisms = ["PLAIN"];
  onTestFinished(() => void Object.assign(xmpp.options, { mechanisms }));
  let passwords = 0;
  let opened = 0;
  let goOn: (() => void) | undefined;
  const stop = xmpp.on((frame) => {
    if (frame.is("auth")) passwords++;
    // The first stream asks who is there; the second one is to sign in on.
    if (!frame.is("open") || ++opened !== 2) return false;
    goOn = () => frame.proceed();
    return true;
  });
  onTestFinished(stop);
  const page = await tryToSignIn();
  await page.getByText(`The password goes to xmpp.${DOMAIN}, and nowhere else.`).waitFor();
  await vi.waitFor(() => expect(goOn).toBeDefined());
  expect(passwords).toBe(0);
  goOn?.();
  await settled(page);
  expect(passwords).toBe(1);
});

test("the door that worked last time is gone, and another one is there: it is found by itself", async () => {
  const page = await tryToSignIn();
  await settled(page);
  site.json = json(`wss://new.${DOMAIN}/elsewhere`);
  site.doors = { "/elsewhere": "open" };
  for (const connection of xmpp.connections) connection.cut();
  const status = page.getByRole("status", { name: "Connection" });
  await status.filter({ hasText: /Offline|Connecting/ }).waitFor();
  await settled(page);
  // From now on it is the one to go to.
  await page.reload();
  await settled(page);
}, 90_000);

test("the door that worked last time is gone, and there is no other: said in words, and back when it is", async () => {
  const page = await tryToSignIn();
  await settled(page);
  site.doors = {};
  site.json = json();
  for (const connection of xmpp.connections) connection.cut();
  await page.getByRole("status", { name: "Connection" }).filter({ hasText: "Offline" }).waitFor();
  const notice = page.getByRole("region", {
    name: /Your server cannot be reached|Something stands between you and your server/,
  });
  await notice.waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
  site.doors = { "/socket": "open" };
  // It may come back by itself before the button is pressed.
  const press = page.getByRole("button", { name: "Try now" }).click({ timeout: 20_000 });
  await Promise.all([press.catch(() => undefined), settled(page)]);
  expect(await notice.count()).toBe(0);
}, 90_000);

test("Try now looks for another door at once, not only for the one that worked last time", async () => {
  const page = await tryToSignIn();
  await settled(page);
  site.doors = {};
  site.json = json();
  asked = 0;
  for (const connection of xmpp.connections) connection.cut();
  // The one search among five tries is over: the next is several tries away.
  await vi.waitFor(() => expect(asked).toBeGreaterThan(0), { timeout: 60_000 });
  const again = page.getByRole("button", { name: "Try now" }).first();
  await again.waitFor({ timeout: 30_000 });
  site.json = json(`wss://new.${DOMAIN}/elsewhere`);
  site.doors = { "/elsewhere": "open" };
  knocks = [];
  await again.click();
  await vi.waitFor(() => expect(knocks).toContain("/elsewhere"), { timeout: 60_000 });
  // Once by itself in the moment before the click, perhaps; without the search it takes four more.
  expect(knocks.filter((path) => path === "/socket").length).toBeLessThan(4);
  await settled(page);
}, 120_000);

describe.each(["200", "302", "511"] as const)(
  "the sign-in page of a network, with status %s",
  (portal) => {
    test("in the way of a stream: named, asked again ever more seldom, over when it opens", async () => {
      const page = await tryToSignIn();
      await settled(page);
      site.portal = portal;
      knocks = [];
      for (const connection of xmpp.connections) connection.cut();
      const notice = page.getByRole("region", {
        name: "Something stands between you and your server",
      });
      await notice.waitFor({ timeout: 30_000 });
      await notice.getByText("A sign-in page of this network may be in the way").waitFor();
      expect(await page.getByRole("alert").count()).toBe(0);
      expect(await page.getByRole("button", { name: "Sign in", exact: true }).count()).toBe(0);
      // No storm: each knock is one that the back-off allows.
      await vi.waitFor(() => expect(knocks.length).toBeGreaterThan(1), { timeout: 30_000 });
      await notice.waitFor({ timeout: 30_000 });
      expect(knocks.length).toBeLessThan(8);
      site.portal = undefined;
      const press = page
        .getByRole("button", { name: "Try now" })
        .first()
        .click({ timeout: 20_000 });
      await Promise.all([press.catch(() => undefined), settled(page)]);
      expect(await notice.count()).toBe(0);
    }, 120_000);

    test("in the way of signing in: the password stays here, and it works once it opens", async () => {
      site.portal = portal;
      let passwords = 0;
      onTestFinished(
        xmpp.on((frame) => {
          if (frame.is("auth") || frame.is("authenticate")) passwords++;
          return false;
        }),
      );
      const page = await tryToSignIn();
      await expectError(page, "no-websocket");
      expect(passwords).toBe(0);
      site.portal = undefined;
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await settled(page);
    }, 120_000);
  },
);
