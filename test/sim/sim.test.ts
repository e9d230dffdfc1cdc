/** The simulator in every test run: two hundred schedules hold, the same seed is the same run, planted bugs are found. */
import { expect, test } from "vitest";
import { PLANTABLE } from "./planted-bugs.ts";
import type { Plan } from "./schedule.ts";
import { simulate } from "./simulate.ts";

const PATIENCE = { timeout: 600_000 };

test("two hundred schedules of devices and faults keep every promise", PATIENCE, async () => {
  const { code, text } = await simulate("--from", "1", "--seeds", "200");
  expect(text).toContain('"ran":200,"failed":0');
  expect(code, text).toBe(0);
});

test("the same seed is the same run, frame by frame and row by row", PATIENCE, async () => {
  const args = ["--from", "201", "--seeds", "10", "--digests"];
  const [one, two] = await Promise.all([simulate(...args), simulate(...args)]);
  const digests = (text: string): string[] => text.match(/^seed \d+: [0-9a-f]{16}/gm) ?? [];
  expect(digests(one.text)).toHaveLength(10);
  expect(digests(two.text)).toEqual(digests(one.text));
});

/** Sent to two, the cable breaks between them, the stream is resumed and lost again before the outbox had its turn. */
const RESUMED_TWICE = {
  world: {
    seed: "447",
    hasArchive: true,
    hasStreamManagement: true,
    resumeForMs: 20_000,
    toBare: "one",
    pageCap: 5,
    wholeSeconds: false,
    unknownId: "item-not-found",
    history: 0,
    latencyMs: 300,
  },
  steps: [
    { afterMs: 24, do: "send", device: 0, tab: 1, to: ["ben", "ann"], isReply: false },
    { afterMs: 3551, do: "stream-error", condition: "system-shutdown" },
    { afterMs: 1724, do: "online", device: 0 },
    { afterMs: 17, do: "cut", device: 0, when: "stored" },
    { afterMs: 9676, do: "offline", device: 0 },
  ],
} satisfies Plan;

test("a copy that was lost is not taken for sent by the count of a resumed stream", async () => {
  const { code, text } = await simulate("--plan", JSON.stringify(RESUMED_TWICE));
  expect(code, text).toBe(0);
});

/** The device's clock goes back ten years after the sign-in and before the server told the time. */
const CLOCK_SET_AT_SIGN_IN = {
  world: {
    seed: "891",
    hasArchive: true,
    hasStreamManagement: true,
    resumeForMs: 300_000,
    toBare: "one",
    pageCap: 5,
    wholeSeconds: false,
    unknownId: "oldest",
    history: 7,
    latencyMs: 300,
  },
  steps: [{ afterMs: 2546, do: "jump", device: 2, ms: -315_360_000_000 }],
} satisfies Plan;

test("mail does not count as read because a clock was set during the first sign-in", async () => {
  const { code, text } = await simulate("--plan", JSON.stringify(CLOCK_SET_AT_SIGN_IN));
  expect(code, text).toBe(0);
});

/** The server does not answer when it is asked the time, and the device's clock goes ten years ahead meanwhile. */
const CLOCK_SET_UNTOLD = {
  world: {
    seed: "2387",
    hasArchive: true,
    hasStreamManagement: true,
    resumeForMs: 0,
    toBare: "one",
    pageCap: 50,
    wholeSeconds: true,
    unknownId: "oldest",
    history: 20,
    latencyMs: 40,
  },
  steps: [
    { afterMs: 19, do: "mute", what: "iq", ms: 63_838 },
    { afterMs: 24_757, do: "jump", device: 2, ms: 315_360_000_000 },
    { afterMs: 91_451, do: "kill", downMs: 500 },
  ],
} satisfies Plan;

test("mail does not count as read because a clock was set while the server did not tell the time", async () => {
  const { code, text } = await simulate("--plan", JSON.stringify(CLOCK_SET_UNTOLD));
  expect(code, text).toBe(0);
});

/** A tab is frozen while it signs in, without being told; thawed, it is no longer in its place and does not know yet. */
const THAWED_TOO_LATE = {
  world: {
    seed: "4809",
    hasArchive: true,
    hasStreamManagement: true,
    resumeForMs: 20_000,
    toBare: "all",
    pageCap: 50,
    wholeSeconds: false,
    unknownId: "oldest",
    history: 2,
    latencyMs: 300,
  },
  steps: [
    { afterMs: 8, do: "send", device: 0, tab: 1, to: ["ann"], isReply: false },
    { afterMs: 720, do: "freeze", device: 0, tab: 1, ms: 40_000, isTold: false },
    { afterMs: 1812, do: "kill", downMs: 500 },
    { afterMs: 25_753, do: "open", device: 0 },
    { afterMs: 3842, do: "read", device: 2, tab: 0, which: 1 },
  ],
} satisfies Plan;

test("a tab that thaws out of its place does not keep the one in it from sending", async () => {
  const { code, text } = await simulate("--plan", JSON.stringify(THAWED_TOO_LATE));
  expect(code, text).toBe(0);
});

test.for(PLANTABLE)("a bug planted in the %s is found", PATIENCE, async (name) => {
  const { code, text } = await simulate(
    "--planted",
    name,
    "--from",
    "1",
    "--seeds",
    "150",
    "--raw",
  );
  expect(text).toMatch(/^seed \d+: I[12] /m);
  expect(code).toBe(1);
});
