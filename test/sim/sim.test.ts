/** The simulator in every test run: two hundred schedules hold, the same seed is the same run, planted bugs are found. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PLANTABLE } from "./planted-bugs.ts";

/** The simulation takes every global over, so it has a process of its own. */
function simulate(...args: string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "run.ts"), ...args]);
    let text = "";
    child.stdout.on("data", (data) => (text += String(data)));
    child.stderr.on("data", (data) => (text += String(data)));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, text }));
  });
}

const PATIENCE = { timeout: 600_000 };

test("two hundred schedules of devices and faults keep every promise", PATIENCE, async () => {
  const { code, text } = await simulate("--from", "1", "--seeds", "200");
  expect(text).toContain('"ran":200,"failed":0');
  expect(code, text).toBe(0);
});

test("the same seed is the same run, frame by frame and row by row", PATIENCE, async () => {
  const args = ["--from", "201", "--seeds", "10", "--digests"];
  const [one, two] = await Promise.all([simulate(...args), simulate(...args)]);
  const digests = (text: string): string[] => text.match(/^seed \d+: [0-9a-f]{16}/gm) ?? [];
  expect(digests(one.text)).toHaveLength(10);
  expect(digests(two.text)).toEqual(digests(one.text));
});

test.for(PLANTABLE)("a bug planted in the %s is found", PATIENCE, async (name) => {
  const { code, text } = await simulate(
    "--planted",
    name,
    "--from",
    "1",
    "--seeds",
    "150",
    "--raw",
  );
  expect(text).toMatch(/^seed \d+: I[12] /m);
  expect(code).toBe(1);
});
