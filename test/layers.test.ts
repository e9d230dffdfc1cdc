import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

/** The walls of the house: who may import whom. See src/README.md. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  mail: ["base"],
  xmpp: ["base", "mail"],
  store: ["base", "mail"],
  api: ["base", "mail"],
  engine: ["base", "mail", "xmpp", "store", "api"],
  ui: ["base", "mail", "api"],
  "main.tsx": ["ui", "api", "base", "worker.ts"],
  "worker.ts": ["engine", "store", "xmpp", "api", "mail", "base"],
  "sw.ts": [],
};

/** Packages that belong to one room. */
const OWNED: Record<string, readonly string[]> = {
  "@xmpp/": ["xmpp"],
  idb: ["store"],
  "solid-js": ["ui", "main.tsx"],
  dompurify: ["ui"],
  marked: ["ui"],
};

const SRC = resolve(import.meta.dirname, "../src");
const IMPORT = /(?:from|import)\s*\(?\s*"([^"]+)"/g;

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
}

function roomOf(path: string): string {
  return relative(SRC, path).split("/")[0] ?? "";
}

test("every import stays within the walls", () => {
  const breaches: string[] = [];
  for (const file of sources(SRC)) {
    const room = roomOf(file);
    const allowed = MAY_IMPORT[room];
    if (allowed === undefined) {
      breaches.push(`${relative(SRC, file)}: no such room`);
      continue;
    }
    for (const [, found = ""] of readFileSync(file, "utf8").matchAll(IMPORT)) {
      const target = found.split("?")[0] ?? found;
      const owner = Object.entries(OWNED).find(
        ([name]) => target === name || target.startsWith(name.endsWith("/") ? name : `${name}/`),
      );
      if (owner !== undefined && !owner[1].includes(room))
        breaches.push(`${relative(SRC, file)} -> ${target}`);
      if (!target.startsWith(".")) continue;
      const other = roomOf(resolve(dirname(file), target));
      if (other !== room && !allowed.includes(other))
        breaches.push(`${relative(SRC, file)} -> ${other}`);
    }
  }
  expect(breaches).toEqual([]);
});

test("named exports only", () => {
  const defaults = sources(SRC).filter((file) =>
    /^export default/m.test(readFileSync(file, "utf8")),
  );
  expect(defaults.map((file) => relative(SRC, file))).toEqual([]);
});
