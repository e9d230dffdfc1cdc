/** A device of a schedule: a browser profile behind a relay of its own, with one or two tabs that a person uses. */
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { serveStatic, type StaticServer } from "../../../tools/static-server.ts";
import { answer, compose, crash, openMail } from "../../../tools/chaos/people.ts";
import type { Reading, Rows } from "../../sim/check.ts";
import { setClock } from "../clock.ts";
import { freeze, thaw } from "../real-browser.ts";
import type { Relay } from "./relay.ts";
import { readRows } from "./rows.ts";

/** A person does not wait longer for a button. */
const PATIENCE_MS = 30_000;

export type Person = { address: string; password: string };

export type Tab = {
  page: Page;
  isGone: boolean;
  /** Until then it stands still. */
  thawed: Promise<void>;
};

export class RealDevice {
  readonly name: string;
  readonly who: Person;
  readonly relay: Relay;
  readonly reading: Reading = { read: new Set(), perhaps: new Set() };
  tabs: Tab[] = [];
  private readonly app: StaticServer;
  private readonly context: BrowserContext;
  /** In front while the person looks at something else. */
  private elsewhere: Page | undefined;
  private clockOffset = 0;
  private isOnline = true;
  readonly errors: string[] = [];

  private constructor(
    { name, who, relay }: { name: string; who: Person; relay: Relay },
    app: StaticServer,
    context: BrowserContext,
  ) {
    this.name = name;
    this.who = who;
    this.relay = relay;
    this.app = app;
    this.context = context;
    context.on("weberror", (error) =>
      this.errors.push(`${name}, ${error.page()?.url()}: ${inspect(error.error())}`),
    );
  }

  static async start(
    browser: Browser,
    folder: string,
    files: Record<string, string>,
    device: { name: string; who: Person; relay: Relay },
    /** Before its first page. */
    prepare: (context: BrowserContext) => Promise<void> = async () => undefined,
  ): Promise<RealDevice> {
    const domain = device.who.address.split("@")[1] ?? "";
    const config = JSON.stringify({ endpoints: { [domain]: device.relay.url } });
    const app = await serveStatic({ folder, extra: { ...files, "config.json": config } });
    const context = await browser.newContext({ locale: "en-GB", viewport: null });
    await prepare(context);
    return new RealDevice(device, app, context);
  }

  get jid(): string {
    return this.who.address;
  }

  tab(index: number): Tab | undefined {
    return this.tabs[index % Math.max(1, this.tabs.length)];
  }

  /** Signs in where nobody is; false where the app does not load: no network, and no copy of it here yet. */
  async open(): Promise<boolean> {
    try {
      const page = await openMail(this.context, this.app.url, this.who);
      page.setDefaultTimeout(PATIENCE_MS);
      const tab: Tab = { page, isGone: false, thawed: Promise.resolve() };
      page.once("crash", () => this.forget(tab));
      this.tabs.push(tab);
      if (this.clockOffset !== 0) await this.tellTime(page);
      return true;
    } catch (error) {
      if (this.isOnline) throw error;
      return false;
    }
  }

  async close(tab: Tab): Promise<void> {
    this.forget(tab);
    await tab.page.close();
  }

  /** The renderer dies. `isNoticed`: its sockets say so, as far as they are its own for sure. */
  async crash(tab: Tab, isNoticed: boolean): Promise<void> {
    this.forget(tab);
    if (!isNoticed && this.tabs.length === 0) this.relay.silence();
    await crash(this.context, tab.page);
  }

  async look(tab: Tab): Promise<void> {
    await tab.thawed;
    await tab.page.bringToFront();
  }

  async lookAway(): Promise<void> {
    this.elsewhere ??= await this.context.newPage();
    await this.elsewhere.bringToFront();
  }

  /** As a phone does with what nobody looks at. */
  async freeze(tab: Tab, ms: number): Promise<void> {
    await this.lookAway();
    await freeze(tab.page);
    tab.thawed = sleep(ms).then(() =>
      tab.isGone ? undefined : thaw(tab.page).catch(() => undefined),
    );
  }

  async setOnline(isOnline: boolean): Promise<void> {
    this.isOnline = isOnline;
    this.relay.setUp(isOnline);
    // What is left of a page that crashed may never answer; the next one starts out as the profile is.
    await Promise.race([this.context.setOffline(!isOnline), sleep(2000)]);
  }

