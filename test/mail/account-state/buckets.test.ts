import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Batch,
  decodeBatch,
  encodeBatch,
  type MessageEntry,
} from "../../../src/mail/account-state/batch.ts";
import {
  bucketOf,
  bucketOfItem,
  bucketToday,
  isItemOf,
  journalDevice,
  journalId,
  monthsOf,
  planFold,
  spareItems,
  REGISTERS,
} from "../../../src/mail/account-state/buckets.ts";
import { type Stamp, stampOf } from "../../../src/mail/clock.ts";
import { joined, type MessageState } from "../../../src/mail/state.ts";
import { mailbox } from "./mailbox.ts";

const DAY_MS = 86_400_000;
const day = (iso: string): number => Date.parse(iso) / DAY_MS;
const TODAY = day("2026-11-29");

test("mail of a year that is long over is kept by year, newer by month", () => {
  expect(bucketOf(day("2026-11-28"), TODAY)).toBe("202611");
  expect(bucketOf(day("2026-01-01"), TODAY)).toBe("202601");
  expect(bucketOf(day("2025-12-31"), TODAY)).toBe("2025");
  expect(bucketOf(day("2025-12-31"), day("2026-03-31"))).toBe("202512");
  expect(bucketOf(day("2025-12-31"), day("2026-04-01"))).toBe("2025");
  expect(bucketToday("202512", TODAY)).toBe("2025");
  expect(bucketToday("202612", TODAY)).toBe("202612");
  expect(bucketToday("2026", TODAY)).toBe("2026");
  expect(bucketToday(REGISTERS, TODAY)).toBe(REGISTERS);
  expect(monthsOf("2025")).toEqual({ from: 202501, to: 202512 });
  expect(monthsOf("202512")).toEqual({ from: 202512, to: 202512 });
});

test("an id says what it is of, and nothing where it is no id of ours", () => {
  const hash = "0123456789abcdef";
  expect(bucketOfItem(`m.202611.${hash}`)).toBe("202611");
  expect(bucketOfItem(`m.2019.0110.${hash}`)).toBe("2019");
  expect(bucketOfItem(`r.${hash}`)).toBe(REGISTERS);
  expect(bucketOfItem(`r.1.${hash}`)).toBe(REGISTERS);
  expect(journalDevice(journalId("abc.1"))).toBe("abc.1");
  for (const id of [
    "",
    "m",
    "m.2019",
    `m.20191.${hash}`,
    `m.2019.12.${hash}`,
    `m.2019.x.${hash}`,
    "r.xyz",
    `x.${hash}`,
    "j.abc",
    `m.__proto__.${hash}`,
  ])
    expect(bucketOfItem(id), id).toBeUndefined();
  expect(journalDevice("j.")).toBeUndefined();
  expect(isItemOf(`m.201912.${hash}`, "2019")).toBe(true);
  expect(isItemOf(`m.2019.${hash}`, "201912")).toBe(false);
});

describe("messages of years, each with a word", () => {
  const end = TODAY * DAY_MS;

  test.each([
    ["sittings", 100_000, 8, 1_500_000, 140],
    ["alone", 6250, 0.5, 104_000, 14],
  ] as const)("said in %s: %i of %i years fit", (how, count, years, most, items) => {
    const buckets = new Map<string, MessageEntry[]>();
    for (const entry of mailbox(count, years, end, how)) {
      const bucket = bucketOf(entry.day, TODAY);
      const known = buckets.get(bucket);
      if (known === undefined) buckets.set(bucket, [entry]);
      else known.push(entry);
    }
    const parts = [...buckets].flatMap(
      ([bucket, messages]) => planFold(bucket, { messages, registers: [] }, []).parts,
    );
    const sizes = parts.map(({ payload }) => payload.length);
    const total = sizes.reduce((a, b) => a + b, 0);
    expect(total).toBeLessThan(most);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(14_000);
    expect(parts.length).toBeLessThanOrEqual(items);
    expect(parts.reduce((sum, { batch }) => sum + batch.messages.length, 0)).toBe(count);
  });
});

/** So small that a few entries are several items. Characters. */
const TINY = 220;
const MONTHS = ["2025-11-03", "2025-12-09", "2025-12-31"];

type Known = Map<string, { day: number; said: MessageState }>;

function put(known: Known, { messages }: Batch): void {
  for (const { key, day, said } of messages)
    known.set(key, { day, said: joined(known.get(key)?.said ?? {}, said) });
}

/** One that says things, reads the server, and folds in steps between which anything may happen. */
class Device {
  readonly known: Known = new Map();
  readonly items = new Set<string>();
  private readonly today: number;
  private readonly server: Map<string, Batch>;
  private steps: (() => void)[] = [];

