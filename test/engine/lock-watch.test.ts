/** When a silent holder counts as dead: late ticks of our own prove nothing about it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLockWatch } from "../../src/engine/lock-watch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function watch() {
  const seen = { asked: 0, silent: 0 };
  const made = createLockWatch({ ask: () => seen.asked++, onSilent: () => seen.silent++ });
  made.start(400);
  return { made, seen };
}

test("a holder that never answers is dead in less than two seconds", () => {
  const { seen } = watch();
  vi.advanceTimersByTime(1199);
  expect(seen.silent).toBe(0);
  vi.advanceTimersByTime(201);
  expect(seen.silent).toBe(1);
  vi.advanceTimersByTime(10_000);
  expect(seen.silent).toBe(1);
});

test("one that falls silent is noticed as soon; one answer is enough to live on", () => {
  const { seen, made } = watch();
  for (let i = 0; i < 50; i++) {
    vi.advanceTimersByTime(390);
    made.heard();
  }
  expect(seen.silent).toBe(0);
  vi.advanceTimersByTime(1800);
  expect(seen.silent).toBe(1);
});

test("whoever was asleep or busy itself does not judge", () => {
  const clock = performance.now.bind(performance);
  let slept = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock() + slept);
  const { seen } = watch();
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(399);
    slept += 5000;
    vi.advanceTimersByTime(1);
  }
  expect(seen.silent).toBe(0);
  vi.advanceTimersByTime(2000);
  expect(seen.silent).toBe(1);
});

test("an asking of another tab is as good as one's own", () => {
  const { seen, made } = watch();
  expect(seen.asked).toBe(1);
  for (let i = 0; i < 20; i++) {
    vi.advanceTimersByTime(200);
    made.othersAsked();
    made.heard();
    made.othersAsked();
    vi.advanceTimersByTime(200);
  }
  expect(seen.asked).toBe(1);
  expect(seen.silent).toBe(0);
});

test("a verdict that an answer overtakes is dropped", () => {
  const { seen, made } = watch();
  vi.spyOn(Math, "random").mockReturnValue(1);
  vi.advanceTimersByTime(1300);
  made.heard();
  vi.advanceTimersByTime(300);
  expect(seen.silent).toBe(0);
});
