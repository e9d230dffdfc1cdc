/** The search for a door: order, slow and dead ones. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { search } from "../../src/engine/search.ts";
import type { Endpoint } from "../../src/xmpp/discovery.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Answer = ["xmpp" | "not-xmpp" | "unreachable" | "silent", number];
const DEAD: Answer = ["silent", Infinity];
const SHUT: Answer = ["unreachable", 0];

/** "a/b": door b of host a. */
const urlOf = (name: string): string => `wss://${name}`;
const nameOf = (url: string): string => url.slice(6);

const door = (url: string): Endpoint => ({ url, via: "guess" });

/** Sources by name, each with its doors and what they answer after how long. */
function looking(sources: Record<string, Answer>[], lookupMs: number[] = []) {
  const answers: Record<string, Answer> = Object.assign({}, ...sources);
  const asked: string[] = [];
  const tried: string[] = [];
  const stop = new AbortController();
  const doors = search({
    sources: sources.map((source, index) => async () => {
      await new Promise((resolve) => setTimeout(resolve, lookupMs[index] ?? 0));
      return Object.keys(source).map((name) => door(urlOf(name)));
    }),
    probe: (url, { timeoutMs }) => {
      asked.push(nameOf(url));
      const [verdict, ms] = answers[nameOf(url)] ?? SHUT;
      return new Promise((resolve) =>
        setTimeout(() => resolve(ms > timeoutMs ? "silent" : verdict), Math.min(ms, timeoutMs)),
      );
    },
    tried,
    signal: stop.signal,
  });
  const given: string[] = [];
  let isOver = false;
  const all = (async () => {
    for await (const { url } of doors) given.push(nameOf(url));
    isOver = true;
  })();
  all.catch(() => undefined);
  return { given, asked, tried, stop, all, isOver: () => isOver };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("several that hang do not hold up the one that lives, whichever comes first", async () => {
  const { given } = looking([{ dead1: DEAD, dead2: DEAD, alive: ["xmpp", 100], dead3: DEAD }]);
  await pass(700);
  expect(given).toEqual(["alive"]);
});

test("a source that is silent does not hold up the next", async () => {
  const { given, asked } = looking([{ dead: DEAD }, { alive: ["xmpp", 100] }]);
  await pass(2000);
  expect(asked).toEqual(["dead"]);
  await pass(2000);
  expect(given).toEqual(["alive"]);
});

test("a lookup that hangs does not hold up the guesses", async () => {
  const { given } = looking([{ found: ["xmpp", 0] }, { guess: ["xmpp", 100] }], [25_000, 0]);
  await pass(3000);
  expect(given).toEqual(["guess"]);
});

test("one that takes twenty seconds gets through", async () => {
  const { given } = looking([{ slow: ["xmpp", 20_000] }, { shut: SHUT }]);
  await pass(21_000);
  expect(given).toEqual(["slow"]);
});

test("the better one first where it answers in time, then the others", async () => {
  const { given, asked } = looking([
    { best: ["xmpp", 400], good: ["xmpp", 100] },
    { never: ["xmpp", 0] },
  ]);
  await pass(1000);
  expect(given).toEqual(["best", "good", "never"]);
  expect(asked).toEqual(["best", "good", "never"]);
});

test("who has what was looked for stops the asking", async () => {
  let stopped = false;
  const doors = search({
    sources: [
      async () => [door("wss://slow"), door("wss://quick")],
      async () => [door("wss://no")],
    ],
    probe: async (url, { signal }) => {
      if (url === "wss://quick") return "xmpp";
      expect(url).toBe("wss://slow");
      signal.addEventListener("abort", () => (stopped = true));
      return new Promise(() => undefined);
    },
    tried: [],
    signal: new AbortController().signal,
  });
  const found = (async () => {
    for await (const { url } of doors) return url;
    return undefined;
  })();
  await pass(600);
  expect(await found).toBe("wss://quick");
  expect(stopped).toBe(true);
});

test("nothing there: everything was asked once, at once where doors are shut", async () => {
  const { given, asked, tried, isOver } = looking([
    { a: SHUT, b: ["not-xmpp", 0] },
    { a: SHUT, c: SHUT },
  ]);
  await pass(10);
  expect([given, isOver()]).toEqual([[], true]);
  expect(asked).toEqual(["a", "b", "c"]);
  expect(tried).toEqual(["wss://a: unreachable", "wss://b: not-xmpp", "wss://c: unreachable"]);
});

test("who stops it gets the reason at once", async () => {
  const { stop, all } = looking([{ dead: DEAD }]);
  await pass(100);
  const reason = new Error("enough");
  stop.abort(reason);
  await expect(all).rejects.toBe(reason);
});

test("at one host, where a browser asks one door at a time, none keeps the others from their turn", async () => {
  const { given, asked } = looking([{ "host/a": DEAD, "host/b": DEAD, "host/c": ["xmpp", 100] }]);
  await pass(8700);
  expect(asked.slice(0, 3)).toEqual(["host/a", "host/b", "host/c"]);
  expect(given).toEqual(["host/c"]);
  const slow = looking([{ "host/a": ["xmpp", 20_000], "host/b": SHUT }]);
  await pass(25_000);
  expect(slow.given).toEqual(["host/a"]);
});
