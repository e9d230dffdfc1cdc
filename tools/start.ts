/**
 * `npm start`: the built app with a real server behind it and a mailbox that has been lived in.
 *   --fresh     forget the demo's mailbox and begin anew
 *   --port N    where the app is served, 8080 unless told
 *   --no-demo   the app alone, for accounts of one's own
 *   --data DIR  where the demo keeps its mail, .data/demo unless told
 *   --app DIR   serve a build that is there already, instead of dist/ kept up to date
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
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
  "tools/profile.ts",
  "tools/build.ts",
  "tools/vite",
];

/** A terminal's Ctrl-C reaches this process two or three times: from the terminal, npm and setup.mjs. */
const ONE_PRESS_MS = 500;

const options = readOptions();
const DEMO_DATA = resolve(options.data ?? join(DATA, "demo"));

const say = (line: string): void => console.log(line);
const closers: (() => Promise<void>)[] = [];
let stoppingSince: number | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => void stop());
// The process that started this one is gone (setup.mjs).
process.on("disconnect", () => void stop());
// A terminal that is gone takes no more lines; that must not keep anything running.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

async function stop(): Promise<void> {
  const now = Date.now();
  if (stoppingSince !== undefined) {
    // A second Ctrl-C does not wait; the demo's server ends with this process.
    if (now - stoppingSince > ONE_PRESS_MS) process.exit(1);
    return;
  }
  stoppingSince = now;
  say("\nStopping …");
  for (const close of closers.reverse()) await close().catch(() => undefined);
  process.exit(0);
}

await mkdir(DATA, { recursive: true });
const demo = options["no-demo"] === true ? undefined : await demoServer();
if (options.app === undefined) await buildIfNeeded();
const config = demo === undefined ? {} : demo.config;
const port = Number(options.port ?? 8080);
const server = await serveStatic({
  folder: options.app ?? DIST,
  port,
  extra: { "config.json": JSON.stringify(config) },
});
closers.push(() => server.close());
if (port !== 0 && server.port !== port) say(`Port ${port} is taken.`);
tell(server.url, demo);

type Options = {
  fresh?: boolean;
  port?: string;
  "no-demo"?: boolean;
  data?: string;
  app?: string;
};

/** Ends the process where they make no sense. */
function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        fresh: { type: "boolean" },
        port: { type: "string" },
        "no-demo": { type: "boolean" },
        data: { type: "string" },
        app: { type: "string" },
      },
    });
    const number = Number(values.port ?? 8080);
    if (Number.isInteger(number) && number >= 0 && number < 65_536) return values;
    console.error(`Not a port: ${values.port}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  console.error("npm start -- [--fresh] [--port N] [--no-demo] [--data DIR] [--app DIR]");
  process.exit(2);
}

/** The demo's server, or undefined with the reason said where there can be none. */
async function demoServer(): Promise<Demo | undefined> {
  const needs = missingPackages(prosodyPackages);
  if (needs.length > 0 && !(await installPackages(needs, say))) {
    say("No demo server here: sign in with your own account.");
    return undefined;
  }
  try {
    const started = await startDemo(DEMO_DATA, say, { fresh: options.fresh === true });
    closers.push(() => started.stop());
    return started;
  } catch (error) {
    say(
      `No demo server here: sign in with your own account.\n${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

/** Builds dist/ when it is missing, made of other sources, or made by something else than this. */
async function buildIfNeeded(): Promise<void> {
  const stamp = join(DATA, "built");
  const sources = await hashOf(SOURCES);
  const wanted = await stampOf(sources);
  if (wanted !== undefined && wanted === (await readFile(stamp, "utf8").catch(() => ""))) return;
  say("Building the app …");
  const startedAt = Date.now();
  await build();
  await writeFile(stamp, (await stampOf(sources)) ?? "");
  say(`  done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** Which sources, and which dist/ was made of them; undefined where there is none. */
async function stampOf(sources: string): Promise<string | undefined> {
  const page = await stat(join(DIST, "index.html")).catch(() => undefined);
  return page === undefined ? undefined : `${sources} ${page.mtimeMs}`;
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
      `\n  Server: Prosody on ${running.wsUrl}; its data survive a restart, in ${relative(ROOT, DEMO_DATA)}.`,
    );
    say("  npm start -- --fresh   begins anew");
  }
  say("  Ctrl-C                 stops everything\n");
}
