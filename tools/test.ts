/**
 * `npm test`: installs what is missing, then every check in turn: format, lint, types, dead code, unit, browser, end to
 * end against real servers. Goes on after a failure, so that one run tells everything. The last line counts them all.
 */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";
import {
  browserPackages,
  ejabberdPackages,
  installPackages,
  missingPackages,
  prosodyPackages,
  quickerPackages,
  testPeerPackages,
} from "./system-packages.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "node_modules/.bin");

/** `broken`, `again`: each test that failed, or did at first, by file and name, and why. */
type Count = { passed: number; failed: number; broken?: string[]; again?: string[] };
/** `isBeside`: the steps after it run meanwhile; what it says comes last. */
type Step = { name: string; isBeside?: true; run: () => Promise<Count> };

/** Files that wait most of their time run while others keep the machine busy. */
const PATIENT_LOG = join(ROOT, "node_modules", ".report-e2e-patient.log");

const only = process.argv.slice(2);

const steps: Step[] = [
  { name: "format", run: () => command("oxfmt", ["--check", "."]) },
  { name: "lint", run: () => command("oxlint", ["--type-aware", "--deny-warnings", "."]) },
  { name: "types", run: () => command("tsc", ["--noEmit", "-p", "tsconfig.json"]) },
  { name: "worker-types", run: () => command("tsc", ["--noEmit", "-p", "tsconfig.worker.json"]) },
  { name: "dead-code", run: () => command("knip", ["--no-progress"]) },
  { name: "build", run: buildStep },
  { name: "e2e-patient", isBeside: true, run: () => vitest("e2e-patient", PATIENT_LOG) },
  { name: "unit", run: () => vitest("node") },
  { name: "browser", run: () => vitest("web") },
  { name: "e2e", run: () => vitest("e2e") },
];

async function command(name: string, args: string[]): Promise<Count> {
  const code = await run(join(BIN, name), args);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function vitest(project: string, log?: string): Promise<Count> {
  const report = join(ROOT, "node_modules", `.report-${project}.json`);
  await rm(report, { force: true });
  const code = await run(
    join(BIN, "vitest"),
    [
      "run",
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    log,
  );
  try {
    const told = JSON.parse(await readFile(report, "utf8")) as Report;
    // A file that could not even be loaded fails without a failed test.
    const failed = code !== 0 && told.numFailedTests === 0 ? 1 : told.numFailedTests;
    const [broken, again] = [testsThat("failed", told), testsThat("passed", told)];
    return { passed: told.numPassedTests, failed, broken, again };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** What of vitest's JSON report is read. */
type Report = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
};

/** Those that ended so and failed at least once. */
function testsThat(ended: "failed" | "passed", report: Report): string[] {
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(ROOT, name);
    const tests = assertionResults
      .filter((test) => test.status === ended && test.failureMessages.length > 0)
      .map((test) => `${file}: ${test.fullName}${why(test.failureMessages[0])}`);
    // A file that fails as a whole has a reason of its own.
    const isWhole = ended === "failed" && status === "failed" && tests.length === 0;
    return isWhole ? [`${file}${why(message)}`] : tests;
  });
}

const MOST_TOLD = 60;

/** What a failure says, and the line of ours where it happened. */
function why(text = ""): string {
  const lines = text.split("\n");
  const stack = lines.findIndex((line) => line.startsWith("    at "));
  const said = stack < 0 ? lines : lines.slice(0, stack);
  const place = lines.find((line) => line.includes(join(ROOT, "test")))?.trim() ?? "";
  const told = [...said.slice(0, MOST_TOLD), place.replace(ROOT, "")];
  return told.map((line) => `\n    ${line.slice(0, 300)}`).join("");
}

async function buildStep(): Promise<Count> {
  try {
    await build();
    return { passed: 1, failed: 0 };
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1 };
  }
}

/** `log`: a file that gets what it says, instead of the terminal. */
function run(path: string, args: string[], log?: string): Promise<number> {
  const output = log === undefined ? "inherit" : openSync(log, "w");
  return new Promise<number>((resolve) => {
    const child = spawn(path, args, { cwd: ROOT, stdio: ["ignore", output, output] });
    child.on("error", () => resolve(127));
    child.on("close", (code) => resolve(code ?? 1));
  }).finally(() => {
    if (output !== "inherit") closeSync(output);
  });
}

const needs = missingPackages([
  ...prosodyPackages,
  ...ejabberdPackages,
  ...browserPackages,
  ...testPeerPackages,
]);
if (needs.length > 0 && !(await installPackages(needs, console.log))) {
  console.error("The tests need these packages; nothing was run.");
  process.exit(1);
}
await installPackages(quickerPackages, console.log);

const total: Count = { passed: 0, failed: 0 };
const summary: string[] = [];
const allBroken: string[] = [];
const allAgain: string[] = [];
const beside: Promise<void>[] = [];
for (const step of steps) {
  if (only.length > 0 && !only.includes(step.name)) continue;
  console.log(`\n── ${step.name}${step.isBeside ? ", beside what follows" : ""}`);
  const done = take(step);
  if (step.isBeside) beside.push(done);
  else await done;
}
if (beside.length > 0) {
  console.log("\n── e2e-patient, to its end");
  await Promise.all(beside);
  console.log(await readFile(PATIENT_LOG, "utf8"));
}
if (allAgain.length > 0) console.log(`\nPassed only when run again:\n${allAgain.join("\n")}`);
if (allBroken.length > 0) console.log(`\nFailed:\n${allBroken.join("\n")}`);
console.log(`\n${summary.join("\n")}\n\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/** Runs a step and counts it. */
async function take({ name, run }: Step): Promise<void> {
  const startedAt = Date.now();
  const { passed, failed, broken = [], again = [] } = await run();
  allBroken.push(...broken.map((line) => `  ${line}`));
  allAgain.push(...again.map((line) => `  ${line}`));
  total.passed += passed;
  total.failed += failed;
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  summary.push(
    `${name.padEnd(13)} ${failed === 0 ? "ok    " : "FAILED"} ${passed} passed, ${failed} failed, ${seconds} s`,
  );
}
