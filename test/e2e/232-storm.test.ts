/** A little of the storm that `node tools/storm.mjs` is: two federated servers, two people, everything killed now and then. */
import { join } from "node:path";
import { expect, onTestFailed, test } from "vitest";
import { storm } from "../../tools/chaos/storm.ts";

const DIST = join(import.meta.dirname, "../../dist");

test("mail between two servers while tabs, cables and servers are killed: nothing lost, nothing doubled", async () => {
  const lines: string[] = [];
  onTestFailed(() => console.log(lines.join("\n")));
  const figures = await storm({
    seed: 21,
    messages: 20,
    kills: 6,
    folder: DIST,
    say: (line) => lines.push(line),
  });
  const nothing = { lost: 0, lostByServers: 0, doubled: 0, sentRows: 0, inboxRows: 0 };
  expect(figures).toMatchObject(nothing);
}, 400_000);
