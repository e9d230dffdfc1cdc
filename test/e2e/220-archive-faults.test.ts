/** Faults of the archive, in the running app on the server that does as it is told. Rows F8, F15, F16, F17, F22, F24. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { noFaults } from "../hostile/faults.ts";
import { poisons } from "../hostile/poison.ts";
import {
  type Account,
  type HostileStage,
  row,
  settled,
  signIn,
  startHostileStage,
} from "./stage.ts";

const BOB = "bob@elsewhere.example";
const DAY = 24 * 3600 * 1000;

let stage: HostileStage;
beforeAll(async () => {
  stage = await startHostileStage();
});
afterAll(() => stage.close());
afterEach(() => {
  Object.assign(stage.server.faults, noFaults());
});

const grid = (page: Awaited<ReturnType<typeof signIn>>) =>
  page.getByRole("grid", { name: "Conversations" });

/** `n` mails, an hour apart, the newest an hour ago; subjects "Mail 0" (oldest) and so on. */
function fill(account: Account, n: number, options: { until?: number; first?: number } = {}): void {
  const { until = Date.now(), first = 0 } = options;
  for (let i = 0; i < n; i++) {
    const name = `Mail ${first + i}`;
    const id = `${account.local}-${name.replace(" ", "-")}-original`;
    stage.server.remember(
      account.address,
      `<message xmlns='jabber:client' from='${BOB}' to='${account.address}' id='${id}'><subject>${name}</subject><body>Text of ${name}</body></message>`,
      { at: until - (n - i) * 3600 * 1000, with: BOB },
    );
  }
}

/** Conversations the list has, seen or not. */
async function total(page: Awaited<ReturnType<typeof signIn>>): Promise<number> {
  return Number(await grid(page).getAttribute("aria-rowcount"));
}

test("F8: a tab closed in the middle of the archive goes on where it was: no gap, nothing twice", async () => {
  const { server } = stage;
  const ann = await stage.account("ann");
  fill(ann, 400);
  let pages = 0;
  let asked = 0;
  const stopCounting = server.on((frame) => void (frame.text.includes("queryid") && asked++));
  const context = await stage.profile();
  let page = await signIn(context, stage.app.url, ann);
  // The third page is on its way, and never ends.
  const stopHolding = server.onWrite((text) =>
    text.includes("<fin") && ++pages > 3 ? [] : undefined,
  );
  await vi.waitFor(() => expect(pages).toBeGreaterThan(3), { timeout: 30_000 });
  await page.close();
  stopHolding();
  asked = 0;
  page = await context.newPage();
  await page.goto(stage.app.url);
  await settled(page);
  await expect.poll(() => total(page)).toBe(400);
  // 400 messages are eight pages; those of the first visit are not asked for again.
  expect(asked).toBeLessThan(12);
  stopCounting();
  await page.reload();
  await settled(page);
  expect(await total(page)).toBe(400);
  expect(await grid(page).getByRole("row", { name: /^Gap/ }).count()).toBe(0);
});

test("the newest mail is on the screen while the server says nothing else: not its time, not what it can", async () => {
  const { server } = stage;
  const ann = await stage.account("ann");
  fill(ann, 3);
  const held: (() => void)[] = [];
  const stop = server.on((frame) => {
    const isAside = /disco#info|urn:xmpp:time|urn:xmpp:carbons/.test(frame.text);
    if (isAside) held.push(() => frame.proceed());
    return isAside;
  });
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await row(page, /Mail 2/).waitFor();
  expect(held.length).toBeGreaterThan(2);
  stop();
  for (const goOn of held) goOn();
  await settled(page);
  expect(await total(page)).toBe(3);
});

