/** Runs the simulator for a test. */
import { spawn } from "node:child_process";
import { join } from "node:path";

/** The simulation takes every global over, so it has a process of its own. */
export function simulate(...args: string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "run.ts"), ...args]);
    let text = "";
    child.stdout.on("data", (data) => (text += String(data)));
    child.stderr.on("data", (data) => (text += String(data)));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, text }));
  });
}
