/**
 * What the lock holder does: stay connected, and while connected keep database and server level. One call runs until
 * the lock is given up or gone. Loaded after the first answer to the page, with everything of the wire.
 *
 *      connect ---ok---> online: features, carbons, archive, presence, roster, outbox, back-fill
 *        ^  |                            |
 *        |  '--no--> rest (back-off, or  | stream ends
 *        '---------- online, try now) <--'
 */
import { watchSleep } from "../base/sleep-watch.ts";
import { needsPerson, type Trouble } from "../mail/status.ts";
import { readMeta } from "../store/meta.ts";
import { type ConnectionReport, createConnectionReport } from "./connection-report.ts";
import type { AccountContext } from "./context.ts";
import type { EngineOptions } from "./engine-options.ts";
import { runStream } from "./one-stream.ts";
import { rest } from "./rest.ts";
import { createStreamKeeper } from "./stream-keeper.ts";
import { isPatient, refusalDoubtMs, restMs } from "./trouble.ts";

/** A stream that lived this long was a good one: the next wait starts short again. 30 s. */
const GOOD_MS = 30_000;

/**
 * Failures since the last good stream, for the person; `attempt` counts for the back-off. `isAsked`: the next try is one
 * that a person wants.
 */
type Course = {
  failures: number;
  attempt: number;
  /** In a row. */
  refusals: number;
  trouble?: Trouble;
  isAsked?: boolean;
};

export async function runEngine(options: EngineOptions): Promise<void> {
  const { context, wakes } = options;
  const { signal } = options.tenure;
  const report = createConnectionReport(context, options.tenure);
  const keeper = createStreamKeeper(context);
  const stopWatching = watchSleep(() => wakes.tell("slept"));
  let course: Course = { failures: 0, attempt: 0, refusals: 0, ...(await unmended(context)) };
  try {
    while (!signal.aborted) {
      await untilRoom(options, report);
      if (signal.aborted) return;
      const triedAt = performance.now();
      const end = await runStream(options, report, keeper, course);
      if (signal.aborted) return;
      if (end === "again") continue;
      if (end.onlineMs > GOOD_MS) course = { failures: 0, attempt: 0, refusals: 0 };
      const trouble = afterAll(end.trouble, course.trouble);
      if (trouble.kind === "outdated") options.onPartMissing();
      const refusals = end.isRefused === true ? course.refusals + 1 : 0;
      const doubtMs = end.isRefused === true ? refusalDoubtMs(refusals) : undefined;
      if (end.isRefused === true && doubtMs === undefined) await options.onRefused();
      const waitMs = doubtMs ?? restMs(trouble.kind, course.attempt);
      course = { failures: course.failures + 1, attempt: course.attempt + 1, refusals, trouble };
      const say = (ms: number | undefined): Promise<void> =>
        report.say({
          state: "offline",
          trouble,
          failures: course.failures,
          ...(ms === undefined ? {} : { retryAt: context.now() + ms }),
        });
      await say(waitMs);
      const woken = await rest({
        waitMs,
        patient: isPatient(trouble.kind),
        triedAt,
        wakes,
        signal,
        onSooner: (ms) => void say(ms).catch(() => undefined),
      });
      if (woken !== undefined && woken !== "visible") course.attempt = 0;
      course.isAsked = woken === "person";
    }
  } finally {
    stopWatching();
  }
}

/** What the person was asked to mend before this tab had the lock: asked for until it is mended. */
async function unmended({ store }: AccountContext): Promise<Pick<Course, "trouble">> {
  const row = await store.read(["meta"], (tx) => readMeta(tx, "connection"));
  return row?.trouble !== undefined && needsPerson(row.trouble.kind)
    ? { trouble: row.trouble }
    : {};
}

/** Where nothing can be kept nothing is fetched; what the server holds, it goes on holding. */
async function untilRoom({ room, tenure }: EngineOptions, report: ConnectionReport): Promise<void> {
  const waiting = room();
  if (waiting === undefined) return;
  // Small writes often still fit; where they do not, the page says it from what the worker knows.
  await report.say({ state: "offline" }).catch(() => undefined);
  const stopped = new Promise((resolve) =>
    tenure.signal.addEventListener("abort", resolve, { once: true }),
  );
  await Promise.race([waiting, stopped]);
}

/** A deleted account looks like a wrong password from then on; we know better. */
function afterAll(trouble: Trouble, before: Trouble | undefined): Trouble {
  return before?.kind === "gone" && trouble.kind === "wrong-password"
    ? { ...trouble, kind: "gone" }
    : trouble;
}
