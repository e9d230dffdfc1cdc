/** A dead peer is noticed within half a minute, a slow one is left alive, and no clock on the wall is asked. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLiveness } from "../../src/xmpp/liveness.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** `answersIn`: how long the peer takes; undefined for never. */
function peer(
  answerMs: number,
  answersIn: number | undefined,
  { bytesWaiting = 0, isResumed = false } = {},
) {
  const seen = { asked: 0, deadAt: undefined as number | undefined };
  const startedAt = performance.now();
  let replies = answersIn;
  const liveness = createLiveness({
    ask: () => {
      seen.asked++;
      if (replies !== undefined) setTimeout(() => liveness.alive(), replies);
    },
    bytesWaiting: () => bytesWaiting,
    answerMs,
    isResumed,
    onDead: () => (seen.deadAt ??= performance.now() - startedAt),
  });
  return { liveness, seen, die: () => (replies = undefined) };
}

test.each([0, 1000, 4000, 9000, 15_000, 20_000])(
  "a peer that took %i ms so far and is silent now is dead within 30 s",
  (answerMs) => {
    const { seen } = peer(answerMs, undefined);
    vi.advanceTimersByTime(30_000);
    expect(seen.deadAt).toBeLessThan(30_000);
  },
);

test("a peer that takes 20 s for every answer lives on, and its death is noticed all the same", () => {
  const { seen, die } = peer(20_000, 20_000);
  vi.advanceTimersByTime(3_600_000);
  expect(seen.deadAt).toBeUndefined();
  die();
  // The last answer may still be on its way.
  vi.advanceTimersByTime(20_000 + 30_000);
  expect(seen.deadAt).toBeDefined();
});

test("a quick peer is asked about three times a minute when nothing happens", () => {
  const { seen } = peer(10, 10);
  vi.advanceTimersByTime(3_600_000);
  expect(seen.asked / 60).toBeLessThan(3.5);
});

test("a jump of ten years, either way, kills nobody and hides no death", () => {
  const { seen, die } = peer(10, 10);
  vi.advanceTimersByTime(60_000);
  vi.setSystemTime(Date.now() + 3650 * 86_400_000);
  vi.advanceTimersByTime(60_000);
  vi.setSystemTime(Date.now() - 7300 * 86_400_000);
  vi.advanceTimersByTime(60_000);
  expect(seen.deadAt).toBeUndefined();
  die();
  vi.advanceTimersByTime(30_000);
  expect(seen.deadAt).toBeDefined();
});

test("a probe wants its answer in four seconds, also from one that was asked before", () => {
  const { liveness, seen } = peer(10, undefined);
  vi.advanceTimersByTime(19_500);
  liveness.probe();
  vi.advanceTimersByTime(3900);
  expect(seen.deadAt).toBeUndefined();
  vi.advanceTimersByTime(200);
  expect(seen.deadAt).toBeDefined();
});

test("what is on its way gets its time, also what is written after the question", () => {
  const { liveness, seen } = peer(10, undefined, { bytesWaiting: 200_000 });
  liveness.sent();
  vi.advanceTimersByTime(100_000);
  expect(seen.deadAt).toBeUndefined();
  vi.advanceTimersByTime(10_000);
  expect(seen.deadAt).toBeDefined();
});

test.each([0, 1000, 4000, 9000])(
  "a resumed stream that falls silent after %i ms is noticed much sooner than an idle one",
  (ms) => {
    const { seen, die } = peer(10, 10, { isResumed: true });
    vi.advanceTimersByTime(ms);
    die();
    vi.advanceTimersByTime(15_000 - ms);
    expect(seen.deadAt).toBeDefined();
  },
);
