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

test.for(["merge", "repair"])("a bug planted in the %s is found", PATIENCE, async (name) => {
  const { code, text } = await simulate("state", "--planted", name, "--seeds", "60", "--raw");
  expect(text).toMatch(/^seed \d+: \w/m);
  expect(code).toBe(1);
});
