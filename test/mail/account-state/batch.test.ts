import { deflateSync } from "fflate";
import fc from "fast-check";
import { expect, test } from "vitest";
import { base64ToBytes, bytesToBase64 } from "../../../src/base/base64.ts";
import { LAST_DAY } from "../../../src/base/moment.ts";
import { sha256 } from "../../../src/base/sha256.ts";
import { Writer } from "../../../src/mail/account-state/columns.ts";
import {
  type Batch,
  decodeBatch,
  encodeBatch,
  type MessageEntry,
} from "../../../src/mail/account-state/batch.ts";
import { FIRST_SIGN_IN, firstSignInSaid } from "../../../src/mail/account-state/registers.ts";
import type { Stamp } from "../../../src/mail/clock.ts";
import { batches } from "./arbitraries.ts";

const STAMP = "0mf1k2abc00axyz123" as Stamp;
const ONE: Batch = {
  messages: [{ key: "00112233445566ff", day: 20_700, said: { read: [true, STAMP] } }],
  registers: [],
};

/** In one order, since a batch has none. */
function ordered({ messages, registers }: Batch): Batch {
  return {
    messages: [...messages].sort((a, b) => (a.key < b.key ? -1 : 1)),
    registers: [...registers].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function decoded(text: string): Batch {
  const result = decodeBatch(text);
  if ("problem" in result) throw new Error(result.problem);
  return result.batch;
}

test("a batch comes back as it was, fields and values of other clients with it", () => {
  fc.assert(
    fc.property(batches, (batch) => {
      expect(ordered(decoded(encodeBatch(batch)))).toEqual(ordered(batch));
    }),
    { numRuns: 60 },
  );
});

test("the same batch in another order is the same text", () => {
  fc.assert(
    fc.property(batches, (batch) => {
      const turned = {
        messages: [...batch.messages].reverse(),
        registers: [...batch.registers].reverse(),
      };
      const text = encodeBatch(batch);
      expect(encodeBatch(turned)).toBe(text);
      expect(encodeBatch(decoded(text))).toBe(text);
    }),
    { numRuns: 25 },
  );
});

test("bytes that were no batch, cut ones and changed ones are damaged, and nothing is thrown", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect(decodeBatch(bytesToBase64(Uint8Array.from([1, ...bytes])))).toHaveProperty("problem");
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(
      batches,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      (batch, where, by, isCut) => {
        const bytes = base64ToBytes(encodeBatch(batch)) as Uint8Array;
        const at = 1 + (where % (bytes.length - 1));
        const changed = isCut ? bytes.slice(0, at) : bytes.with(at, (bytes[at] ?? 0) ^ by);
        expect(decodeBatch(bytesToBase64(changed))).toEqual({ problem: "damaged" });
      },
    ),
    { numRuns: 40 },
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(decodeBatch(text)).toHaveProperty("problem");
    }),
  );
});

/** What another client may have written with the checksum right. */
function sealed(body: Uint8Array, version = 1): string {
  return bytesToBase64(Uint8Array.from([version, ...sha256(body).subarray(0, 4), ...body]));
}

/** A body with this head and these columns and raw bytes. */
function bodyOf(head: unknown, columns: number[] = [], raw: number[] = [], more = ""): Uint8Array {
  const json = new TextEncoder().encode(
    (typeof head === "string" ? head : JSON.stringify(head)) + more,
  );
  const front = new Writer();
  front.varint(json.length);
  front.bytes(json);
  front.bytes(columns);
  const packed = deflateSync(front.done(), { level: 1 });
  const body = new Writer();
  body.varint(packed.length * 2 + 1);
  body.bytes(packed);
  body.bytes(raw);
  return body.done();
}

test("changed bytes under a right checksum are read or refused, never thrown over", () => {
  fc.assert(
    fc.property(batches, fc.nat(), fc.nat({ max: 255 }), (batch, where, by) => {
      const bytes = (base64ToBytes(encodeBatch(batch)) as Uint8Array).slice(5);
      const at = where % bytes.length;
      const result = decodeBatch(sealed(bytes.with(at, by)));
      if ("batch" in result) expect(decoded(encodeBatch(result.batch))).toEqual(result.batch);
    }),
    { numRuns: 60 },
  );
  const columns = fc.array(fc.nat({ max: 20 }), { maxLength: 30 });
  const heads = fc.tuple(
    fc.nat({ max: 3 }),
    fc.constant(["a"]),
    fc.constant([[0, "read", true]]),
    fc.constant([]),
  );
  fc.assert(
    fc.property(heads, columns, columns, (head, front, raw) => {
      const result = decodeBatch(sealed(bodyOf(head, front, raw)));
      if ("batch" in result) expect(result.batch.messages).toHaveLength(head[0]);
    }),
    { numRuns: 60 },
  );
});

