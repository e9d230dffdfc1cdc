/**
 * `npm test`: installs what is missing, then every check in turn: format, lint, types, dead code, unit, browser, end to
 * end against real servers. Goes on after a failure, so that one run tells everything. The last line counts them all.
 */
import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";
import {
  browserPackages,
  ejabberdPackages,
  installPackages,
  missingPackages,
  prosodyPackages,
  testPeerPackages,
} from "./system-packages.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "node_modules/.bin");

type Count = { passed: number; failed: number };
type Step = { name: string; run: () => Promise<Count> };

const only = process.argv.slice(2);

const steps: Step[] = [
  { name: "format", run: () => command("oxfmt", ["--check", "."]) },
  { name: "lint", run: () => command("oxlint", ["--type-aware", "--deny-warnings", "."]) },
  { name: "types", run: () => command("tsc", ["--noEmit", "-p", "tsconfig.json"]) },
  { name: "worker-types", run: () => command("tsc", ["--noEmit", "-p", "tsconfig.worker.json"]) },
  { name: "dead-code", run: () => command("knip", ["--no-progress"]) },
  { name: "unit", run: () => vitest("node") },
  { name: "browser", run: () => vitest("web") },
  { name: "build", run: buildStep },
  { name: "e2e", run: () => vitest("e2e") },
];

async function command(name: string, args: string[]): Promise<Count> {
  const code = await run(join(BIN, name), args);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function vitest(project: string): Promise<Count> {
  const report = join(ROOT, "node_modules", `.report-${project}.json`);
  await rm(report, { force: true });
  const code = await run(join(BIN, "vitest"), [
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
    };
    // A file that could not even be loaded fails without a failed test.
    const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests;
    return { passed: numPassedTests, failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
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

function run(path: string, args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(path, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", () => resolve(127));
    child.on("close", (code) => resolve(code ?? 1));
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

const total: Count = { passed: 0, failed: 0 };
const summary: string[] = [];
for (const step of steps) {
  if (only.length > 0 && !only.includes(step.name)) continue;
  const startedAt = Date.now();
  console.log(`\n── ${step.name}`);
  const { passed, failed } = await step.run();
  total.passed += passed;
  total.failed += failed;
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  summary.push(
    `${step.name.padEnd(13)} ${failed === 0 ? "ok    " : "FAILED"} ${passed} passed, ${failed} failed, ${seconds} s`,
  );
}
console.log(`\n${summary.join("\n")}\n\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
