/** A person with the app in Chromium, as the sweeps need one: signs in, writes, is killed, comes back. */
import type { BrowserContext, Locator, Page } from "playwright-core";

export type Account = { address: string; password: string };

const PATIENCE_MS = 120_000;

/** Signs in, to stay signed in; the page of a profile that is signed in already just opens. */
export async function openMail(
  context: BrowserContext,
  url: string,
  account: Account,
): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  const address = page.getByRole("textbox", { name: "Address" });
  const mailboxes = page.getByRole("navigation", { name: "Mailboxes" });
  await address.or(mailboxes).first().waitFor();
  if (await mailboxes.isVisible()) return page;
  await address.fill(account.address);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.getByRole("checkbox", { name: "Keep me signed in" }).setChecked(true);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await mailboxes.waitFor();
  return page;
}

/**
 * Until the page says so. A page that does not for a minute is reloaded, as a person would: what is looked at here is
 * what became of the mail. How it stood is printed, for whoever has to find out why.
 */
export async function connected(page: Page): Promise<void> {
  const status = page.getByRole("status", { name: "Connection" });
  const tryNow = page.getByRole("button", { name: "Try now" });
  const until = Date.now() + PATIENCE_MS;
  let reloadAt = Date.now() + PATIENCE_MS / 2;
  while (!(await status.innerText()).startsWith("Connected")) {
    if (Date.now() > reloadAt) {
      console.error(`not connected: ${await status.innerText()} ${await stateOf(page)}`);
      reloadAt = Infinity;
      await page.reload();
      continue;
    }
    if (Date.now() > until)
      throw new Error(`not connected: ${await status.innerText()} ${await stateOf(page)}`);
    if (await tryNow.isVisible()) await tryNow.click({ timeout: 1000 }).catch(() => undefined);
    await page.waitForTimeout(50);
  }
}

/** Everything written and ready, the composer before this one gone; the returned function presses Send and resolves at once. */
export async function compose(
  page: Page,
  to: string | readonly string[],
  subject: string,
  text = `The text of ${subject}`,
): Promise<() => Promise<void>> {
  const composer = page.getByRole("dialog", { name: "New message" });
  await composer.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Compose" }).first().click();
  await composer.waitFor().catch(async (error: unknown) => {
    const shown = await page.locator("body").ariaSnapshot();
    throw new Error(`no composer: ${await stateOf(page)}\n${shown}`, { cause: error });
  });
  for (const address of [to].flat()) {
    await composer.getByRole("combobox", { name: "To" }).fill(address);
    await composer.getByRole("combobox", { name: "To" }).press("Enter");
  }
  await composer.getByRole("textbox", { name: "Subject" }).fill(subject);
  await composer.getByRole("textbox", { name: "Message" }).fill(text);
  return pressOf(composer);
}

/** The text of an answer in the conversation that is open, and its Send. */
export async function answer(page: Page, text: string): Promise<() => Promise<void>> {
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  const reply = page.getByRole("region", { name: "Reply" });
  await reply.getByRole("textbox", { name: "Message" }).fill(text);
  return pressOf(reply);
}

async function pressOf(composer: Locator): Promise<() => Promise<void>> {
  const send = await composer.getByRole("button", { name: "Send", exact: true }).elementHandle();
  return async () => {
    await send?.evaluate((button) => (button as HTMLElement).click());
  };
}

/** The renderer dies, and the worker with it. */
export async function crash(context: BrowserContext, page: Page): Promise<void> {
  const gone = new Promise<void>((resolve) => page.once("crash", () => resolve()));
  const session = await context.newCDPSession(page);
  session.send("Page.crash").catch(() => undefined);
  await gone;
  await page.close().catch(() => undefined);
}

/** Until everything written is kept, and nothing waits in the outbox any more; how often something had to be sent again. */
export async function allSent(page: Page): Promise<number> {
  await page.getByRole("dialog", { name: "New message" }).first().waitFor({ state: "detached" });
  await connected(page);
  // The count beside "Outbox" follows a moment after the composer closed.
  await page.waitForTimeout(500);
  const empty = page.getByRole("link", { name: "Outbox", exact: true });
  let until = Date.now() + PATIENCE_MS;
  let retried = 0;
  while (!(await empty.isVisible())) {
    if (Date.now() > until)
      throw new Error(
        `the outbox does not empty: ${await page.getByRole("link", { name: /^Outbox/ }).innerText()} ${await stateOf(page)}`,
      );
    const again = await retryFailed(page);
    if (again > 0) until = Date.now() + PATIENCE_MS;
    retried += again;
    await page.waitForTimeout(1000);
  }
  return retried;
}

