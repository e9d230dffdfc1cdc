/** The wait between two tries. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rest } from "../../src/engine/rest.ts";
import { createWakes, type Wake } from "../../src/engine/wakes.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function resting(waitMs: number | undefined, patient = false) {
  const wakes = createWakes();
  const stop = new AbortController();
  const sooner: number[] = [];
  const seen: { over: boolean; why?: Wake } = { over: false };
  const triedAt = performance.now();
  void rest({
    waitMs,
    patient,
    triedAt,
    wakes,
    signal: stop.signal,
    onSooner: (ms) => sooner.push(ms),
  }).then((why) => Object.assign(seen, { over: true, ...(why === undefined ? {} : { why }) }));
  return { wakes, stop, sooner, seen };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("it lasts as long as was said", async () => {
  const { seen } = resting(8000);
  await pass(7999);
  expect(seen.over).toBe(false);
  await pass(1);
  expect(seen).toEqual({ over: true });
});

test("back online it tries at once, but not within three seconds of the last try", async () => {
  const { seen, wakes, sooner } = resting(60_000);
  await pass(1000);
  wakes.tell("online");
  wakes.tell("visible");
  expect(sooner).toEqual([2000]);
  await pass(2000);
  expect(seen).toEqual({ over: true, why: "online" });
});

test("a thousand wakes are one try; the person waits a second at the most", async () => {
  const { seen, wakes } = resting(60_000);
  for (let i = 0; i < 1000; i++) wakes.tell("online");
  wakes.tell("person");
  await pass(1000);
  expect(seen).toEqual({ over: true, why: "person" });
});

test("a wake that is later than the wait changes nothing", async () => {
  const { seen, wakes, sooner } = resting(500);
  wakes.tell("online");
  expect(sooner).toEqual([]);
  await pass(500);
  expect(seen).toEqual({ over: true });
});

test("a patient wait is ended early by the person only", async () => {
  const { seen, wakes } = resting(undefined, true);
  for (const why of ["online", "visible", "slept", "offline"] as const) wakes.tell(why);
  await pass(3_600_000);
  expect(seen.over).toBe(false);
  wakes.tell("credential");
  await pass(0);
  expect(seen).toEqual({ over: true, why: "credential" });
});

test("it ends with the lock", async () => {
  const { seen, stop } = resting(60_000);
  stop.abort();
  await pass(0);
  expect(seen.over).toBe(true);
});
