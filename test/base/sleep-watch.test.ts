import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchSleep } from "../../src/base/sleep-watch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a tick that comes hours late is a sleep; ticks in time, and a clock set back, are none", () => {
  let woken = 0;
  const stop = watchSleep(() => woken++);
  vi.advanceTimersByTime(3_600_000);
  expect(woken).toBe(0);
  vi.setSystemTime(Date.now() + 8 * 3_600_000);
  vi.advanceTimersByTime(5000);
  expect(woken).toBe(1);
  vi.setSystemTime(Date.now() - 8 * 3_600_000);
  vi.advanceTimersByTime(60_000);
  expect(woken).toBe(1);
  stop();
  vi.setSystemTime(Date.now() + 8 * 3_600_000);
  vi.advanceTimersByTime(60_000);
  expect(woken).toBe(1);
});
