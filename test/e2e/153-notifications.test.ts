/** Notices of new mail: of people I know, once, from one tab, while nobody looks; and what is pressed on them. */
import type { BrowserContext, Page, Worker } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { xml } from "@xmpp/xml";
import { openPeer, type Peer } from "./peer.ts";
import { realTabs } from "./real-tabs.ts";
import { type Account, row, settled, signIn, type Stage, startStage, write } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

type Notice = { title: string; body: string; tag: string; actions: string[] };

/** What stands on the screen, as the page's service worker has it. */
async function notices(page: Page): Promise<Notice[]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const list = (await registration?.getNotifications()) ?? [];
    return list.map((notice) => ({
      title: notice.title,
      body: notice.body,
      tag: notice.tag,
      actions: (notice as unknown as { actions: { title: string }[] }).actions.map((a) => a.title),
    }));
  });
}

let sent = 0;
async function mail(peer: Peer, to: Account, subject: string, thread = subject): Promise<void> {
  await peer.send(
    xml(
      "message",
      { to: to.address, id: `notice-${++sent}` },
      xml("subject", {}, subject),
      xml("body", {}, `Text of ${subject}`),
      xml("thread", {}, thread),
    ),
  );
}

async function switchOn(context: BrowserContext, page: Page): Promise<void> {
  await context.grantPermissions(["notifications"], { origin: new URL(stage.app.url).origin });
  await page.evaluate(() => (location.hash = "#/settings/notifications"));
  await page.getByRole("switch", { name: "Tell me of new mail" }).click();
  await page.evaluate(() => (location.hash = "#/inbox"));
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}

/** Presses it as a person does; the browser's own window for it cannot be reached. */
async function pressNotice(worker: Worker, title: string, action: string): Promise<void> {
  await worker.evaluate(
    async ([wanted, button]) => {
      const scope = globalThis as unknown as {
        registration: ServiceWorkerRegistration;
        NotificationEvent: new (type: string, init: object) => Event;
      };
      const list = await scope.registration.getNotifications();
      const notification = list.find(
        (notice) => notice.title === wanted || notice.body.startsWith(wanted),
      );
      dispatchEvent(
        new scope.NotificationEvent("notificationclick", { notification, action: button }),
      );
    },
    [title, action] as const,
  );
}

test("mail from somebody I wrote to is told of once, from one of two hidden tabs; from a stranger never", async () => {
  const [ann, bobs, eves] = await Promise.all(["ann", "bob", "eve"].map((n) => stage.account(n)));
  if (ann === undefined || bobs === undefined || eves === undefined) throw new Error("no account");
  const bob = await openPeer(stage.server, bobs);
  const eve = await openPeer(stage.server, eves);
  const context = await realTabs();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  await write(page, { to: [bobs.address], subject: "Hello", body: "Hi" });
  await bob.next((received) => received.subject === "Hello");
  await switchOn(context, page);

  // Somebody looks: nothing is told.
  await mail(bob, ann, "Seen");
  await row(page, /Seen/).waitFor();
  expect(await notices(page)).toEqual([]);

  const second = await context.newPage();
  await second.goto(stage.app.url);
  await settled(second);
  const blank = await context.newPage();
  await blank.goto("about:blank");
  await blank.bringToFront();
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe("hidden");
  await expect.poll(() => second.evaluate(() => document.visibilityState)).toBe("hidden");

  await mail(eve, ann, "Prize");
  await mail(bob, ann, "Boat");
  await expect.poll(() => notices(page), { timeout: 60_000 }).toHaveLength(1);
  const [notice] = await notices(page);
  expect(notice?.title).toContain(bobs.local);
  expect(notice?.body).toBe("Boat\nText of Boat");
  expect(notice?.actions).toContain("Reply");

  // Another one of the same conversation stands in the same notice.
  await mail(bob, ann, "Boat, again", "Boat");
  await expect
    .poll(async () => (await notices(page)).map(({ body }) => body), { timeout: 60_000 })
    .toEqual(["Boat\nText of Boat, again"]);

  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  await pressNotice(worker, notice?.title ?? "", "reply");
  await expect
    .poll(
      async () => {
        const hashes = await Promise.all(
          [page, second].map((tab) => tab.evaluate(() => location.hash)),
        );
        return hashes.filter((hash) => hash.startsWith("#/t/Boat")).length;
      },
      { timeout: 60_000 },
    )
    .toBe(1);
  const opened = (await page.evaluate(() => location.hash)).includes("Boat") ? page : second;
  await opened.bringToFront();
  await opened
    .getByRole("region", { name: "Reply" })
    .getByRole("textbox", { name: "Message" })
    .waitFor();
});

test("what was there before is no news; archived from its notice; what is read is taken from the screen", async () => {
  const ann = await stage.account("ann");
  const bobs = await stage.account("bob");
  const bob = await openPeer(stage.server, bobs);
  const context = await realTabs();
  const page = await signIn(context, stage.app.url, ann, { keep: true });
  await settled(page);
  await write(page, { to: [bobs.address], subject: "Hello", body: "Hi" });
  await bob.next((received) => received.subject === "Hello");
  await mail(bob, ann, "Before");
  await row(page, /Before/).waitFor();
  await switchOn(context, page);
  const blank = await context.newPage();
  await blank.goto("about:blank");
  await blank.bringToFront();
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe("hidden");
  await mail(bob, ann, "After");
  await expect
    .poll(async () => (await notices(page)).map(({ body }) => body), { timeout: 60_000 })
    .toEqual(["After\nText of After"]);
  await mail(bob, ann, "Bulletin");
  await expect
    .poll(async () => (await notices(page)).map(({ body }) => body), { timeout: 60_000 })
    .toContain("Bulletin\nText of Bulletin");
  // Archived from its notice, with nobody looking.
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  await pressNotice(worker, "Bulletin", "archive");
  await page.bringToFront();
  await row(page, /Bulletin/).waitFor({ state: "detached" });
  await row(page, /After/).click();
  await page.getByRole("heading", { level: 2, name: "After" }).waitFor();
  await expect.poll(() => notices(page), { timeout: 60_000 }).toEqual([]);
});

test("the unread are counted in title, icon and badge", async () => {
  const ann = await stage.account("ann");
  const bob = await openPeer(stage.server, await stage.account("bob"));
  const context = await stage.profile({ keepsApp: true });
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  const icon = (): Promise<string> =>
    page.evaluate(() => document.querySelector<HTMLLinkElement>("link[rel=icon]")?.href ?? "");
  expect(await icon()).toMatch(/icon\.svg$/);
  await mail(bob, ann, "One");
  await mail(bob, ann, "Two");
  await expect.poll(() => page.title()).toBe(`(2) Inbox – ${ann.address}`);
  await expect.poll(async () => decodeURIComponent(await icon())).toContain(">2</text>");
  // Only what was seen counts as read: whoever clicks on before it stands there has not.
  await row(page, /One/).click();
  await expect.poll(() => page.title()).toBe(`(1) Inbox – ${ann.address}`);
  await row(page, /Two/).click();
  await expect.poll(icon).toMatch(/icon\.svg$/);
});
