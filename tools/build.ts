/**
 * Builds the app into dist/: what any static host serves, under any sub-path. The policy goes into a meta element,
 * for hosts that set no headers; the service worker is told the exact files of its shell.
 */
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { build as viteBuild } from "vite";
import { parseArgs } from "node:util";
import { policy, securityHeaders, type SecurityProfile } from "./headers.ts";
import { type ProfileConfig, profileOf } from "./profile.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");

/**
 * Builds dist/ anew. Rejects with the compiler's error. `config`: the text of a config.json that becomes part of it,
 * and decides whom the app may connect to.
 */
export async function build(config?: string): Promise<void> {
  await rm(DIST, { recursive: true, force: true });
  await viteBuild({ root: ROOT, logLevel: "warn" });
  await viteBuild({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      outDir: DIST,
      emptyOutDir: false,
      lib: {
        entry: join(ROOT, "src/sw.ts"),
        formats: ["iife"],
        name: "sw",
        fileName: () => "sw.js",
      },
    },
  });
  await putPolicy(profileOf(config === undefined ? {} : (JSON.parse(config) as ProfileConfig)));
  await putShell();
  // Not among the files of the shell: its operator may change it.
  if (config !== undefined) await writeFile(join(DIST, "config.json"), config);
}

async function putPolicy(profile: SecurityProfile): Promise<void> {
  const path = join(DIST, "index.html");
  const html = await readFile(path, "utf8");
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy(profile, { meta: true })}" />`;
  if (!html.includes("<!-- policy -->")) throw new Error("index.html has no place for the policy");
  await writeFile(path, html.replace("<!-- policy -->", meta));
}

/** The list of files and a version of it, put where sw.ts has its marks. */
async function putShell(): Promise<void> {
  const files = (await filesBelow(DIST)).filter((f) => f !== "sw.js" && !f.endsWith(".map")).sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(await readFile(join(DIST, file)));
  const path = join(DIST, "sw.js");
  const script = await readFile(path, "utf8");
  const shell = JSON.stringify({ version: hash.digest("hex").slice(0, 12), files });
  if (!script.includes("__SHELL__")) throw new Error("sw.ts has no place for the list of files");
  await writeFile(`${path}.new`, script.replace(/["'`]__SHELL__["'`]/, JSON.stringify(shell)));
  await rename(`${path}.new`, path);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((e) => e.isFile())
    .map((e) => relative(folder, join(e.parentPath, e.name)).replaceAll("\\", "/"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { config: { type: "string" } } });
  const config = values.config === undefined ? undefined : await readFile(values.config, "utf8");
  await build(config);
  if (config !== undefined)
    console.log(
      `For the web server:\n${JSON.stringify(securityHeaders(profileOf(JSON.parse(config) as ProfileConfig)), null, 2)}`,
    );
}
