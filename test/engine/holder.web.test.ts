/** The lock between tabs, with real Web Locks and channels; several holders in one page stand for several tabs. */
import { expect, test } from "vitest";
import { openBus } from "../../src/engine/bus.ts";
import { createHolder, LockTaken, type Stance, type Tenure } from "../../src/engine/holder.ts";

function tab(name: string, stance: Stance) {
  const bus = openBus(name);
  const log: string[] = [];
  let tenure: Tenure | undefined;
  const holder = createHolder(
    `test-${name}`,
    bus,
    async (now) => {
      tenure = now;
      log.push("holds");
      await new Promise((resolve) => now.signal.addEventListener("abort", resolve, { once: true }));
      log.push(now.signal.reason instanceof LockTaken ? "stops" : "lets go");
    },
    stance,
  );
  return { bus, log, holder, tenure: () => tenure as Tenure };
}

const until = (is: () => boolean, timeout = 10_000) => expect.poll(is, { timeout }).toBe(true);

test("one holds; when it stops the other takes over at once", async () => {
  const name = crypto.randomUUID();
  const first = tab(name, "visible");
  await until(() => first.log.includes("holds"));
  const second = tab(name, "hidden");
  expect(await first.tenure().isSurelyMine()).toBe(true);
  expect(second.log).toEqual([]);
  await first.holder.stop();
  await until(() => second.log.includes("holds"));
  await second.holder.stop();
});

test("a hidden holder lets go when a visible tab waits, and keeps it from a hidden one", async () => {
  const name = crypto.randomUUID();
  const hidden = tab(name, "hidden");
  await until(() => hidden.log.includes("holds"));
  const other = tab(name, "hidden");
  const visible = tab(name, "visible");
  await until(() => visible.log.includes("holds"));
  expect(hidden.log).toEqual(["holds", "lets go"]);
  for (const { holder } of [visible, other, hidden]) await holder.stop();
});

test("a holder that answers keeps it; one that is silent is robbed, and knows it", async () => {
  const name = crypto.randomUUID();
  const holder = tab(name, "visible");
  await until(() => holder.log.includes("holds"));
  let answers = 0;
  const waiting = tab(name, "visible");
  waiting.bus.onCall((call) => {
    if (call === "held") answers++;
  });
  await until(() => answers >= 5);
  expect(waiting.log).toEqual([]);
  // Frozen: it holds the lock and answers nobody.
  holder.bus.close();
  await until(() => waiting.log.includes("holds"));
  await until(() => holder.log.includes("stops"));
  expect(await holder.tenure().isSurelyMine()).toBe(false);
  await waiting.holder.stop();
  await holder.holder.stop();
});

test("of many that wait one robs the silent holder, and then there is peace", async () => {
  const name = crypto.randomUUID();
  const holder = tab(name, "visible");
  await until(() => holder.log.includes("holds"));
  const others = Array.from({ length: 20 }, () => tab(name, "visible"));
  holder.bus.close();
  const turns = (): number => others.flatMap((other) => other.log).length;
  await until(() => turns() > 0);
  let answers = 0;
  const ear = openBus(name);
  ear.onCall((call) => {
    if (call === "held") answers++;
  });
  await until(() => answers >= 4);
  // Two may come to the verdict before either is heard; after that there is peace.
  const after = turns();
  expect(after).toBeLessThan(others.length);
  await until(() => answers >= 12);
  expect(turns()).toBe(after);
  ear.close();
  await Promise.all([...others, holder].map((each) => each.holder.stop()));
});

test("a tab that is about to freeze lets go, and waits again when it thaws", async () => {
  const name = crypto.randomUUID();
  const freezing = tab(name, "visible");
  await until(() => freezing.log.includes("holds"));
  freezing.holder.setStance("frozen");
  const other = tab(name, "visible");
  await until(() => other.log.includes("holds"));
  expect(freezing.log).toEqual(["holds", "stops"]);
  freezing.holder.setStance("visible");
  await other.holder.stop();
  await until(() => freezing.log.length === 3);
  await freezing.holder.stop();
});

test("what is not known is nobody's: messages of another version harm nothing", async () => {
  const name = crypto.randomUUID();
  const holder = tab(name, "hidden");
  await until(() => holder.log.includes("holds"));
  const channel = new BroadcastChannel(`envoi:${name}`);
  for (const message of [
    undefined,
    1,
    "wanted",
    {},
    { call: 7 },
    { call: "topics" },
    { call: "x" },
  ])
    channel.postMessage(message);
  const answered = new Promise((resolve) =>
    channel.addEventListener("message", resolve, { once: true }),
  );
  channel.postMessage({ call: "anyone", more: "of a later version" });
  await answered;
  expect(holder.log).toEqual(["holds"]);
  channel.close();
  await holder.holder.stop();
});
