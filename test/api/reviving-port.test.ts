/** A worker that hangs is replaced, and only then. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FromWorker, ToWorker } from "../../src/api/contract.ts";
import { createRevivingPort } from "../../src/api/reviving-port.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class FakeWorker {
  readonly got: ToWorker[] = [];
  hangs = false;
  stopped = false;
  private listener: (event: { data: FromWorker }) => void = () => undefined;
  postMessage(message: ToWorker): void {
    this.got.push(message);
    if (message.type === "ping" && !this.hangs) this.say({ type: "pong" });
  }
  addEventListener(_type: "message", listener: (event: { data: FromWorker }) => void): void {
    this.listener = listener;
  }
  terminate(): void {
    this.stopped = true;
  }
  say(data: FromWorker): void {
    this.listener({ data });
  }
}

function opened(hasParts = async () => true) {
  const workers: FakeWorker[] = [];
  const heard: FromWorker[] = [];
  const port = createRevivingPort(() => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  }, hasParts);
  port.addEventListener("message", ({ data }) => heard.push(data));
  return { workers, heard, port };
}

test("one that answers lives for ever, and nobody hears of the asking", () => {
  const { workers, heard } = opened();
  vi.advanceTimersByTime(3_600_000);
  expect(workers).toHaveLength(1);
  expect(heard).toEqual([]);
});

test("one that hangs is stopped; the next knows what is subscribed to, and open commands fail", () => {
  const { workers, heard, port } = opened();
  port.postMessage({ type: "subscribe", id: 1, query: "status", args: null });
  port.postMessage({ type: "subscribe", id: 2, query: "notices", args: null });
  port.postMessage({ type: "unsubscribe", id: 2 });
  port.postMessage({ type: "run", id: 3, command: "reconnect", args: null });
  port.postMessage({ type: "run", id: 4, command: "pauseSync", args: null });
  workers[0]?.say({ type: "done", id: 3, value: null });
  (workers[0] as FakeWorker).hangs = true;
  vi.advanceTimersByTime(9000);
  expect(workers.map((w) => w.stopped)).toEqual([true, false]);
  expect(workers[1]?.got.filter((m) => m.type !== "ping")).toEqual([
    { type: "subscribe", id: 1, query: "status", args: null },
  ]);
  expect(heard.slice(1)).toEqual([{ type: "failed", id: 4, message: "the tab's worker hung" }]);
  workers[0]?.say({ type: "answer", id: 1, value: "too late" });
  workers[1]?.say({ type: "answer", id: 1, value: "new" });
  expect(heard.at(-1)).toEqual({ type: "answer", id: 1, value: "new" });
  expect(heard).toHaveLength(3);
});

test("one that is still being loaded is waited for", () => {
  const { workers } = opened();
  (workers[0] as FakeWorker).hangs = true;
  vi.advanceTimersByTime(120_000);
  expect(workers).toHaveLength(1);
});

test("a page that was held up itself does not judge", () => {
  const clock = performance.now.bind(performance);
  let heldUp = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock() + heldUp);
  const { workers } = opened();
  workers[0]?.say({ type: "pong" });
  (workers[0] as FakeWorker).hangs = true;
  for (let i = 0; i < 20; i++) {
    heldUp += 5000;
    vi.advanceTimersByTime(1500);
  }
  expect(workers).toHaveLength(1);
  vi.restoreAllMocks();
});

test("one that lacks a part of the app is replaced once parts can be had, ever more seldom", async () => {
  vi.stubGlobal("addEventListener", () => undefined);
  let asked = 0;
  const { workers, heard, port } = opened(async () => ++asked > 3);
  port.postMessage({ type: "subscribe", id: 1, query: "status", args: null });
  workers[0]?.say({ type: "part-missing" });
  workers[0]?.say({ type: "part-missing" });
  await vi.advanceTimersByTimeAsync(14_000);
  expect(workers).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1500);
  expect(workers.map((w) => w.stopped)).toEqual([true, false]);
  expect(asked).toBe(4);
  expect(workers[1]?.got[0]).toEqual({ type: "subscribe", id: 1, query: "status", args: null });
  workers[1]?.say({ type: "part-missing" });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(workers).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1500);
  expect(workers).toHaveLength(3);
  expect(heard).toEqual([]);
  vi.unstubAllGlobals();
});
