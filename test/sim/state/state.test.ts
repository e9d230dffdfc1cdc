/** What an account's devices share, in every test run: thirty schedules hold, a seed is a run, planted bugs are found. */
import { expect, test } from "vitest";
import { simulate } from "../simulate.ts";

const PATIENCE = { timeout: 600_000 };

test(
  "after thirty schedules all devices see the same, and all that was said",
  PATIENCE,
  async () => {
    const { code, text } = await simulate("state", "--from", "1", "--seeds", "30");
    expect(text).toContain('"ran":30,"failed":0');
    expect(code, text).toBe(0);
  },
);

test("the same seed is the same run, request by request", PATIENCE, async () => {
  const args = ["state", "--from", "61", "--seeds", "4", "--digests"];
  const [one, two] = await Promise.all([simulate(...args), simulate(...args)]);
  const digests = (text: string): string[] => text.match(/^seed \d+: [0-9a-f]{16}/gm) ?? [];
  expect(digests(one.text)).toHaveLength(4);
  expect(digests(two.text)).toEqual(digests(one.text));
});

/** Where from: shortly before the first seed that finds it (README.md), to spend no time on the others. */
test.for([
  ["merge", "1"],
  ["fold at the edge", "7"],
  ["fold of what is not known", "25"],
  ["forgetting", "11"],
  ["repair", "9"],
] as const)("a bug planted in the %s is found", PATIENCE, async ([name, from]) => {
  const seeds = ["--from", from, "--seeds", "60"];
  const { code, text } = await simulate("state", "--planted", name, ...seeds, "--raw");
  expect(text).toMatch(/^seed \d+: \w/m);
  expect(code).toBe(1);
});

test("what was refused is asked for again on the same stream", PATIENCE, async () => {
  const world = {
    seed: "refused",
    devices: 2,
    messages: 6,
    known: 6,
    latencyMs: 40,
    tellsOfRetractions: true,
    remakesOnPublish: true,
    tellsTime: true,
    hasForeign: false,
    signedInBefore: [0, 0],
  };
  const steps = [
    { afterMs: 9000, do: "open-node", ms: 60_000, isMendable: false },
    { afterMs: 10, do: "cut", device: 0 },
    { afterMs: 9000, do: "act", device: 0, which: 1, act: "star" },
  ];
  const { code, text } = await simulate("state", "--plan", JSON.stringify({ world, steps }));
  expect(code, text).toBe(0);
});
