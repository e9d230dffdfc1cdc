/**
 * `npm run bench`: the figures, each beside its bar, as a table and as JSON. Never fails a build. Times are of this
 * machine and this run; ratios have both sides in one run.
 *   --messages N[,N]   sizes of the archive, 1000,100000 unless told
 *   --no-build         what is in dist/
 *   --state            nothing but what an account's devices share, on both servers at Debian's rates: minutes
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { measureArrival, measureSend } from "./bench/delivery.ts";
import { measureBytes, measureSignIn } from "./bench/first-load.ts";
import {
  measureActs,
  measureKeys,
  measureMany,
  measureMemory,
  measureOpen,
  measureReadingOn,
  measureReload,
  measureScroll,
} from "./bench/mailbox.ts";
import { measurePhone } from "./bench/phone.ts";
import { createReport } from "./bench/report.ts";
import { startStage } from "./bench/stage.ts";
import { measureClick, measureNewDevice } from "./bench/shared-device.ts";
import { measureShared } from "./bench/shared-state.ts";
import { measureSync } from "./bench/sync.ts";
import { measureReading, measureTexts } from "./bench/texts.ts";
import { build } from "./build.ts";

const { values } = parseArgs({
  options: {
    messages: { type: "string" },
    "no-build": { type: "boolean" },
    state: { type: "boolean" },
  },
});
const sizes = (values.messages ?? "1000,100000").split(",").map(Number);
const report = createReport();

if (values["no-build"] !== true) await build();
if (values.state === true) await sharedState();
else {
  await attempt("bytes", () => measureBytes(report));
  await attempt("reading", () => measureReading(report));
  for (const messages of sizes) await mailboxOf(messages);
  report.addGrowth();
}
console.table(report.figures);
console.log(JSON.stringify(report.figures));
console.log(
  `load of the machine: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}`,
);

async function mailboxOf(messages: number): Promise<void> {
  const stage = await startStage(messages);
  const page = await (await stage.profile()).newPage();
  const at = <T extends readonly unknown[]>(
    measure: (...args: T) => Promise<void>,
    ...args: T
  ): Promise<void> => attempt(measure.name, () => measure(...args));
  await at(measureSignIn, report, stage, messages);
  await at(measureSync, report, stage, page, messages);
  await at(measureReload, report, stage.browser, page, messages);
  await at(measureKeys, report, page, messages);
  await at(measureActs, report, page, messages);
  await at(measureOpen, report, page, messages);
  await at(measureReadingOn, report, page, messages);
  await at(measureScroll, report, page, messages);
  await at(measureArrival, report, stage, page, messages);
  await at(measureSend, report, stage, page, messages);
  await at(measureTexts, report, stage, page, messages);
  await at(measureMemory, report, page, messages);
  await at(measurePhone, report, stage, page, messages);
  // The last: what it archives is carried to the account long after.
  await at(measureMany, report, page, messages);
  await stage.close();
}

async function sharedState(): Promise<void> {
  for (const kind of ["prosody", "ejabberd"] as const)
    await attempt(`a click on ${kind}`, () => measureClick(report, kind));
  await attempt("a new device", () => measureNewDevice(report, 30_000));
  for (const kind of ["prosody", "ejabberd"] as const)
    for (const count of [1, 10_000, 100_000])
      await attempt(`${kind} ${count}`, () => measureShared(report, kind, count));
}

/** One figure that cannot be had does not take the others with it. */
async function attempt(what: string, measure: () => Promise<void>): Promise<void> {
  console.error(`${what} …`);
  try {
    await measure();
  } catch (error) {
    report.add(
      what,
      "",
      `not measured: ${error instanceof Error ? error.message : String(error)}`,
      "",
    );
  }
}
