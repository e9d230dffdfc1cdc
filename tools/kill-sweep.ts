/**
 * `node tools/kill-sweep.mjs`: tab, server and socket killed a moment after Send, on both servers; figures of what was
 * lost and doubled. About two hours on two cores.
 *   --times N             how often for each delay, 50 unless told
 *   --delays N,N          ms, 0,1,5,20,100,500 unless told
 *   --servers, --victims  some of prosody,ejabberd and tab,server,socket
 *   --folder FOLDER       a build of the app; dist/ is built anew unless told
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./build.ts";
import { type Kill, startRing, type SweepFigures, VICTIMS, type Victim } from "./chaos/sweep.ts";
import type { ServerKind } from "./servers/server.ts";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "50" },
    delays: { type: "string", default: "0,1,5,20,100,500" },
    servers: { type: "string", default: "prosody,ejabberd" },
    victims: { type: "string", default: VICTIMS.join(",") },
    folder: { type: "string" },
  },
});

if (values.folder === undefined) await build();
const times = Number(values.times);
const rows: ({ server: ServerKind } & Kill & SweepFigures)[] = [];
for (const kind of values.servers.split(",") as ServerKind[]) {
  for (const victim of values.victims.split(",") as Victim[]) {
    const ring = await startRing(kind, values.folder ?? DIST);
    try {
      for (const delay of values.delays.split(",")) {
        const startedAt = Date.now();
        const kill = { victim, delayMs: Number(delay) };
        const row = { server: kind, ...kill, ...(await ring.run(Array(times).fill(kill))) };
        rows.push(row);
        const seconds = Math.round((Date.now() - startedAt) / 1000);
        console.log(`${JSON.stringify(row)} ${seconds} s`);
      }
    } finally {
      await ring.close();
    }
  }
}
console.table(rows);
const wrong = rows.filter((r) => r.lost !== 0 || r.doubled !== 0);
const pressed = rows.reduce((sum, r) => sum + r.pressed, 0);
console.log(`${pressed} messages, ${wrong.length} rounds with something lost or doubled`);
process.exit(wrong.length === 0 ? 0 : 1);
