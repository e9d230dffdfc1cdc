/** What an open stream makes of the browser's word that there is no network, and of a sleep. */
import { xml } from "@xmpp/xml";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createServerClock } from "../../src/engine/server-clock.ts";
import { checkStream } from "../../src/engine/stream-wakes.ts";
import type { Session } from "../../src/xmpp/session.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function open() {
  const said: string[] = [];
  const questions: PromiseWithResolvers<void>[] = [];
  const probe = (): Promise<void> => {
    const question = Promise.withResolvers<void>();
    questions.push(question);
    return question.promise;
  };
  const report = { say: async ({ state }: { state: string }) => void said.push(state) };
  const session = { probe } as unknown as Session;
  const wake = checkStream(report, session, "example.org", { ask: async () => undefined });
  return { said, questions, wake };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("a server that answers at once proves the browser wrong before anybody is told", async () => {
  const { said, questions, wake } = open();
  wake("offline");
  await pass(100);
  questions[0]?.resolve();
  await pass(60_000);
  expect(said).toEqual([]);
});

test("no answer: the browser is believed, until there is one", async () => {
  const { said, questions, wake } = open();
  wake("offline");
  await pass(300);
  expect(said).toEqual(["offline"]);
  await pass(2000);
  questions[0]?.resolve();
  await pass(0);
  expect(said).toEqual(["offline", "connected"]);
});

test("an answer to a question from before the last alarm proves nothing", async () => {
  const { said, questions, wake } = open();
  wake("visible");
  wake("offline");
  await pass(300);
  questions[0]?.resolve();
  await pass(0);
  expect(said).toEqual(["offline"]);
  questions[1]?.resolve();
  await pass(0);
  expect(said).toEqual(["offline", "connected"]);
});

test("a stream that ends meanwhile says nothing any more", async () => {
  const { said, questions, wake } = open();
  wake("offline");
  questions[0]?.reject(new Error("lost"));
  await pass(60_000);
  expect(said).toEqual([]);
});

test("after a sleep that the stream outlived, the server is asked the time again", async () => {
  let slept = 0;
  vi.spyOn(performance, "now").mockImplementation(() => Date.now() - slept);
  const utc = () => xml("utc", {}, new Date().toISOString());
  const session = {
    probe: async () => undefined,
    iq: async () => xml("iq", {}, xml("time", { xmlns: "urn:xmpp:time" }, utc())),
  } as unknown as Session;
  // This device's own clock is ten years ahead.
  const clock = createServerClock(() => Date.now() + 315_360_000_000);
  await clock.ask(session);
  const wake = checkStream({ say: async () => undefined }, session, "example.org", clock);
  slept = 8 * 3_600_000;
  await pass(slept);
  expect(clock.now()).toBe(Date.now() - slept);
  wake("slept");
  await pass(0);
  expect(clock.now()).toBe(Date.now());
});