test("a newer version stays for those who know it", () => {
  const bytes = base64ToBytes(encodeBatch(ONE)) as Uint8Array;
  expect(decodeBatch(bytesToBase64(bytes.with(0, 2)))).toEqual({ problem: "newer" });
  expect(decodeBatch(bytesToBase64(Uint8Array.from([9])))).toEqual({ problem: "newer" });
  expect(decodeBatch("")).toEqual({ problem: "damaged" });
  expect(decodeBatch("AA==")).toEqual({ problem: "damaged" });
});

test("what would swell is not let in", () => {
  const empty = [0, [], [], []];
  expect(decodeBatch(sealed(bodyOf(empty)))).toHaveProperty("batch", {
    messages: [],
    registers: [],
  });
  const bomb = bodyOf(empty, [], [], " ".repeat(2_000_000));
  expect(decodeBatch(sealed(bomb))).toEqual({ problem: "too-big" });
  expect(decodeBatch(sealed(bodyOf([50_001, [], [], []])))).toEqual({ problem: "too-big" });
  const registers = Array.from({ length: 50_001 }, (_, i) => [`${i}`, 0, "000000000000"]);
  expect(decodeBatch(sealed(bodyOf([0, [], [], registers])))).toEqual({ problem: "too-big" });
  expect(decodeBatch("A".repeat(500_000))).toEqual({ problem: "too-big" });
  const nested = `[0,[],[],[["x",${"[".repeat(5000)}${"]".repeat(5000)},"${STAMP}"]]]`;
  expect(decodeBatch(sealed(bodyOf(nested)))).toEqual({ problem: "damaged" });
});

test("days before 1970 or behind the year 9999 are refused, and not written", () => {
  const last = [0, 0, 0, 0, 0, 0, 0, 0];
  // One message, one word of the epoch; the days from the message to it, as 0, -1, 1, -2.
  const lagging = (lag: number) => {
    const columns = new Writer();
    for (const value of [0, 0, 0, 0, lag]) columns.varint(value);
    return sealed(bodyOf([1, ["a"], [[0, "read", true]], []], [...columns.done()], last));
  };
  expect(decoded(lagging(2 * LAST_DAY - 1)).messages[0]?.day).toBe(LAST_DAY);
  for (const lag of [2 * LAST_DAY + 1, 2, 8e15, 8e15 + 1])
    expect(decodeBatch(lagging(lag)), String(lag)).toEqual({ problem: "damaged" });
  const [entry] = ONE.messages as [MessageEntry];
  for (const day of [-1, LAST_DAY + 1, 0.5, Number.NaN])
    expect(decoded(encodeBatch({ ...ONE, messages: [{ ...entry, day }] })).messages).toEqual([]);
});

test("stamps that are none are refused, and not written", () => {
  for (const stamp of ["", "0mf1k2abc00", "0MF1K2ABC00Axyz", `${STAMP} `, `${STAMP}<`, 5, null])
    expect(
      decodeBatch(sealed(bodyOf([0, [], [], [["setting/x", 1, stamp]]]))),
      String(stamp),
    ).toEqual({
      problem: "damaged",
    });
  const late = Array.from({ length: 8 }, () => 255);
  // One message, one word, its gap of 53 bits: far behind the last year that has a stamp.
  const far = bodyOf([1, ["a"], [[0, "read", true]], []], [0, 0, 0, 53, 0], [...late, ...late]);
  expect(decodeBatch(sealed(far))).toEqual({ problem: "damaged" });
  const foreign = bodyOf([1, ["a b"], [[0, "read", true]], []], [0, 0, 0, 0, 0], late);
  expect(decodeBatch(sealed(foreign))).toEqual({ problem: "damaged" });
  const bad = { read: [true, "yesterday" as Stamp] } as const;
  const batch: Batch = {
    messages: [
      ...ONE.messages,
      { key: "ff", day: 1, said: { read: [true, STAMP] } },
      { key: "0000000000000000", day: 1, said: bad },
    ],
    registers: [{ name: "x", said: bad.read }],
  };
  expect(decoded(encodeBatch(batch))).toEqual(ONE);
});