  constructor(server: Map<string, Batch>, today: number) {
    this.server = server;
    this.today = today;
  }

  say(entry: MessageEntry): void {
    put(this.known, { messages: [entry], registers: [] });
  }

  read(): void {
    for (const [id, batch] of this.server) {
      put(this.known, batch);
      this.items.add(id);
    }
    for (const id of this.items) if (!this.server.has(id)) this.items.delete(id);
  }

  fold(month: number): void {
    if (this.steps.length > 0) return;
    const bucket = bucketOf(day(MONTHS[month] ?? ""), this.today);
    const messages = [...this.known]
      .map(([key, entry]) => ({ key, ...entry }))
      .filter((entry) => bucketOf(entry.day, this.today) === bucket);
    const { parts, superseded } = planFold(
      bucket,
      { messages, registers: [] },
      [...this.items],
      TINY,
    );
    for (const { id, payload } of parts.filter((part) => !this.items.has(part.id)))
      this.steps.push(() => {
        const decoded = decodeBatch(payload);
        if ("batch" in decoded) this.server.set(id, decoded.batch);
        this.items.add(id);
      });
    for (const id of superseded)
      this.steps.push(() => {
        this.server.delete(id);
        this.items.delete(id);
      });
  }

  step(): boolean {
    const next = this.steps.shift();
    next?.();
    return next !== undefined;
  }
}

function saidBy(server: ReadonlyMap<string, Batch>): Known {
  const all: Known = new Map();
  for (const batch of server.values()) put(all, batch);
  return all;
}

const moves = fc.array(
  fc.record({
    who: fc.nat({ max: 2 }),
    what: fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant("say" as const),
          key: fc.nat({ max: 40 }),
          ms: fc.nat({ max: 30 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("read" as const) }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant("fold" as const), month: fc.nat({ max: 2 }) }),
      },
      { weight: 5, arbitrary: fc.record({ do: fc.constant("step" as const) }) },
    ),
  }),
  { minLength: 40, maxLength: 150, size: "max" },
);

test("whoever folds whenever, by whichever clock, the items on the server never say less than they did", () => {
  fc.assert(
    fc.property(moves, (all) => {
      const server = new Map<string, Batch>();
      // The second thinks that the year is long over.
      const devices = ["2025-12-31", "2026-08-01", "2026-01-15"].map(
        (now) => new Device(server, day(now)),
      );
      let said: Known = new Map();
      for (const { who, what } of all) {
        const device = devices[who];
        if (device === undefined) continue;
        if (what.do === "say") {
          const stamp = stampOf(what.ms, 0, `d${who}`) as Stamp;
          const on = day(MONTHS[what.key % 3] ?? "");
          const key = ((what.key * 0x9e3779b1) >>> 0).toString(16).padStart(8, "0").padEnd(16, "5");
          device.say({ key, day: on, said: { read: [what.ms % 2 === 0, stamp] } });
        } else if (what.do === "read") device.read();
        else if (what.do === "fold") device.fold(what.month);
        else device.step();
        const now = saidBy(server);
        for (const [key, entry] of said)
          expect(joined(now.get(key)?.said ?? {}, entry.said), key).toEqual(now.get(key)?.said);
        said = now;
      }
      // In the end all is in one place: what all know, each part once, and no fold finds anything to do.
      const settle = (): void => {
        for (const device of devices) {
          while (device.step());
          device.read();
        }
      };
      for (let round = 0; round < 3; round++)
        for (const device of devices)
          for (const month of [0, 1, 2]) {
            settle();
            device.fold(month);
          }
      settle();
      for (const device of devices)
        for (const [key, entry] of device.known)
          expect(saidBy(server).get(key)?.said).toEqual(entry.said);
      const keys = [...server.values()].flatMap(({ messages }) => messages.map(({ key }) => key));
      const yearly = [...server.keys()].filter((id) => bucketOfItem(id) === "2025");
      expect(new Set(keys).size * 2).toBeGreaterThanOrEqual(keys.length);
      for (const id of yearly)
        expect(encodeBatch(server.get(id) as Batch).length).toBeLessThanOrEqual(TINY);
    }),
    { numRuns: 20 },
  );
});

