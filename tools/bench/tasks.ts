/**
 * What the page's own thread worked, by the processor's clock: on a busy machine a thread waits for its turn in the
 * middle of a task, and a wall clock tells of the machine instead.
 */
import type { CDPSession, Page } from "playwright-core";

type TraceEvent = {
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args: { name?: string };
};
export type LongestTask = { wall: number; work: number };

/** All that the page works meanwhile, ms. */
export async function processorTime(page: Page, act: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const before = await taskDuration(session);
  await act();
  const after = await taskDuration(session);
  await session.send("Performance.disable");
  await session.detach();
  return (after - before) * 1000;
}

async function taskDuration(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
}

/** Watches until the returned function is called; longest by each clock for itself, ms. */
export async function watchTasks(page: Page): Promise<() => Promise<LongestTask>> {
  const session = await page.context().newCDPSession(page);
  const tasks: TraceEvent[] = [];
  const pages = new Set<string>();
  session.on("Tracing.dataCollected", ({ value }) => {
    for (const event of value as unknown as TraceEvent[]) {
      if (event.name === "RunTask" && (event.dur ?? 0) > 1000) tasks.push(event);
      if (event.name === "thread_name" && event.args.name === "CrRendererMain")
        pages.add(threadOf(event));
    }
  });
  const complete = new Promise<void>((resolve) => {
    session.on("Tracing.tracingComplete", () => resolve());
  });
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      recordMode: "recordContinuously",
      includedCategories: ["disabled-by-default-devtools.timeline"],
    },
  });
  return async () => {
    await session.send("Tracing.end");
    await complete;
    await session.detach();
    const longest = (clock: "dur" | "tdur"): number =>
      tasks
        .filter((task) => pages.has(threadOf(task)))
        .reduce((most, task) => Math.max(most, (task[clock] ?? 0) / 1000), 0);
    return { wall: longest("dur"), work: longest("tdur") };
  };
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid} ${tid}`;
}
