/** A little of the storm that `node tools/storm.mjs` is: two federated servers, two people, everything killed now and then. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { storm } from "../../tools/chaos/storm.ts";

const DIST = join(import.meta.dirname, "../../dist");

test("mail between two servers while tabs, cables and servers are killed: nothing lost, nothing doubled", async () => {
  const lines: string[] = [];
  const figures = await storm({
    seed: 12,
    messages: 24,
    kills: 8,
    folder: DIST,
    say: (line) => lines.push(line),
  });
  const nothing = { lost: 0, lostByServers: 0, doubled: 0, sentRows: 0, inboxRows: 0 };
  expect(figures, lines.join("\n")).toMatchObject(nothing);
}, 400_000);
