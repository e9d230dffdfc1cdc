/** What runs inside the measured page: when something was painted, how long a key took, what the frames were. */
import type { BrowserContext, Page } from "playwright-core";

type Probe = {
  /** ms from the navigation to the frame after the first rows stood in the document. */
  firstRows: Promise<number>;
  /** The same for the first rows the worker answered with. */
  firstAnswer: Promise<number>;
  shift: number;
  interactions: number[];
  painted: () => Promise<number>;
  when: (selector: string, count: number) => Promise<number>;
};
declare global {
  var probe: Probe;
}

/** Put into every page of the context before its own scripts. */
export async function addProbes(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const painted = (): Promise<number> =>
      new Promise((resolve) =>
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))),
      );
    const when = (selector: string, count: number): Promise<number> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (document.querySelectorAll(selector).length < count) return;
          observer.disconnect();
          void painted().then(resolve);
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { subtree: true, childList: true, attributes: true });
        look();
      });
    let answered: (at: number) => void = () => undefined;
    globalThis.probe = {
      firstRows: when("[role=grid] [role=row]", 1),
      firstAnswer: new Promise((resolve) => (answered = resolve)),
      shift: 0,
      interactions: [],
      painted,
      when,
    };
    const RealWorker = globalThis.Worker;
    globalThis.Worker = class extends RealWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.addEventListener(
          "message",
          ({ data }: MessageEvent<{ value?: { rows?: unknown } }>) => {
            if (data.value?.rows !== undefined) void painted().then(answered);
          },
        );
      }
    };
    const watch = (type: string, note: (entry: PerformanceEntry) => void, more = {}): void =>
      new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({
        type,
        buffered: true,
        ...more,
      });
    watch("layout-shift", (entry) => {
      const { value, hadRecentInput } = entry as PerformanceEntry & Record<string, number>;
      if (!hadRecentInput) globalThis.probe.shift += value ?? 0;
    });
    const note = ({ duration, interactionId }: PerformanceEventTiming): void => {
      if (interactionId > 0) globalThis.probe.interactions.push(duration);
    };
    watch("event", (entry) => note(entry as PerformanceEventTiming), { durationThreshold: 16 });
  });
}

/** First contentful paint of the page that is open. */
export function firstPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const paint = list.getEntriesByName("first-contentful-paint")[0];
          if (paint !== undefined) resolve(paint.startTime);
        }).observe({ type: "paint", buffered: true });
      }),
  );
}

/** From a key to the row that has the focus then, before the next frame where it can be. */
export function keyTime(page: Page, key: string): Promise<number> {
  return page.evaluate(
    (pressed) =>
      new Promise<number>((resolve) => {
        const before = document.activeElement;
        const startedAt = performance.now();
        (before ?? document.body).dispatchEvent(
          new KeyboardEvent("keydown", {
            key: pressed,
            code: `Key${pressed.toUpperCase()}`,
            bubbles: true,
            cancelable: true,
          }),
        );
        const look = (): void => {
          if (document.activeElement !== before) resolve(performance.now() - startedAt);
          else requestAnimationFrame(look);
        };
        queueMicrotask(() => queueMicrotask(look));
      }),
    key,
  );
}

/** From a key to the first change of the list, before the next frame where it can be. */
export function changeTime(page: Page, key: string): Promise<number> {
  return page.evaluate(
    (pressed) =>
      new Promise<number>((resolve) => {
        const list = document.querySelector("[role=grid]");
        if (list === null) return resolve(Number.NaN);
        const startedAt = performance.now();
        const observer = new MutationObserver(() => {
          observer.disconnect();
          resolve(performance.now() - startedAt);
        });
        observer.observe(list, { subtree: true, childList: true, attributes: true });
        (document.activeElement ?? document.body).dispatchEvent(
          new KeyboardEvent("keydown", {
            key: pressed,
            code: `Key${pressed.toUpperCase()}`,
            bubbles: true,
            cancelable: true,
          }),
        );
      }),
    key,
  );
}

/** From following a link inside the app to that many elements painted; rejects where they never are. */
export function openTime(
  page: Page,
  hash: string,
  selector: string,
  count: number,
): Promise<number> {
  return page.evaluate(
    async (wanted) => {
      const startedAt = performance.now();
      const never = new Promise<never>((_resolve, reject) =>
        setTimeout(() => reject(new Error(`no ${wanted.selector} at ${wanted.hash}`)), 30_000),
      );
      location.hash = wanted.hash;
      const drawn = globalThis.probe.when(wanted.selector, wanted.count);
      return (await Promise.race([drawn, never])) - startedAt;
    },
    { hash, selector, count },
  );
}

/** Scrolls the list from end to end; the frames' times. */
export function scrollTimes(page: Page, frames: number): Promise<number[]> {
  return page.evaluate(
    (total) =>
      new Promise<number[]>((resolve) => {
        const list = document.querySelector("[role=grid]") as HTMLElement;
        const step = (list.scrollHeight - list.clientHeight) / total;
        const times: number[] = [];
        let last = 0;
        const frame = (now: number): void => {
          if (last !== 0) times.push(now - last);
          last = now;
          list.scrollTop += step;
          if (times.length < total) requestAnimationFrame(frame);
          else resolve(times);
        };
        requestAnimationFrame(frame);
      }),
    frames,
  );
}

/** While a row has the focus or the pointer, new ones wait behind "Show N new". */
export async function leaveRows(page: Page): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
}
