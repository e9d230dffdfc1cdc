/** Files that come with a message, in every form in use, and as strangers would like them to be taken. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import { type Element, xml } from "@xmpp/xml";
import { unzipSync } from "fflate";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPeer, type Peer } from "./peer.ts";
import { type Account, row, settled, signIn, type Stage, startStage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** A grey picture of this size, as small as PNG makes it. */
function png(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const lines = Buffer.alloc((width + 1) * height, 0x99);
  for (let y = 0; y < height; y++) lines[y * (width + 1)] = 0;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1A\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

type Shared = { name?: string; type?: string; bytes?: Buffer; url?: string; hash?: string };

/** XEP-0447. */
function shared({ name, type, bytes, url, hash }: Shared): Element {
  const target = url ?? `data:${type};base64,${bytes?.toString("base64")}`;
  return xml(
    "file-sharing",
    { xmlns: "urn:xmpp:sfs:0", disposition: "attachment" },
    xml(
      "file",
      { xmlns: "urn:xmpp:file:metadata:0" },
      ...(name === undefined ? [] : [xml("name", {}, name)]),
      ...(type === undefined ? [] : [xml("media-type", {}, type)]),
      ...(hash === undefined
        ? []
        : [xml("hash", { xmlns: "urn:xmpp:hashes:2", algo: "sha-256" }, hash)]),
    ),
    xml("sources", {}, xml("url-data", { xmlns: "http://jabber.org/protocol/url-data", target })),
  );
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("base64");

async function reader(): Promise<{ page: Page; peer: Peer; ann: Account; requests: string[] }> {
  const [ann, bob] = [await stage.account("ann"), await stage.account("bob")];
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  return { page, peer: await openPeer(stage.server, bob), ann, requests };
}

async function send(peer: Peer, to: Account, subject: string, ...more: Element[]): Promise<void> {
  await peer.send(
    xml(
      "message",
      { to: to.address, id: crypto.randomUUID() },
      xml("subject", {}, subject),
      xml("body", {}, "See the files."),
      ...more,
    ),
  );
}

async function open(page: Page, subject: string): Promise<Locator> {
  await row(page, new RegExp(subject)).getByRole("link").first().click();
  await page.getByRole("heading", { level: 2, name: subject }).waitFor();
  return page.getByRole("list", { name: "Attachments" });
}

async function saved(page: Page, press: Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), press]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

test("every form is listed by name, type and size, shown or saved byte for byte, also after a reload", async () => {
  const { page, peer, ann, requests } = await reader();
  const picture = png(40, 30);
  const text = Buffer.from("name;tide\nPier;4.2 m\n");
  const wav = Buffer.from(
    "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\0\0\0\0",
    "latin1",
  );
  await send(
    peer,
    ann,
    "Every form",
    shared({ name: "pier.png", type: "image/png", bytes: picture, hash: sha256(picture) }),
    xml(
      "reference",
      { xmlns: "urn:xmpp:reference:0", type: "data" },
      xml(
        "media-sharing",
        { xmlns: "urn:xmpp:sims:1" },
        xml(
          "file",
          { xmlns: "urn:xmpp:jingle:apps:file-transfer:5" },
          xml("name", {}, "tides.csv"),
          xml("media-type", {}, "text/csv"),
        ),
        xml(
          "sources",
          {},
          xml("reference", {
            xmlns: "urn:xmpp:reference:0",
            type: "data",
            uri: `data:text/csv;base64,${text.toString("base64")}`,
          }),
        ),
      ),
    ),
    xml(
      "data",
      { xmlns: "urn:xmpp:bob", cid: "sha1+00@bob.xmpp.org", type: "audio/wav" },
      wav.toString("base64"),
    ),
    xml("x", { xmlns: "jabber:x:oob" }, xml("url", {}, "https://files.test/plan.pdf")),
  );
  for (const round of ["live", "after a reload"]) {
    const list = await open(page, "Every form");
    const items = list.getByRole("listitem");
    expect(
      await items.evaluateAll((all) => all.map((item) => item.getAttribute("aria-label"))),
    ).toEqual([
      `pier.png, PNG image, ${picture.length} B`,
      `tides.csv, Text, ${text.length} B`,
      `attachment.wav, WAV audio, ${wav.length} B`,
      "plan.pdf, PDF document",
    ]);
    await list.getByRole("img", { name: "pier.png" }).waitFor();
    await list.getByRole("button", { name: "Preview pier.png" }).click();
    await page.getByRole("dialog").getByRole("img", { name: "pier.png" }).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await list.getByRole("button", { name: "Preview tides.csv" }).click();
    await page.getByRole("dialog").getByText("Pier;4.2 m").waitFor();
    await page.keyboard.press("Escape");
    await list.getByRole("button", { name: "Preview attachment" }).click();
    await page.getByRole("dialog").locator("audio").waitFor();
    await page.keyboard.press("Escape");
    const file = await saved(page, list.getByRole("button", { name: "Download pier.png" }).click());
    expect(file.name).toBe("pier.png");
    expect(file.bytes.equals(picture), round).toBe(true);
    await page.goto(`${stage.app.url}#/inbox`);
    await page.reload();
    await settled(page);
  }
  expect(requests.filter((url) => url.includes("files.test"))).toEqual([]);
});

test("a linked file is fetched when asked for, checked, and what goes wrong is said", async () => {
  const { page, peer, ann, requests } = await reader();
  const plan = Buffer.from("%PDF-1.7 a plan");
  await page.route("https://files.test/**", (route) => {
    const headers = { "Access-Control-Allow-Origin": "*" };
    const { pathname } = new URL(route.request().url());
    if (pathname === "/gone.pdf") return route.fulfill({ status: 404, headers });
    const closed = { "Access-Control-Allow-Origin": "https://elsewhere.test" };
    if (pathname === "/closed.pdf") return route.fulfill({ body: plan, headers: closed });
    if (pathname === "/down.pdf") return route.abort();
    return route.fulfill({ body: plan, headers });
  });
  const file = (name: string, hash?: string): Element =>
    shared({
      name,
      type: "application/pdf",
      url: `https://files.test/${name}`,
      ...(hash === undefined ? {} : { hash }),
    });
  await send(
    peer,
    ann,
    "Links",
    file("plan.pdf", sha256(plan)),
    file("changed.pdf", sha256(Buffer.from("another"))),
    file("gone.pdf"),
    file("closed.pdf"),
    file("down.pdf"),
  );
  const list = await open(page, "Links");
  await list.getByRole("listitem").first().waitFor();
  expect(requests.filter((url) => url.includes("files.test"))).toEqual([]);
  const press = (name: string) => list.getByRole("button", { name: `Download ${name}` }).click();
  const got = await saved(page, press("plan.pdf"));
  expect(got).toEqual({ name: "plan.pdf", bytes: plan });
  await list.getByRole("listitem", { name: "plan.pdf, PDF document, 15 B" }).waitFor();
  await press("changed.pdf");
  await list.getByRole("alert").getByText("its check sum differs").waitFor();
  const anyway = list.getByRole("button", { name: "Download anyway" });
  expect((await saved(page, anyway.click())).bytes).toEqual(plan);
  await press("gone.pdf");
  await list.getByText("files.test does not have this file any more").waitFor();
  await press("closed.pdf");
  await list.getByText("files.test does not let web pages read this file").waitFor();
  expect(await list.getByRole("link", { name: "Open in browser" }).getAttribute("rel")).toContain(
    "noopener",
  );
  await press("down.pdf");
  await list.getByText("files.test could not be reached").waitFor();
  const all = await saved(page, page.getByRole("button", { name: "Save all" }).click());
  expect(Object.keys(unzipSync(all.bytes))).toEqual(["plan.pdf"]);
});

test("hostile names, types and sizes: text to look at, bytes to save, nothing that runs", async () => {
  const { page, peer, ann, requests } = await reader();
  const html = Buffer.from(
    "<script>top.hacked=1;opener.hacked=1</script><img src=x onerror=top.hacked=1>",
  );
  const svg = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='top.hacked=1'/>");
  const bomb = png(1, 1);
  bomb.writeUInt32BE(60_000, 16);
  bomb.writeUInt32BE(60_000, 20);
  const names: [Shared, string, string][] = [
    [
      { name: "../../etc/passwd", type: "text/plain", bytes: Buffer.from("x") },
      "_.._etc_passwd, Text, 1 B",
      "_.._etc_passwd",
    ],
    [
      { name: "a\u202Egnp.exe", type: "image/png", bytes: Buffer.from("MZ\x90\0", "latin1") },
      "agnp.exe, Windows program, 4 B",
      "agnp.exe",
    ],
    [
      { name: 'x"><img src=x onerror=top.hacked=1>', type: "text/plain", bytes: Buffer.from("x") },
      "x___img src=x onerror=top.hacked=1_, Text, 1 B",
      "x___img src=x onerror=top.hacked=1_",
    ],
    [
      { name: "page.html", type: "text/html", bytes: html },
      `page.html, Web page, ${html.length} B`,
      "page.html",
    ],
    [
      { name: "photo.png", type: "image/png", bytes: svg },
      `photo.png, SVG drawing, ${svg.length} B`,
      "photo.png",
    ],
    [
      { name: "photo2.png", type: "image/png", bytes: html },
      `photo2.png, Web page, ${html.length} B`,
      "photo2.png",
    ],
    [
      { name: "huge.png", type: "image/png", bytes: bomb },
      `huge.png, PNG image, ${bomb.length} B`,
      "huge.png",
    ],
    [{ name: "CON", type: 'x"><b>', bytes: Buffer.from("x") }, "file CON, Text, 1 B", "file CON"],
  ];
  await send(peer, ann, "Hostile files", ...names.map(([file]) => shared(file)));
  const list = await open(page, "Hostile files");
  expect(
    await list
      .getByRole("listitem")
      .evaluateAll((all) => all.map((item) => item.getAttribute("aria-label"))),
  ).toEqual(names.map(([, label]) => label));
  for (const name of ["page.html", "photo.png", "photo2.png", "huge.png"]) {
    await list.getByRole("button", { name: `Preview ${name}` }).click();
    const dialog = page.getByRole("dialog");
    if (name === "huge.png") await dialog.getByText("cannot be shown").waitFor();
    else await dialog.locator("pre").getByText("hacked").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }
  for (const [, , name] of names) {
    const press = list.getByRole("button", { name: `Download ${name}`, exact: true }).click();
    const file = await saved(page, press);
    expect(file.name.startsWith(".")).toBe(false);
  }
  expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
  const foreign = requests.filter(
    (url) => !url.startsWith(stage.app.url) && !url.startsWith("blob:"),
  );
  expect(foreign).toEqual([]);
});
