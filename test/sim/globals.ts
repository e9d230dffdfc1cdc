/**
 * The browser as the engine sees it, every part of it in the hands of the simulation: time, chance, locks, channels,
 * sockets, databases. Which tab asks is known from where the code was started (tab.ts).
 */
import { createHash } from "node:crypto";
import { followTransactions } from "./database.ts";
import type { Loop } from "./loop.ts";
import { currentTab, type Tab } from "./tab.ts";

export type Surroundings = {
  loop: Loop;
  webSocketOf: (tab: Tab) => typeof WebSocket;
  /** What the engine says on the console. */
  heard: (text: string) => void;
};

let around: Surroundings | undefined;
/** Timers that run, and how to stop them. */
let timers = new Map<number, () => void>();

function here(): Surroundings {
  if (around === undefined) throw new Error("no simulation is running");
  return around;
}

function tabOrThrow(): Tab {
  const tab = currentTab();
  if (tab === undefined) throw new Error("code of a tab runs outside of one");
  return tab;
}

/** Whose turn it is; set before anything of the engine runs. */
export function surround(next: Surroundings): void {
  around = next;
  // Those of the run before would keep everything of it in memory.
  timers = new Map();
}

const RealDate = Date;

class SimulatedDate extends RealDate {
  constructor(...args: [] | [number | string]) {
    if (args.length === 0) super(SimulatedDate.now());
    else super(args[0]);
  }
  static override now(): number {
    if (around === undefined) return RealDate.now();
    return Math.floor(around.loop.now) + (currentTab()?.device.clockOffset ?? 0);
  }
}

/** Takes the place of the globals, once and for good: for a process that does nothing else. */
export function installGlobals(): void {
  followTransactions();
  // Tens of thousands of errors a run are part of the game; nobody reads where they were made.
  Error.stackTraceLimit = 4;
  let nextTimer = 1;
  const setTimer = (run: () => void, ms = 0, repeat = false): number => {
    const id = nextTimer++;
    const tab = currentTab();
    const arm = (): void => {
      const fire = (): void => {
        if (repeat) arm();
        else timers.delete(id);
        if (tab === undefined) run();
        else tab.run(run);
      };
      timers.set(id, here().loop.after(ms, fire));
    };
    arm();
    return id;
  };
  const clearTimer = (id: number): void => {
    timers.get(id)?.();
    timers.delete(id);
  };
  put("setTimeout", (run: () => void, ms?: number) => setTimer(run, ms));
  put("setInterval", (run: () => void, ms?: number) => setTimer(run, ms, true));
  put("clearTimeout", clearTimer);
  put("clearInterval", clearTimer);
  put("setImmediate", (run: () => void) => here().loop.task(run));
  put("Date", SimulatedDate);
  put("performance", { now: () => here().loop.now });
  put("fetch", () => later(1000).then(() => Promise.reject(new TypeError("no network"))));
  put("AbortSignal", AbortSignal);
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    setTimer(() => controller.abort(new DOMException("Too late", "TimeoutError")), ms);
    return controller.signal;
  };
  // Node keeps those of its own alive until they end, and with a crashed tab's everything of a run.
  AbortSignal.any = (signals) => {
    const controller = new AbortController();
    for (const signal of signals) {
      const abort = (): void => controller.abort(signal.reason);
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    }
    return controller.signal;
  };
  Math.random = () => currentTab()?.random.next() ?? 0.5;
  put("structuredClone", copyOf);
  put("crypto", {
    randomUUID: () => tabOrThrow().random.uuid(),
    getRandomValues: (bytes: Uint8Array) => {
      tabOrThrow().random.fill(bytes);
      return bytes;
    },
    subtle: plainSubtle,
  });
  put("console", { ...console, error: (...words: unknown[]) => here().heard(words.join(" ")) });
  installPerTab();
}

function installPerTab(): void {
  define("WebSocket", () => here().webSocketOf(tabOrThrow()));
  define("indexedDB", () => tabOrThrow().device.databases);
  put("BroadcastChannel", function BroadcastChannel(name: string) {
    const tab = tabOrThrow();
    return tab.device.channels.open(tab, name);
  });
  define("navigator", () => {
    const tab = tabOrThrow();
    const { locks, network } = tab.device;
    return {
      userAgent: "Simulator",
      onLine: network.isUp,
      locks: {
        request: (name: string, ...rest: [LockGrantedCallback<unknown>] | [LockOptions, never]) => {
          const [options, use] = rest.length === 1 ? [{}, rest[0]] : rest;
          return locks.request(tab, name, options, use);
        },
        query: async () => locks.query(),
      },
    };
  });
}

/** Without the thread pool, whose order nobody can tell. Sealing hides nothing here and need not. */
const plainSubtle = {
  digest: async (name: string, data: Uint8Array) =>
    Uint8Array.from(createHash(name.replace("-", "").toLowerCase()).update(data).digest()).buffer,
  generateKey: async () => ({ isKey: true }),
  encrypt: async (_how: unknown, _key: unknown, data: Uint8Array) => Uint8Array.from(data).buffer,
  decrypt: async (_how: unknown, _key: unknown, data: ArrayBuffer) => data,
};

const realClone = structuredClone;

/** What rows are made of, copied much faster than in the general case; the database copies all the time. */
function copyOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    if (typeof value === "function" || typeof value === "symbol") return realClone(value);
    return value;
  }
  if (Array.isArray(value)) return value.map(copyOf);
  if (Object.getPrototypeOf(value) !== Object.prototype) return realClone(value);
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) copy[name] = copyOf(part);
  return copy;
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function put(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

function define(name: string, get: () => unknown): void {
  Object.defineProperty(globalThis, name, { get, configurable: true });
}
