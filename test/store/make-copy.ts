/**
 * Writes the stored copy of the schema as it is now: `node test/store/make-copy.ts`. Run once for each new version,
 * never again for an old one: old copies are what old versions of the app really wrote.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { databaseName } from "../../src/store/keys.ts";
import { MIGRATIONS } from "../../src/store/schema.ts";
import { accountOnTrial } from "../engine/store-on-trial.ts";
import { liveIn } from "./lived-in.ts";
import { answer, copyDatabase } from "./stored-copy.ts";

const path = join(import.meta.dirname, `fixtures/version-${MIGRATIONS.length}.json`);
if (existsSync(path)) throw new Error(`${path} is there already`);
const context = await accountOnTrial();
await liveIn(context);
const { rows, ...copy } = await copyDatabase(await answer(indexedDB.open(databaseName("trial-1"))));
context.store.close();
const lines = Object.entries(rows).map(
  ([store, list]) =>
    `  ${JSON.stringify(store)}: [\n${list.map((row) => `    ${JSON.stringify(row)}`).join(",\n")}\n  ]`,
);
writeFileSync(path, `${JSON.stringify(copy).slice(0, -1)},\n"rows": {\n${lines.join(",\n")}\n}}\n`);
