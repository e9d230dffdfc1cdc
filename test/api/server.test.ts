/** The worker's half of the contract: when a subscription is run again. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FromWorker } from "../../src/api/contract.ts";
import { createApiServer } from "../../src/api/server.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** One subscription to something whose answer takes 10 ms and says what was true when it began. */
async function subscribed() {
  let truth = 0;
  const answers: unknown[] = [];
  const run = async () => {
    const read = truth;
    await new Promise((resolve) => setTimeout(resolve, 10));
    return read;
  };
  const api = createApiServer(
    { query: () => ({ topics: ["status"], run }), command: () => undefined },
    (message: FromWorker) => {
      if (message.type === "answer") answers.push(message.value);
    },
  );
  api.receive({ type: "subscribe", id: 1, query: "status", args: null });
  await pass(200);
  const change = (urgent: boolean): void => {
    truth++;
    api.touch(["status"], urgent);
  };
  return { answers, change };
}

test("what changes while an answer is being read is answered at once where it is urgent", async () => {
  const { answers, change } = await subscribed();
  change(true);
  await pass(5);
  change(true);
  await pass(15);
  expect(answers).toEqual([0, 1, 2]);
});

test("a clock that is set back holds nothing up", async () => {
  const { answers, change } = await subscribed();
  vi.setSystemTime(Date.now() - 3_600_000);
  change(false);
  await pass(200);
  expect(answers).toEqual([0, 1]);
});

test("what is not urgent is answered at most every 120 ms", async () => {
  const { answers, change } = await subscribed();
  for (let i = 0; i < 10; i++) {
    change(false);
    await pass(20);
  }
  await pass(200);
  expect(answers.length).toBeLessThan(5);
  expect(answers.at(-1)).toBe(10);
});