/** What the database says, for whoever has to find out why. */
async function stateOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const { name = "" } = (await indexedDB.databases()).find((d) => d.name?.includes("@")) ?? {};
    return new Promise<string>((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => {
        const db = opening.result;
        const tx = db.transaction(["meta", "outbox", "messages"]);
        const stream = tx.objectStore("meta").get("stream");
        const connection = tx.objectStore("meta").get("connection");
        const outbox = tx.objectStore("outbox").getAll();
        const messages = tx.objectStore("messages").getAll();
        const totals = tx.objectStore("meta").get("totals");
        tx.oncomplete = () => {
          const open = (messages.result as { delivery?: string; recipients?: unknown }[]).filter(
            (m) => m.delivery !== undefined && m.delivery !== "sent",
          );
          db.close();
          resolve(
            JSON.stringify([
              stream.result,
              connection.result,
              totals.result,
              outbox.result,
              open.map((m) => m.recipients),
            ]),
          );
        };
      };
    });
  });
}

/** What the app says of each message written on it, by subject. */
export async function shownStates(page: Page): Promise<ReadonlyMap<string, string>> {
  const pairs = await page.evaluate(async () => {
    const { name = "" } = (await indexedDB.databases()).find((d) => d.name?.includes("@")) ?? {};
    return new Promise<[string, string][]>((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onerror = () => reject(new Error(opening.error?.message));
      opening.onsuccess = () => {
        const db = opening.result;
        const all = db.transaction(["messages"]).objectStore("messages").getAll();
        all.onerror = () => reject(new Error(all.error?.message));
        all.onsuccess = () => {
          const rows = all.result as { subject: string; delivery?: string }[];
          db.close();
          resolve(rows.flatMap((m) => (m.delivery ? [[m.subject, m.delivery]] : [])));
        };
      };
    });
  });
  return new Map(pairs);
}

/** Sends again what came back, as a person would; how many there were. */
export async function retryFailed(page: Page): Promise<number> {
  const failed = page
    .getByRole("grid", { name: "Conversations" })
    .getByRole("row", { name: /Not sent/ });
  await page.getByRole("link", { name: /^Outbox/ }).click();
  await page.getByRole("heading", { name: "Outbox", exact: true, level: 1 }).waitFor();
  await page.waitForTimeout(500);
  let count = 0;
  for (let until = Date.now() + PATIENCE_MS; (await failed.count()) > 0;) {
    if (Date.now() > until)
      throw new Error(`it comes back again and again: ${await stateOf(page)}`);
    const first = failed.first();
    const name = (await first.getAttribute("aria-label", { timeout: 2000 }).catch(() => "")) ?? "";
    const subject = name.split(", ")[1] ?? "";
    await failed
      .first()
      .click({ timeout: 2000 })
      .catch(() => undefined);
    const opened = page.getByRole("heading", { level: 2, name: subject, exact: true });
    const retry = page.getByRole("article").getByRole("button", { name: "Retry" });
    // Meanwhile the list may have changed under the pointer, or the message gone out.
    if (!(await opened.isVisible()) || !(await retry.isVisible())) continue;
    const isPressed = await retry.click({ timeout: 2000 }).then(
      () => true,
      () => false,
    );
    if (!isPressed) continue;
    count++;
    until = Date.now() + PATIENCE_MS;
    await page.waitForTimeout(100);
  }
  return count;
}

/** What a crash left as drafts goes out after all. */
export async function sendDrafts(page: Page): Promise<void> {
  const drafts = page.getByRole("link", { name: /^Drafts, \d/ });
  const grid = page.getByRole("grid", { name: "Conversations" });
  // A copy from the moment of the crash comes in a moment after the start.
  await page.waitForTimeout(500);
  while (await drafts.isVisible()) {
    await drafts.click();
    await grid
      .getByRole("row", { name: /^Draft/ })
      .first()
      .click();
    const composer = page.getByRole("dialog", { name: "New message" });
    await composer.getByRole("button", { name: "Send" }).click();
    await composer.waitFor({ state: "detached" });
    await page.waitForTimeout(500);
  }
}

/** Rows that a mailbox shows; waits a while for the number that is expected. */
export async function rowsOf(page: Page, mailbox: string, expected: number): Promise<number> {
  await page.getByRole("link", { name: new RegExp(`^${mailbox}(,|$)`) }).click();
  await page.getByRole("heading", { name: mailbox, exact: true, level: 1 }).waitFor();
  const grid = page.getByRole("grid", { name: "Conversations" });
  let rows = -1;
  for (const until = Date.now() + 15_000; rows !== expected && Date.now() < until;) {
    await page.waitForTimeout(100);
    rows = (await grid.isVisible()) ? Number(await grid.getAttribute("aria-rowcount")) : 0;
  }
  return rows;
}