describe("F15: the archive forgot", () => {
  test.each(["item-not-found", "oldest"] as const)(
    "an anchor that is gone (%s): the newest at once, what was here stays, the hole says that it stays",
    async (unknownId) => {
      const { server } = stage;
      const ann = await stage.account("ann");
      const now = Date.now();
      fill(ann, 3, { until: now - 20 * DAY });
      const context = await stage.profile();
      let page = await signIn(context, stage.app.url, ann);
      await settled(page);
      await page.close();
      server.faults.mam.unknownId = unknownId;
      fill(ann, 2, { until: now - 10 * DAY, first: 3 });
      fill(ann, 80, { until: now, first: 5 });
      server.account(ann.address)?.archive.expireBefore(now - 7 * DAY);
      page = await context.newPage();
      await page.goto(stage.app.url);
      await row(page, /Mail 84/).waitFor();
      await settled(page);
      // 80 new ones, 3 old ones, the gap between; Mail 3 and 4 were lost before anybody could fetch them.
      await expect.poll(() => total(page)).toBe(84);
      await grid(page).press("End");
      const gap = grid(page).getByRole("row", {
        name: /^Gap, mail from .* is not on the server any more/,
      });
      await gap.waitFor();
      expect(await gap.getByRole("button").count()).toBe(0);
      await row(page, /Mail 0/).waitFor();
      let asked = 0;
      const stop = server.on((frame) => void (frame.text.includes("queryid") && asked++));
      await page.reload();
      await settled(page);
      expect(await total(page)).toBe(84);
      expect(asked).toBeLessThan(6);
      stop();
      server.faults.mam.unknownId = "item-not-found";
    },
    120_000,
  );
});

test("F16: duplicates, wrong counts and 'complete' that lies: everything, once", async () => {
  const { server } = stage;
  const ann = await stage.account("ann");
  fill(ann, 130);
  Object.assign(server.faults.mam, { copies: 2, complete: "always", count: () => 7, pageCap: 20 });
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  await expect.poll(() => total(page)).toBe(130);
  Object.assign(server.faults.mam, { copies: 1, complete: "true", count: undefined, pageCap: 50 });
});

test("F16: pages with holes and empty pages that are not the end: a gap, and all of it after Try again", async () => {
  const ann = await stage.account("ann");
  fill(ann, 60);
  const context = await stage.profile();
  const stopEmptying = emptyAfter(1);
  const page = await signIn(context, stage.app.url, ann);
  await page
    .getByRole("status", { name: "Sync" })
    .filter({ hasText: "Some mail is missing" })
    .waitFor({ timeout: 60_000 });
  await grid(page).press("End");
  const gap = grid(page).getByRole("row", { name: /^Gap, older mail before/ });
  await gap.waitFor();
  stopEmptying();
  await gap.getByRole("button", { name: "Try again" }).click();
  await settled(page);
  await gap.waitFor({ state: "detached" });
  await expect.poll(() => total(page)).toBe(60);
});

/** From the second answer on pages are empty, and not complete either. */
function emptyAfter(n: number): () => void {
  let answers = 0;
  return stage.server.onWrite((text) => {
    if (text.includes("<result") && answers >= n) return [];
    if (!text.includes("<fin")) return undefined;
    if (answers++ < n) return undefined;
    return [
      text.replace(
        /<fin.*<\/fin>/s,
        "<fin xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'/></fin>",
      ),
    ];
  });
}

test.each(["mam", "iq"] as const)(
  "F17: no answer to any %s: mail comes all the same, the status says so, and it all comes later",
  async (mute) => {
    const { server } = stage;
    const ann = await stage.account("ann");
    fill(ann, 5);
    server.faults.mute.add(mute);
    const page = await signIn(await stage.profile(), stage.app.url, ann);
    const sync = page.getByRole("status", { name: "Sync" });
    await sync.filter({ hasText: "The server answers slowly" }).waitFor({ timeout: 40_000 });
    server.mail({ from: BOB, to: ann.address, subject: "Live all the same", body: "x" });
    await row(page, /Live all the same/).waitFor();
    server.faults.mute.clear();
    await settled(page, 120_000);
    await expect.poll(() => total(page)).toBe(6);
  },
  180_000,
);

test("F17: an answer that comes too late is ignored, and so is its page", async () => {
  const { server } = stage;
  const ann = await stage.account("ann");
  fill(ann, 5);
  const late: string[] = [];
  const stop = server.onWrite((text) => {
    if (late.length > 0 || !text.includes("<fin")) return undefined;
    late.push(text);
    return [];
  });
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page, 90_000);
  stop();
  server.say(ann.address, late[0] ?? "");
  server.mail({ from: BOB, to: ann.address, subject: "After the late answer", body: "x" });
  await row(page, /After the late answer/).waitFor();
  expect(await total(page)).toBe(6);
}, 120_000);

