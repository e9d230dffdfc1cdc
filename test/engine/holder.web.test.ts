/** The lock between tabs, with real Web Locks and channels; two holders in one page stand for two tabs. */
import { expect, test } from "vitest";
import { openBus } from "../../src/engine/bus.ts";
import { createHolder } from "../../src/engine/holder.ts";

function tab(name: string, visible: boolean) {
  const bus = openBus(name);
  const log: string[] = [];
  const holder = createHolder(
    `test-${name}`,
    bus,
    async (signal) => {
      log.push("holds");
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      log.push("lets go");
    },
    visible,
  );
  return { bus, log, holder };
}

const until = (is: () => boolean, timeout = 2000) => expect.poll(is, { timeout }).toBe(true);

test("one holds; when it stops the other takes over at once", async () => {
  const name = crypto.randomUUID();
  const first = tab(name, true);
  await until(() => first.log.includes("holds"));
  const second = tab(name, false);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(second.log).toEqual([]);
  await first.holder.stop();
  await until(() => second.log.includes("holds"));
  await second.holder.stop();
});

test("a hidden holder lets go when a visible tab waits", async () => {
  const name = crypto.randomUUID();
  const hidden = tab(name, false);
  await until(() => hidden.log.includes("holds"));
  const visible = tab(name, true);
  await until(() => visible.log.includes("holds"));
  expect(hidden.log).toEqual(["holds", "lets go"]);
  await visible.holder.stop();
  await hidden.holder.stop();
});

test("a visible holder keeps it; a visible tab that hears nothing takes it by force", async () => {
  const name = crypto.randomUUID();
  const holder = tab(name, true);
  await until(() => holder.log.includes("holds"));
  const waiting = tab(name, true);
  await new Promise((resolve) => setTimeout(resolve, 5500));
  expect(waiting.log).toEqual([]);
  // Frozen: it holds the lock and answers nobody.
  holder.bus.close();
  waiting.holder.setVisible(true);
  await until(() => waiting.log.includes("holds"), 7000);
  await until(() => holder.log.includes("lets go"));
  await waiting.holder.stop();
  await holder.holder.stop();
}, 20_000);
