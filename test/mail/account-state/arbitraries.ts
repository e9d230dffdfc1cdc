/** Batches, entries and stamps for property tests of the private state. */
import fc from "fast-check";
import { type Stamp, stampOf } from "../../../src/mail/clock.ts";
import { LAST_DAY } from "../../../src/base/moment.ts";
import type {
  Batch,
  MessageEntry,
  RegisterEntry,
  RegisterValue,
} from "../../../src/mail/account-state/batch.ts";
import type { MessageState } from "../../../src/mail/state.ts";

const MS = fc.oneof(
  fc.integer({ min: 0, max: 34 * 36 ** 8 - 1 }),
  fc.integer({ min: 1_790_000_000_000, max: 1_790_000_000_003 }),
);

export const stamps = fc
  .tuple(
    MS,
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 36 ** 3 - 1 })),
    fc.constantFrom("", "a", "zz9"),
  )
  .map(([ms, count, device]) => stampOf(ms, count, device) as Stamp);

/** What survives JSON as it is. */
export const values = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as RegisterValue);

const names = fc.oneof(
  fc.constantFrom("read", "star", "folder", "snooze", "bcc", "tag:x", "__proto__", "constructor"),
  fc.string({ unit: "binary", maxLength: 8 }),
);

const states = fc.dictionary(names, fc.tuple(values, stamps), { minKeys: 1, maxKeys: 4 });

const keys = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((key) => key.toString(16).padStart(16, "0"));

export const messageEntries: fc.Arbitrary<MessageEntry> = fc.record({
  key: keys,
  day: fc.oneof(fc.integer({ min: 15_000, max: 25_000 }), fc.integer({ min: 0, max: LAST_DAY })),
  said: states as fc.Arbitrary<MessageState>,
});

export const registerEntries: fc.Arbitrary<RegisterEntry> = fc.record({
  name: names,
  said: fc.tuple(values, stamps),
});

export const batches: fc.Arbitrary<Batch> = fc.record({
  messages: fc.uniqueArray(messageEntries, { selector: (e) => e.key, maxLength: 5 }),
  registers: fc.uniqueArray(registerEntries, { selector: (e) => e.name, maxLength: 3 }),
});