test("F19: a slow line, 2 kB a second: the newest mail first, then all of it, nothing twice", async () => {
  const { server } = stage;
  const ann = await stage.account("ann");
  fill(ann, 60);
  const page = await (await stage.profile()).newPage();
  Object.assign(server.faults, { latencyMs: 1000, bytesPerSecond: 2000 });
  await page.goto(stage.app.url);
  await page.getByRole("textbox", { name: "Address" }).fill(ann.address);
  await page.getByRole("textbox", { name: "Password" }).fill(ann.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await row(page, /Mail 59/).waitFor({ timeout: 120_000 });
  // The page itself is as quick as ever.
  await row(page, /Mail 59/).click();
  await page.getByRole("article").first().waitFor();
  await settled(page, 180_000);
  Object.assign(server.faults, { latencyMs: 0, bytesPerSecond: undefined });
  await page.getByRole("link", { name: /^Inbox/ }).click();
  await expect.poll(() => total(page)).toBe(60);
}, 300_000);

test("F19: a first sign-in where every answer takes longer than most servers ever do gets through, and says so meanwhile", async () => {
  const { server } = stage;
  const ann = await stage.account("ann");
  fill(ann, 3);
  const page = await (await stage.profile()).newPage();
  await page.goto(stage.app.url);
  Object.assign(server.faults, { latencyMs: 2700, bytesPerSecond: 2000 });
  await page.getByRole("textbox", { name: "Address" }).fill(ann.address);
  await page.getByRole("textbox", { name: "Password" }).fill(ann.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText(/This takes long.*Still trying/).waitFor();
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  await page.getByRole("navigation", { name: "Mailboxes" }).waitFor({ timeout: 150_000 });
  Object.assign(server.faults, { latencyMs: 0, bytesPerSecond: undefined });
  await row(page, /Mail 2/).waitFor({ timeout: 60_000 });
  expect(await page.getByRole("alert").count()).toBe(0);
}, 240_000);

test("F22: live, as a carbon, from the archive, from the offline queue, in any order: one row", async () => {
  const { server } = stage;
  const ann = await stage.account("ann");
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  const id = crypto.randomUUID();
  const inner = `<message xmlns='jabber:client' from='${BOB}' to='${ann.address}' id='${id}'><subject>Four ways</subject><body>One row</body></message>`;
  server.remember(ann.address, inner, { with: BOB });
  const delayed = inner.replace(
    "</message>",
    `<delay xmlns='urn:xmpp:delay' from='${server.domain}' stamp='${new Date(Date.now() - 60_000).toISOString()}'>Resent</delay></message>`,
  );
  const carbon = `<message xmlns='jabber:client' from='${ann.address}' to='${ann.address}'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></received></message>`;
  for (const text of [inner, carbon, delayed, inner]) server.say(ann.address, text);
  // A stranger's with the same ids is another message, and takes nothing away.
  server.say(
    ann.address,
    inner.replace(BOB, "evil@attacker.example").replace("Four ways", "A fifth"),
  );
  await row(page, /Four ways/).waitFor();
  await row(page, /A fifth/).waitFor();
  expect(await total(page)).toBe(2);
  await page.reload();
  await settled(page);
  expect(await total(page)).toBe(2);
});

test("F24: every poison, live and in the archive: what comes next is there, also after a reload", async () => {
  const { server } = stage;
  const ann = await stage.account("ann");
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  let count = 0;
  for (const { name, frames } of poisons(BOB, ann.address)) {
    for (const frame of frames) server.say(ann.address, frame);
    const subject = `Fine after ${count++}`;
    server.mail({ from: BOB, to: ann.address, subject, body: name });
    await row(page, subject).waitFor();
    if (frames.length === 1) server.remember(ann.address, frames[0] ?? "", { with: BOB });
  }
  server.mail({ from: BOB, to: ann.address, subject: "The very last", body: "x" });
  await page.reload();
  await settled(page);
  await row(page, /The very last/).waitFor();
  // Another browser has only the archive.
  const fresh = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(fresh);
  expect(await total(fresh)).toBe(await total(page));
  await fresh.getByText(/^\d messages could not be read$/).waitFor();
  expect(await total(fresh)).toBeGreaterThan(count);
  await row(fresh, /long/).last().click();
  await fresh.getByRole("article").first().waitFor();
}, 180_000);
