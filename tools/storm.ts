/**
 * `node tools/storm.mjs`: a thousand messages between federated Prosody and ejabberd while tabs, cables and servers are
 * killed a hundred times; figures of what was lost and doubled. About ten minutes on two cores.
 *   --messages N, --kills N   1000 and 100 unless told
 *   --seed N                  decides who is killed when; a random one unless told
 *   --raw                     servers are killed at any moment, also in the middle of handing mail over
 *   --folder FOLDER           a build of the app; dist/ is built anew unless told
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./build.ts";
import { storm } from "./chaos/storm.ts";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "1000" },
    kills: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    raw: { type: "boolean", default: false },
    folder: { type: "string" },
  },
});

if (values.folder === undefined) await build();
const startedAt = Date.now();
const figures = await storm({
  seed: Number(values.seed),
  messages: Number(values.messages),
  kills: Number(values.kills),
  raw: values.raw,
  folder: values.folder ?? DIST,
  say: console.log,
});
console.log(JSON.stringify({ ...figures, seconds: Math.round((Date.now() - startedAt) / 1000) }));
const { lost, lostByServers, doubled, sentRows, inboxRows } = figures;
process.exit([lost, lostByServers, doubled, sentRows, inboxRows].every((n) => n === 0) ? 0 : 1);
