/** A device with another clock: the worker's, which alone decides what is stored. The page keeps the right one. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** The worker's file with a clock that can be set, for the static server. `ahead`: ms, to begin with. */
export async function workerWithClock(folder: string, ahead = 0): Promise<Record<string, string>> {
  const assets = await readdir(join(folder, "assets"));
  const worker = assets.find((name) => /^worker-.*\.js$/.test(name)) ?? "";
  const code = await readFile(join(folder, "assets", worker), "utf8");
  return { [`assets/${worker}`]: `${settableClock(ahead)}\n${code}` };
}

function settableClock(ahead: number): string {
  return `{
    const True = Date;
    let ahead = ${ahead};
    const channel = new BroadcastChannel("test-clock");
    channel.onmessage = ({ data }) => {
      if (typeof data !== "number") return;
      ahead = data;
      channel.postMessage("set");
    };
    globalThis.Date = class extends True {
      constructor(...args) { if (args.length === 0) super(True.now() + ahead); else super(...args); }
      static now() { return True.now() + ahead; }
    };
  }`;
}

/** Sets the clock of every tab of the page's profile; resolves when a first one did. */
export async function setClock(page: Page, ahead: number): Promise<void> {
  await page.evaluate(
    (to) =>
      new Promise<void>((resolve) => {
        const channel = new BroadcastChannel("test-clock");
        channel.onmessage = () => {
          channel.close();
          resolve();
        };
        channel.postMessage(to);
      }),
    ahead,
  );
}
