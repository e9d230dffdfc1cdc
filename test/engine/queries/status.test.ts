/** What is told of the connection is true for the tab that has it now. */
import { expect, test } from "vitest";
import { connectionView } from "../../../src/engine/queries/status.ts";
import type { ConnectionRow } from "../../../src/mail/status.ts";

const YEAR = 365 * 86_400_000;
const row: ConnectionRow = { state: "offline", holder: "me", retryAt: 50_000, failures: 1 };

test("the holder's word is true while it has the lock, and no longer", () => {
  const connected: ConnectionRow = { state: "connected", holder: "me", host: "x.example" };
  expect(connectionView(connected, "me", 0)).toEqual({ state: "connected", host: "x.example" });
  expect(connectionView(connected, "another", 0).state).toBe("connecting");
  expect(connectionView(connected, undefined, 0).state).toBe("connecting");
  expect(connectionView(undefined, undefined, 0)).toEqual({ state: "connecting" });
});

test("the next try is told as a while, and not at all once the clock was set", () => {
  expect(connectionView(row, "me", 20_000).retryInMs).toBe(30_000);
  expect(connectionView(row, "me", 60_000).retryInMs).toBeUndefined();
  expect(connectionView(row, "me", 50_000 - 10 * YEAR).retryInMs).toBeUndefined();
  expect(connectionView(row, "me", 50_000 + 10 * YEAR).retryInMs).toBeUndefined();
});
