/** Every screen: no accessibility violation, light and dark, desk and phone; nothing jumps while it comes. */
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import {
  blockedList,
  conversationsWith,
  createFixtureApi,
  pretender,
  createWorld,
  sessions,
  statuses,
  type World,
} from "./fixtures.ts";
import { mount, unmount } from "./stage.tsx";

type Screen = { name: string; world?: Partial<World>; hash?: string; act?: () => Promise<unknown> };

const empty = { inbox: [], all: [], outbox: [], drafts: [], sent: [], chats: [] };
const SCREENS: Screen[] = [
  { name: "sign-in", world: { session: sessions.signedOut } },
  { name: "signing in", world: { session: sessions.signingIn } },
  { name: "left over", world: { session: sessions.leftOver } },
  { name: "first sync", world: { status: statuses.onlyChats, rows: empty } },
  { name: "no mail", world: { rows: empty } },
  { name: "inbox", world: { status: statuses.syncing } },
  { name: "outbox offline", world: { status: statuses.offline }, hash: "#/outbox" },
  { name: "drafts", hash: "#/drafts" },
  {
    name: "no archive",
    world: { status: statuses.noArchive, notices: [{ id: "no-archive", host: "example.org" }] },
  },
  { name: "sign in again", world: { status: statuses.again } },
  {
    name: "conversation",
    hash: "#/t/c1",
    act: () => page.getByRole("button", { name: "Expand all" }).click(),
  },
  {
    name: "not sent",
    hash: "#/t/chat",
    act: () => page.getByRole("button", { name: "Expand all" }).click(),
  },
  { name: "settings", hash: "#/settings" },
  { name: "a sender who pretends", world: { ...pretender(), sender: {} }, hash: "#/t/odd" },
  {
    name: "the menu of a message",
    world: pretender(),
    hash: "#/t/odd",
    act: () => page.getByRole("button", { name: "More", exact: true }).click(),
  },
  {
    name: "a link that asks",
    world: pretender(),
    hash: "#/t/odd",
    act: () => page.getByRole("link", { name: /evil/ }).click(),
  },
  {
    name: "the source of a message",
    world: pretender(),
    hash: "#/t/odd",
    act: async () => {
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByRole("menuitem", { name: "View source" }).click();
      await expect.element(page.getByRole("dialog", { name: "Source" })).toBeVisible();
    },
  },
  { name: "blocked senders", world: { blocked: blockedList() }, hash: "#/settings/blocked" },
  { name: "missing", hash: "#/t/zzz?with=nadia@harbour.example&at=2026-11-24" },
  { name: "my address", hash: "#/settings/address" },
  {
    name: "a person",
    world: { person: conversationsWith() },
    hash: "#/person/nadia@harbour.example",
  },
  { name: "a link that asks for more", hash: "#/open?uri=xmpp%3Aa%40x.test%3Froster" },
  {
    name: "card",
    world: { session: sessions.signedOut },
    hash: "#/to/nadia@harbour.example?name=Nadia&subject=Hi&body=Hello&mail=n@post.example",
  },
  { name: "unknown", hash: "#/zzz" },
  { name: "no such tag", hash: "#/tag/zzz" },
  { name: "shortcuts", act: () => userEvent.keyboard("?") },
  {
    name: "composer",
    hash: "#/to/nadia@harbour.example?subject=Hi",
    act: () => page.getByRole("button", { name: "Cc", exact: true }).click(),
  },
];

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});
afterEach(() => {
  unmount();
  delete document.documentElement.dataset["theme"];
});

describe.each([
  ["light", 1280, 800],
  ["dark", 1280, 800],
  ["light", 390, 844],
] as const)("%s, %d wide", (theme, width, height) => {
  test.each(SCREENS)("$name", async ({ world, hash, act }) => {
    await page.viewport(width, height);
    document.documentElement.lang = "en";
    document.title = "Envoi";
    document.documentElement.dataset["theme"] = theme;
    const shifts: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[])
        if (!entry.hadRecentInput) shifts.push(entry.value);
    });
    const root = mount(createFixtureApi(createWorld(world)), hash);
    observer.observe({ type: "layout-shift" });
    await expect.poll(() => root.querySelector("main"), { timeout: 15_000 }).not.toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 150));
    observer.disconnect();
    if (act !== undefined) await act();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { violations } = await axe.run(document);
    expect(
      violations.map(
        (v) => `${v.id}: ${v.nodes[0]?.html ?? ""} ${v.nodes[0]?.failureSummary ?? ""}`,
      ),
    ).toEqual([]);
    expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(0.01);
  });
});