test("lists of another length, a field twice in a message, and bytes that are left over are refused", () => {
  const [key, read] = [
    [1, 1, 1, 1, 1, 1, 1, 1],
    [0, "read", true],
  ];
  const columns = [0, 0, 0, 0, 0];
  expect(decoded(sealed(bodyOf([1, ["a"], [read], []], columns, key))).messages).toHaveLength(1);
  for (const [head, front, raw] of [
    [[1, ["a"], [read], [], []], columns, key],
    [[1, ["a"], [[...read, 1]], []], columns, key],
    [[0, [], [], [["x", 1]]], [], []],
    [[1, ["a"], [read], []], [...columns, 0], key],
    [[1, ["a"], [read], []], columns, [...key, 0]],
    [[1, ["a"], [read, [0, "read", false]], []], [1, 0, 1, 0, 0, 0, 0, 0], key],
  ] as const)
    expect(decodeBatch(sealed(bodyOf(head, [...front], [...raw]))), JSON.stringify(head)).toEqual({
      problem: "damaged",
    });
});

test("values are read and written as JSON of ECMAScript, nested 32 deep at most", () => {
  const value = (json: string) =>
    decodeBatch(sealed(bodyOf(`[0,[],[],[["x",${json},"${STAMP}"]]]`)));
  const again = (json: string): string => {
    const read = value(json);
    if ("problem" in read) return read.problem;
    return JSON.stringify(decoded(encodeBatch(read.batch)).registers[0]?.said[0]);
  };
  expect(again("1.0")).toBe("1");
  expect(again("1e400")).toBe("null");
  expect(again('{"b":1,"10":2,"9":3,"b":4}')).toBe('{"9":3,"10":2,"b":4}');
  expect(again(`${"[".repeat(32)}${"]".repeat(32)}`)).toBe("[".repeat(32) + "]".repeat(32));
  expect(again(`${"[".repeat(33)}${"]".repeat(33)}`)).toBe("damaged");
});

test("what says nothing is not looked at: fillings, a mark of the byte order, an order, words of no message", () => {
  const text = encodeBatch(ONE);
  for (const written of [`${text.slice(0, 8)}\n ${text.slice(8)}\t`, text.replace(/=+$/, "")])
    expect(decoded(written)).toEqual(ONE);
  const unused = [0, [], [[7, "read", true]], []];
  for (const head of [unused, `\uFEFF${JSON.stringify(unused)}`])
    expect(decoded(sealed(bodyOf(head)))).toEqual({ messages: [], registers: [] });
  const turned = ["y", "x"].map((name) => [name, 1, STAMP]);
  expect(decoded(sealed(bodyOf([0, [], [], turned]))).registers).toHaveLength(2);
  const packed = deflateSync(Uint8Array.from([12, ...Buffer.from("[0,[],[],[]]")]));
  const body = Uint8Array.from([(packed.length + 2) * 2 + 1, ...packed, 1, 2]);
  expect(decoded(sealed(body))).toEqual({ messages: [], registers: [] });
});

test("the first sign-in is refused where its stamp lies behind every clock and is not its value's", () => {
  const at = 1_795_858_212_345;
  const [, stamp] = firstSignInSaid(at);
  const said = (name: string, value: number) =>
    decodeBatch(sealed(bodyOf([0, [], [], [[name, value, stamp]]])));
  expect(said(FIRST_SIGN_IN, at)).toHaveProperty("batch");
  expect(said(FIRST_SIGN_IN, at + 1)).toEqual({ problem: "damaged" });
  expect(said("mark/other", at)).toEqual({ problem: "damaged" });
});

test("one word of one message is a hundred characters", () => {
  expect(encodeBatch(ONE).length).toBeLessThan(100);
});

test("a sitting of many words costs nine bytes a message", () => {
  const messages: MessageEntry[] = Array.from({ length: 500 }, (_, i) => ({
    key: Buffer.from(sha256(Uint8Array.from([i, i >> 8])).subarray(0, 8)).toString("hex"),
    day: 20_000,
    said: { read: [true, `0mf1k2abc${i.toString(36).padStart(3, "0")}xyz123` as Stamp] },
  }));
  const text = encodeBatch({ messages, registers: [] });
  expect((text.length * 0.75) / 500).toBeLessThan(8.5);
  expect(ordered(decoded(text))).toEqual(ordered({ messages, registers: [] }));
});