test("what was halved stays halved: a half that came is not taken away for the whole it came from", () => {
  const entries = mailbox(12, 0.01, day("2025-12-31") * DAY_MS, "alone");
  const all = { messages: entries, registers: [] };
  const [whole] = planFold("202512", all, []).parts;
  const halves = planFold("202512", all, [], TINY).parts;
  expect(halves.length).toBeGreaterThan(2);
  // One device is in the middle of publishing the parts; another, to whom all would fit into one, has seen so much.
  const seen = [whole, halves[0]].map((part) => part?.id ?? "");
  const again = planFold("202512", all, seen);
  expect(again.parts.length).toBeGreaterThan(1);
  expect(again.parts.map(({ id }) => id)).toContain(seen[1]);
  expect(again.superseded).toEqual([seen[0]]);
});

test("an item of a part of which nothing is known stays, and so does one that nobody can read", () => {
  const hash = "0123456789abcdef";
  const one = mailbox(1, 0.01, day("2025-12-31") * DAY_MS, "alone");
  const live = [
    `m.202512.0.${hash}`,
    `m.202512.1.${hash}`,
    `m.202511.${hash}`,
    `m.2025.${hash}`,
    "m.202512.later",
    `r.${hash}`,
  ];
  const { parts, superseded } = planFold("202512", { messages: one, registers: [] }, live);
  expect(parts).toHaveLength(1);
  expect(superseded).toEqual([`m.202512.1.${hash}`]);
  expect(planFold("202512", { messages: [], registers: [] }, live)).toEqual({
    parts: [],
    superseded: [],
    bare: live.slice(0, 2),
  });
});

test("what is too large for any item is in none, and the items that may say some of it stay", () => {
  const hash = "0123456789abcdef";
  const [one, ...others] = mailbox(20, 0.01, day("2025-12-31") * DAY_MS, "alone");
  if (one === undefined) throw new Error("no mail");
  const value = Array.from({ length: 9000 }, (_, i) => ((i + 1) * 0x9e3779b1).toString(36)).join(
    "",
  );
  const large = { ...one, said: { ...one.said, notes: [value, stampOf(1, 0, "a")] as never } };
  const batch = { messages: [...others, large], registers: [] };
  const live = [`m.2025.${hash}`, `m.2025.1.${hash}`, `m.2025.0.${hash}`, `m.202512.${hash}`];
  const { parts, superseded, bare } = planFold("2025", batch, live);
  const told = parts.flatMap(({ batch: part }) => part.messages.map(({ key }) => key));
  expect(told.toSorted()).toEqual(others.map(({ key }) => key).toSorted());
  expect(superseded).toEqual([]);
  expect(bare).toEqual([`m.2025.0.${hash}`]);
});

test("registers are an item of their own, halved by name", () => {
  const registers = Array.from({ length: 30 }, (_, i) => ({
    name: `label/${((i + 1) * 0x9e3779b1).toString(36)}/name`,
    said: [`Tag ${i}`, stampOf((i * 0x9e3779b1) % 1e10, 0, "a") as Stamp] as const,
  }));
  const { parts } = planFold(REGISTERS, { messages: [], registers }, [], 400);
  expect(parts.length).toBeGreaterThan(2);
  for (const { id, payload } of parts) {
    expect(id).toMatch(/^r\.[01]+\.[0-9a-f]{16}$/);
    expect(payload.length).toBeLessThanOrEqual(400);
  }
  const changed = registers.map((r, i) =>
    i === 3 ? { ...r, said: ["Other", stampOf(99, 0, "a") as Stamp] as const } : r,
  );
  const ids = parts.map(({ id }) => id);
  const next = planFold(REGISTERS, { messages: [], registers: changed }, ids, 400);
  expect(next.superseded).toHaveLength(1);
  expect(next.parts.filter(({ id }) => !ids.includes(id))).toHaveLength(1);
});

test("what a fold would clear away is counted: other months, wholes of halves, and one part said twice", () => {
  const hash = (n: number): string => String(n).padStart(16, "0");
  const at = (...ids: string[]): Map<string, number> => spareItems(ids, TODAY);
  expect(at(`m.202611.${hash(1)}`, `r.${hash(1)}`, "j.abc", "other")).toEqual(
    new Map([
      ["202611", 0],
      [REGISTERS, 0],
    ]),
  );
  expect(at(`m.202611.${hash(1)}`, `m.202611.${hash(2)}`)).toEqual(new Map([["202611", 1]]));
  expect(at(`m.2025.0.${hash(1)}`, `m.2025.10.${hash(2)}`, `m.2025.11.${hash(2)}`)).toEqual(
    new Map([["2025", 0]]),
  );
  expect(at(`m.2025.1.${hash(1)}`, `m.2025.10.${hash(2)}`, `m.202503.${hash(2)}`)).toEqual(
    new Map([["2025", 2]]),
  );
});