  async jump(ms: number): Promise<void> {
    return this.setClock(this.clockOffset + ms);
  }

  /** `ahead`: of the true time, ms. */
  async setClock(ahead: number): Promise<void> {
    this.clockOffset = ahead;
    const tab = this.tabs[0];
    if (tab !== undefined) await tab.thawed.then(() => this.tellTime(tab.page));
  }

  /** Writes a message, and presses Send without waiting for what comes of it; the promise inside is that. */
  async send(
    tab: Tab,
    message: { to: readonly string[]; subject: string; text: string },
  ): Promise<{ kept: Promise<boolean> }> {
    await this.look(tab);
    const press = await compose(tab.page, message.to, message.subject, message.text);
    await press();
    const composer = tab.page.getByRole("dialog", { name: "New message" });
    return { kept: goneFrom(composer.waitFor({ state: "detached", timeout: PATIENCE_MS })) };
  }

  /** Answers the newest conversation of the inbox, where there is one. */
  async reply(
    tab: Tab,
    text: string,
  ): Promise<{ kept: Promise<boolean>; to: string[] } | undefined> {
    if (!(await this.openConversation(tab, 0))) return undefined;
    const press = await answer(tab.page, text);
    const composer = tab.page.getByRole("region", { name: "Reply" });
    const to = await composer
      .getByRole("listitem")
      .evaluateAll((chips) => chips.map((chip) => chip.getAttribute("aria-label") ?? ""));
    await press();
    const kept = goneFrom(composer.waitFor({ state: "detached" }));
    await kept;
    await this.leave(tab);
    return { kept, to: to.flatMap(addressIn) };
  }

  async read(tab: Tab, which: number): Promise<void> {
    if (await this.openConversation(tab, which)) await this.leave(tab);
  }

  async rows(): Promise<Rows> {
    const [tab] = this.tabs;
    if (tab === undefined) throw new Error(`${this.name} has no tab`);
    return readRows(tab.page, this.jid);
  }

  async end(): Promise<void> {
    await this.context.close();
    await this.app.close();
    await this.relay.close();
  }

  private async openConversation(tab: Tab, which: number): Promise<boolean> {
    await this.look(tab);
    const { page } = tab;
    await page.getByRole("link", { name: /^Inbox/ }).click();
    const grid = page.getByRole("grid", { name: "Conversations" });
    const rows = grid.getByRole("row", { name: /^(?!Gap)/ });
    const count = await rows.count();
    if (count === 0) return false;
    await rows.nth(which % count).click();
    await page.getByRole("article").first().waitFor();
    const shown = await marksShown(page);
    shown.forEach((mark) => this.reading.perhaps.add(mark));
    await grid
      .locator("[role=row][aria-current=true]")
      .and(page.getByRole("row", { name: /^(?!Unread)/ }))
      .waitFor();
    shown.forEach((mark) => this.reading.read.add(mark));
    return true;
  }

  /** What came while it was open may have been seen. */
  private async leave(tab: Tab): Promise<void> {
    (await marksShown(tab.page)).forEach((mark) => this.reading.perhaps.add(mark));
    await tab.page.getByRole("link", { name: /^Inbox/ }).click();
    await tab.page.getByRole("article").first().waitFor({ state: "detached" });
  }

  private forget(tab: Tab): void {
    tab.isGone = true;
    this.tabs = this.tabs.filter((other) => other !== tab);
  }

  /** A worker that is just starting has not heard; the clock of the next one is right again, which is a jump too. */
  private async tellTime(page: Page): Promise<void> {
    const told = setClock(page, this.clockOffset).catch(() => undefined);
    await Promise.race([told, sleep(2000)]);
  }
}

/** Whether it went; the tab may die first. */
function goneFrom(waiting: Promise<void>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}

/** Marks of the messages in the open conversation, folded ones too. */
async function marksShown(page: Page): Promise<string[]> {
  const texts = await page.getByRole("article").allTextContents();
  return texts.flatMap((text) =>
    [...text.matchAll(/This is ([a-z]+-\d+)\./g)].map(([, m]) => m ?? ""),
  );
}

/** "NAME <ADDRESS>" */
function addressIn(chip: string): string[] {
  return /<([^<>]+)>$/.exec(chip)?.slice(1) ?? [];
}
