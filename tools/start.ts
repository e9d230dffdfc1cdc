/**
 * `npm start`: the built app with a real server behind it and a mailbox that has been lived in.
 *   --fresh     forget the demo's mailbox and begin anew
 *   --port N    where the app is served, 8080 unless told
 *   --no-demo   the app alone, for accounts of one's own
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./build.ts";
import { type Demo, startDemo } from "./demo/start-demo.ts";
import { serveStatic } from "./static-server.ts";
import { installPackages, missingPackages, prosodyPackages } from "./system-packages.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DATA = join(ROOT, ".data");
const DIST = join(ROOT, "dist");
/** What a build depends on. */
const SOURCES = [
  "src",
  "public",
  "index.html",
  "vite.config.ts",
  "package-lock.json",
  "tools/headers.ts",
  "tools/build.ts",
  "tools/vite",
];

const { values } = parseArgs({
  options: { fresh: { type: "boolean" }, port: { type: "string" }, "no-demo": { type: "boolean" } },
});

const say = (line: string): void => console.log(line);
const closers: (() => Promise<void>)[] = [];
let stopping = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => void stop());

async function stop(): Promise<void> {
  // A second Ctrl-C does not wait; the server goes with this process.
  if (stopping) process.exit(1);
  stopping = true;
  say("\nStopping …");
  for (const close of closers.reverse()) await close().catch(() => undefined);
  process.exit(0);
}

await mkdir(DATA, { recursive: true });
const demo = values["no-demo"] === true ? undefined : await demoServer();
await buildIfNeeded();
const config = demo === undefined ? {} : demo.config;
const server = await serveStatic({
  folder: DIST,
  port: Number(values.port ?? 8080),
  extra: { "config.json": JSON.stringify(config) },
});
closers.push(() => server.close());
tell(server.url, demo);

/** The demo's server, or undefined with the reason said where there can be none. */
async function demoServer(): Promise<Demo | undefined> {
  const needs = missingPackages(prosodyPackages);
  if (needs.length > 0 && !(await installPackages(needs, say))) {
    say("No demo server here: sign in with your own account.");
    return undefined;
  }
  const folder = join(DATA, "demo");
  if (values.fresh === true) await rm(folder, { recursive: true, force: true });
  try {
    const started = await startDemo(folder, say);
    closers.push(() => started.stop());
    return started;
  } catch (error) {
    say(
      `No demo server here: sign in with your own account.\n${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

/** Builds dist/ when it is missing or made of other sources. */
async function buildIfNeeded(): Promise<void> {
  const stamp = join(DATA, "built");
  const wanted = await hashOf(SOURCES);
  const found = existsSync(join(DIST, "index.html"))
    ? await readFile(stamp, "utf8").catch(() => "")
    : "";
  if (found === wanted) return;
  say("Building the app …");
  const startedAt = Date.now();
  await build();
  await writeFile(stamp, wanted);
  say(`  done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    const full = join(ROOT, path);
    const below = await readdir(full, { recursive: true, withFileTypes: true }).catch(
      () => undefined,
    );
    const files =
      below === undefined
        ? [full]
        : below
            .filter((e) => e.isFile())
            .map((e) => join(e.parentPath, e.name))
            .sort();
    for (const file of files) hash.update(file).update(await readFile(file).catch(() => ""));
  }
  return hash.digest("hex");
}

function tell(url: string, running: Demo | undefined): void {
  say(`\n  Envoi is at ${url}\n`);
  if (running !== undefined) {
    say("  Accounts to sign in with (the sign-in page has a button for each):");
    for (const { address, password } of running.accounts)
      say(`    ${address}   password: ${password}`);
    say(
      `\n  Server: Prosody on ${running.wsUrl}; its data are in .data/demo and survive a restart.`,
    );
    say("  npm start -- --fresh   begins anew");
  }
  say("  Ctrl-C                 stops everything\n");
}
