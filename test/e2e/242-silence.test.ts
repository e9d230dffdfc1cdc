/** Faults F5 and F23: connections that die without a word, servers that say nothing, a device that goes and comes back. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { isKept } from "./kept.ts";
import { realTabs } from "./real-tabs.ts";
import {
  type Account,
  type HostileStage,
  row,
  settled,
  signIn,
  startHostileStage,
  write,
} from "./stage.ts";

let stage: HostileStage;
beforeAll(async () => {
  stage = await startHostileStage();
});
afterAll(() => stage.close());

const connection = (page: Page, text: string | RegExp) =>
  page.getByRole("status", { name: "Connection" }).filter({ hasText: text });

async function connected(keepsApp = false): Promise<{ ann: Account; ben: Account; page: Page }> {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const page = await signIn(await stage.profile({ keepsApp }), stage.app.url, ann);
  await settled(page);
  return { ann, ben, page };
}

async function halfAMessage(page: Page) {
  await page.getByRole("button", { name: "Compose" }).first().click();
  const field = page.getByRole("dialog").getByRole("textbox", { name: "Message" });
  await field.fill("Half a mess");
  return field;
}

test("no network: Offline at once, what is typed stays, and it is back as soon as the network is", async () => {
  const { ann, ben, page } = await connected(true);
  const context = page.context();
  const field = await halfAMessage(page);
  // Until every part of the app is kept here, writing without a network may lack one.
  await isKept(page);
  await context.setOffline(true);
  await connection(page, "Offline").waitFor();
  expect(await field.inputValue()).toBe("Half a mess");
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await write(page, { to: [ben.address], subject: "Without a network", body: "Later" });
  await page.getByRole("link", { name: "Outbox, 1 waiting" }).waitFor();
  stage.server.mail({ from: ben.address, to: ann.address, subject: "Into the dark" });
  await context.setOffline(false);
  await settled(page);
  await row(page, /Into the dark/).waitFor();
  await page.getByRole("link", { name: "Outbox", exact: true }).waitFor();
  expect(stage.server.log.accepted.filter((a) => a.to === ben.address)).toHaveLength(1);
  expect(stage.server.log.doubled()).toEqual([]);
});

test("the browser says offline, and the server is there all the same: it is believed once it says so", async () => {
  const { ann, page } = await connected();
  const [stream] = stage.server.connectionsOf(ann.address);
  const heldBack: string[] = [];
  const answer = stage.server.onWrite((text, to) => {
    if (to !== stream) return undefined;
    heldBack.push(text);
    return [];
  });
  await page.evaluate(() => void dispatchEvent(new Event("offline")));
  await connection(page, "Offline").waitFor();
  answer();
  for (const text of heldBack) stream?.say(text);
  await settled(page);
  expect(stage.server.connectionsOf(ann.address)).toEqual([stream]);
});

test("three sockets die without a word, idle, with a copy on its way, after a change of network: each is noticed and replaced, nothing lost or doubled", async () => {
  const [idle, sending, reading] = [await connected(), await connected(), await connected()];
  const dead = new Set(stage.server.connections);
  // Whatever these say vanishes, and so does what is said to them.
  const stop = [
    stage.server.on(({ connection: from }) => dead.has(from)),
    stage.server.onWrite((_text, to) => (dead.has(to) ? [] : undefined)),
  ];
  const since = performance.now();
  const noticed = async (what: string, page: Page): Promise<void> => {
    await connection(page, /Offline|Connecting/).waitFor({ timeout: 60_000 });
    console.log(`${what}: noticed after ${Math.round(performance.now() - since)} ms`);
    await settled(page);
  };
  const { ben } = sending;
  stage.server.mail({ from: ben.address, to: idle.ann.address, subject: "To a dead socket" });
  await Promise.all([
    noticed("idle", idle.page),
    write(sending.page, { to: [ben.address], subject: "Into the void", body: "?" }).then(() =>
      noticed("sending", sending.page),
    ),
    // The browser tells of a network: the socket is asked at once instead of trusted.
    reading.page
      .evaluate(() => void dispatchEvent(new Event("online")))
      .then(() => noticed("probed", reading.page)),
  ]);
  for (const each of stop) each();
  await row(idle.page, /To a dead socket/).waitFor();
  await sending.page.getByRole("link", { name: "Sent" }).click();
  await row(sending.page, /Into the void/).waitFor();
  await vi.waitFor(
    () => expect(stage.server.log.accepted.filter((a) => a.to === ben.address)).toHaveLength(1),
    { timeout: 30_000 },
  );
  expect(stage.server.log.doubled()).toEqual([]);
}, 150_000);

test("a server that takes the connection and says nothing: never stuck in Connecting, said in words, and got over", async () => {
  const { ann, page } = await connected();
  stage.server.faults.mute.add("everything");
  try {
    for (const each of stage.server.connectionsOf(ann.address)) each.cut();
    await connection(page, "Connecting").waitFor();
    await connection(page, "Offline").waitFor({ timeout: 90_000 });
    await page
      .getByRole("region", { name: "Your server does not answer" })
      .waitFor({ timeout: 60_000 });
  } finally {
    stage.server.faults.mute.clear();
  }
  await settled(page, 90_000);
}, 180_000);

test("a server that is gone: said in words, counted down, tried now when asked", async () => {
  const { ann, page } = await connected();
  stage.server.faults.refuseConnections = true;
  try {
    for (const each of stage.server.connectionsOf(ann.address)) each.cut();
    await page.getByRole("region", { name: "Your server cannot be reached" }).waitFor();
    const countdown = page.getByText(/Next try in \d+ s/).filter({ visible: true });
    const seconds = async (): Promise<number> =>
      Number(/\d+/.exec((await countdown.textContent()) ?? "")?.[0]);
    await vi.waitFor(async () => expect(await seconds()).toBeGreaterThan(5), { timeout: 60_000 });
    const first = await seconds();
    await vi.waitFor(async () => expect(await seconds()).toBeLessThan(first), { timeout: 10_000 });
    expect(await page.getByRole("alert").count()).toBe(0);
  } finally {
    stage.server.faults.refuseConnections = false;
  }
  await page.getByRole("button", { name: "Try now" }).click();
  await settled(page);
  expect(await page.getByRole("region", { name: "Your server cannot be reached" }).count()).toBe(0);
});

test("a phone with a conversation open shows that there is no connection; and nobody calls it up to date", async () => {
  const { ann, page } = await connected();
  await page.setViewportSize({ width: 390, height: 800 });
  stage.server.mail({ from: "ben@elsewhere.example", to: ann.address, subject: "Read on a train" });
  await row(page, /Read on a train/).click();
  await page.getByRole("article").first().waitFor();
  const status = page.getByRole("status", { name: "Connection" });
  stage.server.faults.refuseConnections = true;
  try {
    for (const each of stage.server.connectionsOf(ann.address)) each.cut();
    await status.filter({ hasText: "Offline" }).waitFor();
    await page.setViewportSize({ width: 1360, height: 800 });
    const sync = page.getByRole("status", { name: "Sync" });
    await sync.filter({ hasText: "Waiting for the connection" }).waitFor();
  } finally {
    stage.server.faults.refuseConnections = false;
  }
  // It tries by itself, too: the button may be gone by now.
  const tryNow = page.getByRole("button", { name: "Try now" }).first();
  await tryNow.click({ timeout: 5000 }).catch(() => undefined);
  await settled(page);
});

test("away and back, through the browser's back button", async () => {
  const ann = await stage.account("ann");
  const context = await realTabs();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  const field = await halfAMessage(page);
  await page.goto("about:blank");
  stage.server.mail({ from: "ben@elsewhere.example", to: ann.address, subject: "While away" });
  await page.goBack();
  await settled(page);
  await row(page, /While away/).waitFor();
  expect(await field.inputValue()).toBe("Half a mess");
  await vi.waitFor(() => expect(stage.server.connectionsOf(ann.address)).toHaveLength(1));
});
