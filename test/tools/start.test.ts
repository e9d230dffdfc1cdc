/** `npm start`, ended in every way a person or a machine ends it: nothing of it is left running. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";

const SETUP = pathToFileURL(join(import.meta.dirname, "../../tools/setup.mjs")).href;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "envoi-start-"));
  await mkdir(join(folder, "app"));
  await writeFile(join(folder, "app/index.html"), "<!doctype html>the app");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Started = { child: ChildProcess; output: () => string; url: string };

/** setup.mjs's second half, which is what start.mjs does once everything is installed; in a process group of its own. */
async function start(options: { belowShell?: boolean; args?: string[] } = {}): Promise<Started> {
  const args = ["--port", "0", "--data", join(folder, "demo"), "--app", join(folder, "app")];
  const script = `(await import(${JSON.stringify(SETUP)})).runOnOwnNode("tools/start.ts", ${JSON.stringify([...args, ...(options.args ?? [])])})`;
  const command = [process.execPath, "--input-type=module", "-e", script];
  const { npm_lifecycle_event: _, ...env } = process.env;
  const child =
    options.belowShell === true
      ? spawn("sh", ["-c", '"$@"; exit $?', "sh", ...command], {
          detached: true,
          env: { ...env, npm_lifecycle_event: "start" },
        })
      : spawn(command[0] ?? "", command.slice(1), { detached: true, env });
  onTestFinished(() => {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // Nothing is left of it, as it should be.
    }
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  for (let waited = 0; !output.includes("Ctrl-C  "); waited += 25) {
    if (child.exitCode !== null || waited > 60_000) throw new Error(`did not start: ${output}`);
    await sleep(25);
  }
  const url = /http:\/\/localhost:\d+\//.exec(output)?.[0] ?? "";
  return { child, output: () => output, url };
}

/** Processes that name the folder in their command line: ours, their Node, the server. */
function running(): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return /^\d+$/.test(pid) && line.includes(folder) ? [`${pid} ${line}`] : [];
    } catch {
      return [];
    }
  });
}

async function expectNothingLeft(): Promise<void> {
  for (let waited = 0; running().length > 0 && waited < 8_000; waited += 25) await sleep(25);
  expect(running()).toEqual([]);
}

it("seeds, serves the app with its accounts, and stops on Ctrl-C as the terminal sends it", async () => {
  const { child, output, url } = await start();
  expect(output()).toContain("Filling the demo's mailbox");
  expect(output()).toMatch(/alice@localhost {3}password: \S+\n.*bob@localhost/);
  expect(await (await fetch(url)).text()).toContain("the app");
  const config = (await (await fetch(`${url}config.json`)).json()) as Record<string, unknown>;
  expect(config).toMatchObject({
    demo: [
      { label: "Sign in as alice", address: "alice@localhost" },
      { label: "Sign in as bob", address: "bob@localhost" },
    ],
    endpoints: { localhost: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/xmpp-websocket$/) },
  });
  expect(running().some((line) => line.includes("prosody"))).toBe(true);
  // A terminal tells the whole group; setup.mjs passes it on once more. One press, so a clean stop.
  const exited = once(child, "exit");
  process.kill(-(child.pid ?? 0), "SIGINT");
  expect(await exited).toEqual([0, null]);
  await expectNothingLeft();
  expect(output()).toContain("Stopping");
});

it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "stops on %s, the second time without seeding",
  async (signal) => {
    const { child, output } = await start();
    expect(output()).not.toContain("Filling");
    child.kill(signal);
    await expectNothingLeft();
    expect(output()).toContain("Stopping");
  },
);

it("stops when what started it is killed", async () => {
  const { child } = await start();
  child.kill("SIGKILL");
  await expectNothingLeft();
});

it("stops when npm's shell is ended and tells nobody", async () => {
  const { child } = await start({ belowShell: true });
  child.kill("SIGTERM");
  await expectNothingLeft();
});

it("serves the app alone where no demo is wanted", async () => {
  const { child, output, url } = await start({ args: ["--no-demo"] });
  expect(await (await fetch(`${url}config.json`)).json()).toEqual({});
  expect(output()).not.toContain("password");
  child.kill("SIGTERM");
  await expectNothingLeft();
});

it("says what it does not understand", async () => {
  await expect(start({ args: ["--port", "many"] })).rejects.toThrow("Not a port: many");
  await expect(start({ args: ["--prot", "1"] })).rejects.toThrow("[--fresh] [--port N]");
});
