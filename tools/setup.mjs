/**
 * Plain JavaScript without dependencies: it runs on whatever Node a fresh clone meets, installs what package-lock.json
 * says, and hands over to the Node that came with it.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, "node_modules");
const STAMP = join(MODULES, ".installed");
const OWN_NODE = join(MODULES, ".bin", process.platform === "win32" ? "node.cmd" : "node");

/**
 * Installs the npm packages when they are missing or another lock file's. Ends the process where that fails.
 * Returns the path of the Node that came with them.
 */
export async function setup({ say }) {
  const wanted = createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
  const found = existsSync(STAMP) && existsSync(OWN_NODE) ? readFileSync(STAMP, "utf8") : "";
  if (found === wanted) return OWN_NODE;
  const count =
    Object.keys(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).packages).length -
    1;
  say(
    `Installing up to ${count} npm packages into node_modules (the app's libraries, its tools, and Node 24 to run them) …`,
  );
  const startedAt = Date.now();
  const timer = setInterval(
    () => say(`  … still installing, ${Math.round((Date.now() - startedAt) / 1000)} s`),
    15_000,
  );
  const code = await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  clearInterval(timer);
  if (code !== 0) {
    say("npm could not install the packages; what it said stands above. By hand: npm ci");
    process.exit(1);
  }
  writeFileSync(STAMP, wanted);
  say(`  done in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  return OWN_NODE;
}

/**
 * Runs a script of this project on the installed Node; signals and exit code pass through. The channel between the two
 * carries nothing: it closes when this process dies, however it dies, and the script can tell.
 */
export function runOnOwnNode(script, args) {
  const child = spawn(OWN_NODE, [join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH: `${join(MODULES, ".bin")}${delimiter}${process.env.PATH ?? ""}` },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  whenNpmIsGone(() => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
}

/**
 * npm runs a script below a shell. When npm is ended alone, the signal stops at the shell, or npm dies and tells nobody;
 * then somebody else is the parent of the shell or of us.
 */
function whenNpmIsGone(act) {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const shell = process.ppid;
  const npm = parentOf(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    clearInterval(timer);
    act();
  }, 500);
  timer.unref();
}

/** Undefined where /proc does not tell. */
function parentOf(pid) {
  try {
    return /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", () => resolve(127));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
