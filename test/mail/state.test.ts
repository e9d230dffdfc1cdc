import fc from "fast-check";
import { expect, test } from "vitest";
import { msOf, nextStamp, ruleStamp, type Stamp } from "../../src/mail/clock.ts";
import type { Message } from "../../src/mail/message.ts";
import type { Jid } from "../../src/mail/address.ts";
import {
  bccSaid,
  joined,
  later,
  type MessageState,
  type Said,
  saidOf,
  stateKey,
  withField,
} from "../../src/mail/state.ts";

const stamps = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 3 }), fc.constantFrom("a", "b"))
  .map(([ms, count, device]) => {
    let stamp = nextStamp(undefined, ms, device);
    for (let i = 0; i < count; i++) stamp = nextStamp(stamp, ms, device);
    return stamp;
  });
const said = fc.tuple(fc.oneof(fc.boolean(), fc.integer(), fc.constant(null)), stamps);
const states = fc.dictionary(
  fc.constantFrom("read", "star", "folder", "tag:x", "tag:y"),
  said as fc.Arbitrary<Said>,
) as fc.Arbitrary<MessageState>;

test("what devices say joins the same in any order, any grouping, and said twice", () => {
  fc.assert(
    fc.property(states, states, states, (a, b, c) => {
      expect(joined(a, b)).toEqual(joined(b, a));
      expect(joined(joined(a, b), c)).toEqual(joined(a, joined(b, c)));
      expect(joined(a, joined(a, b))).toEqual(joined(a, b));
    }),
  );
});

test("a short id that is used again takes over nothing that was said before", () => {
  const from = "bob@example.net" as Jid;
  const first = { from, mid: "1", contentHash: "a", at: 1000 };
  expect(stateKey({ ...first, contentHash: "b" })).not.toBe(stateKey(first));
  const state: MessageState = { read: [true, ruleStamp(2000)] };
  expect(saidOf(first, state)).toEqual(state);
  expect(saidOf({ ...first, at: 3000 }, state)).toEqual({});
  const strong = { ...first, mid: "0f8fad5b-d9cb-469f", at: 3000 };
  expect(saidOf(strong, state)).toEqual(state);
});

test("stamps of a device grow whatever its clock does, and sort as they were given", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 41 }), { minLength: 2 }), (clock) => {
      let last: Stamp | undefined;
      for (const now of clock) {
        const next = nextStamp(last, now, "dev");
        if (last !== undefined) expect(next > last).toBe(true);
        expect(msOf(next)).toBeGreaterThanOrEqual(now);
        last = next;
      }
    }),
  );
});

test("many changes in one millisecond run on into the next", () => {
  let stamp = nextStamp(undefined, 5, "d");
  for (let i = 0; i < 50_000; i++) {
    const next = nextStamp(stamp, 5, "d");
    expect(next > stamp).toBe(true);
    stamp = next;
  }
  expect(msOf(stamp)).toBe(6);
});

test("a rule gives way to whatever a person says in that moment", () => {
  const person = nextStamp(undefined, 1000, "a");
  expect(later(["archive", ruleStamp(1000)], ["inbox", person])?.[0]).toBe("inbox");
  expect(later(["archive", ruleStamp(1001)], ["inbox", person])?.[0]).toBe("archive");
});

test("a field of a newer version changes nothing that is shown", () => {
  const message = { from: "bob@example.net" as Jid, tags: ["work"] } as Message;
  const newer = "pinned" as "star";
  expect(withField(message, newer, true)).toEqual(message);
  expect(withField(message, "tag:boat", true).tags).toEqual(["boat", "work"]);
});

test("a value that its field does not have says the least: read, not starred, where it came", () => {
  const message = { unread: 1, star: 1, mute: 1, folder: "x", tags: ["w"] } as unknown as Message;
  for (const value of [null, 0, 1, "true"]) {
    expect(withField(message, "read", value).unread, String(value)).toBeUndefined();
    expect(withField(message, "star", value).star, String(value)).toBeUndefined();
    expect(withField(message, "mute", value).mute, String(value)).toBeUndefined();
    expect(withField(message, "tag:w", value).tags, String(value)).toBeUndefined();
  }
  expect(withField(message, "folder", 1).folder).toBeUndefined();
});

test("a time there is not, said by another client, is no snooze", () => {
  const message = { unread: 1, snooze: { until: 5 } } as unknown as Message;
  for (const until of [1e300, -1, Date.UTC(10_000, 0), Number.POSITIVE_INFINITY])
    expect(withField(message, "snooze", until).snooze, String(until)).toBeUndefined();
  expect(withField(message, "snooze", Date.UTC(2030, 0)).snooze).toEqual({
    until: Date.UTC(2030, 0),
  });
});

test("addresses with a comma in them stay whole in a list of blind copies, and lists joined by commas are read on", () => {
  const message = { direction: "out", to: [], cc: [], bcc: [] } as unknown as Message;
  const listed = (value: string) => withField(message, "bcc", value).bcc.map(({ jid }) => jid);
  const jids = ["nurse,night@example.net", "romeo@example.org"] as Jid[];
  expect(listed(bccSaid(jids.map((jid) => ({ jid }))))).toEqual(jids);
  expect(listed(bccSaid([{ jid: jids[0] as Jid }]))).toEqual([jids[0]]);
  expect(listed("nurse@example.net,romeo@example.org")).toEqual([
    "nurse@example.net",
    "romeo@example.org",
  ]);
});
