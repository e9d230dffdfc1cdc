/** When to try again after which end: never a storm, never a fight, never without the person where only she can help. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isPatient,
  refusalDoubtMs,
  restMs,
  troubleOf,
  troubleOfEnd,
} from "../../src/engine/trouble.ts";
import { needsPerson, type TroubleKind } from "../../src/mail/status.ts";
import { ConnectionError } from "../../src/xmpp/connection-error.ts";

const ALL: TroubleKind[] = [
  "device-offline",
  "unreachable",
  "not-xmpp",
  "silent",
  "lost",
  "shutdown",
  "busy",
  "policy",
  "host-unknown",
  "conflict",
  "redirect",
  "wrong-password",
  "no-password",
  "gone",
  "disabled",
  "too-old",
  "outdated",
  "internal",
];

test("a hundred failures in a row make few tries, whatever the cause and the dice", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ALL),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (kind, dice) => {
        const random = (): number => dice.next().value as number;
        for (let attempt = 0; attempt < 100; attempt++) {
          const ms = restMs(kind, attempt, random);
          expect(ms === undefined).toBe(needsPerson(kind));
          expect(ms ?? 500).toBeGreaterThanOrEqual(500);
          expect(ms ?? 0).toBeLessThanOrEqual(120_000);
        }
      },
    ),
  );
});

test("a conflict is not fought over: a minute at least, and no wake cuts it short", () => {
  expect(restMs("conflict", 0, () => 0)).toBe(60_000);
  expect(isPatient("conflict")).toBe(true);
  expect(isPatient("lost")).toBe(false);
});

test("after a restart of the server people come back spread over ten seconds", () => {
  expect(restMs("shutdown", 0, () => 0)).toBe(1000);
  expect(restMs("shutdown", 0, () => 1)).toBe(11_000);
});

test("a refusal is doubted three times, ever longer, and then believed", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (dice) => {
      const waits = [1, 2, 3].map((count) => refusalDoubtMs(count, () => dice) ?? 0);
      expect(waits[0]).toBeGreaterThanOrEqual(4000);
      expect(waits).toEqual([...waits].sort((a, b) => a - b));
      expect(refusalDoubtMs(4, () => dice)).toBeUndefined();
    }),
  );
});

test("what a running stream says of the account is proved by the next try", () => {
  const refused = new ConnectionError("wrong-password", "not-authorized");
  expect(troubleOf(refused).kind).toBe("wrong-password");
  expect(troubleOfEnd(refused).kind).toBe("lost");
  expect(troubleOfEnd(new ConnectionError("gone", "Account deleted")).kind).toBe("gone");
  expect(troubleOf(new TypeError("x is not a function"))).toEqual({
    kind: "internal",
    detail: "TypeError: x is not a function",
  });
});
