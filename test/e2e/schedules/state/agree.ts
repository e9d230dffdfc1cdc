/**
 * What must hold at the end of a schedule: every device's database says exactly the later of all words that any of them
 * ever kept, and has nothing to save; the node says all of it; the worker of every page answers the same for every
 * list, label and preference, and every list on the screen is the same. Every text that was kept in a draft is in one,
 * the same ones on every device.
 */
import type { Page } from "playwright-core";
import { unequal, viewsOf, violationsOf } from "../../../sim/state/check.ts";
import { lackingIn } from "../../../sim/state/words.ts";
import type { StateAccount } from "./account.ts";
import type { SaidHere } from "./said-here.ts";
import { ask } from "./worker-port.ts";

const MAX_TOLD = 4;

/** What does not hold, or not yet. */
export async function disagreements(account: StateAccount): Promise<string[]> {
  const all: { name: string; page: Page; said: SaidHere }[] = [];
  for (const device of account.devices) {
    const page = device.tabs[0]?.page;
    if (page === undefined) return [`${device.name} has no tab`];
    all.push({ name: device.name, page, said: await account.look(device) });
  }
  const expected = account.record.all;
  const inDatabases = all.flatMap(({ name, said }) => [
    ...violationsOf(name, { ...said, views: new Map() }, { expected, kept: expected }),
    ...draftsOn(name, said, account),
    ...(said.messages.length < account.marks.length ? [`${name} has not all mail`] : []),
  ]);
  if (inDatabases.length > 0) return inDatabases;
  const onServer = lackingIn(expected, await account.onServer());
  if (onServer.length > 0) return onServer.slice(0, MAX_TOLD).map((word) => `no item says ${word}`);
  return unlikeEachOther(all);
}

async function unlikeEachOther(
  all: readonly { name: string; page: Page; said: SaidHere }[],
): Promise<string[]> {
  const seen = [];
  for (const { name, page, said } of all) {
    const views = await viewsOf({
      labels: () => ask(page, "labels", null),
      preferences: () => ask(page, "preferences", null),
      window: (args) => ask(page, "window", args),
    });
    views.set(
      "drafts",
      said.drafts
        .map(({ id, body }) => `${id} ${body}`)
        .sort()
        .join("\n"),
    );
    views.set("the screen", (await shown(page)).join("\n"));
    seen.push([name, { ...said, views }] as const);
  }
  const [first, ...others] = seen;
  if (first === undefined) return [];
  return others.flatMap((other) => unequal([...first], [...other]));
}

function draftsOn(name: string, { drafts }: SaidHere, { drafted }: StateAccount): string[] {
  const text = drafts.map(({ body }) => body).join("");
  const lost = drafted.filter((mark) => !text.includes(`${mark}.`));
  return lost.slice(0, MAX_TOLD).map((mark) => `${mark} is in no draft of ${name}`);
}

/** Sidebar and rows as somebody hears them read out. A list does not move under the focus, so that goes first. */
function shown(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    const all = document.querySelectorAll("nav a, [role=grid] [role=row]");
    return Array.from(all, (one) => one.getAttribute("aria-label") ?? one.textContent);
  });
}
