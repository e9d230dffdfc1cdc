import fc from "fast-check";
import { deflateSync } from "fflate";
import { expect, test } from "vitest";
import { bytesToBase64 } from "../../../src/base/base64.ts";
import { decodeDraftItem, encodeDraftItem } from "../../../src/mail/account-state/draft-item.ts";
import type { DraftItem } from "../../../src/mail/account-state/draft-merge.ts";
import type { Jid } from "../../../src/mail/address.ts";
import { nextStamp, type Stamp } from "../../../src/mail/clock.ts";
import type { Draft } from "../../../src/mail/draft.ts";

const ID = "0b6f2a44-2d3c-4f51-9c59-6f4a3c1d2e5f";
const stamp = "0mabc1230000device" as Stamp;
const LATER = "0mabc1240000device" as Stamp;
const draft: Draft = {
  id: ID,
  kind: "reply-all",
  to: [{ jid: "nadia@harbour.example" as Jid, name: "Nadia" }],
  cc: [{ jid: "jun@lantern.example" as Jid }],
  bcc: [{ jid: "ida@lantern.example" as Jid }],
  pending: { to: "", cc: "not an add", bcc: "" },
  subject: "Lunch \u{1f35c}",
  body: "On Friday?\n\nAda",
  quote: "> When?",
  source: {
    key: 0,
    of: { from: "nadia@harbour.example" as Jid, mid: "m1", contentHash: "h" },
    thread: "t",
    threadParent: "p",
    reply: { id: "m1", to: "nadia@harbour.example" as Jid },
  },
  corrects: "first",
  linked: { thread: "t", replies: "m1" },
  updatedAt: 1_795_000_000_000,
};
const item: DraftItem = { id: ID, revision: [stamp], stamp, draft };
const text = (value: unknown): string =>
  bytesToBase64(deflateSync(new TextEncoder().encode(JSON.stringify(value))));

test("a draft is the same on the other side; what is not there stays away", () => {
  expect(decodeDraftItem(ID, encodeDraftItem(item))).toEqual({ item });
  const plain: Draft = {
    id: ID,
    kind: "new",
    to: [],
    cc: [],
    bcc: [],
    pending: { to: "", cc: "", bcc: "" },
    subject: "",
    body: "x",
    quote: "",
    updatedAt: 0,
  };
  const other: DraftItem = { id: ID, revision: [stamp], stamp, draft: plain };
  expect(decodeDraftItem(ID, encodeDraftItem(other))).toEqual({ item: other });
});

test.each(["k3x9a1", "Phone-1", "my_phone.2", "a".repeat(32), ""])(
  "a draft of a device called '%s' is read",
  (device) => {
    const theirs = nextStamp(undefined, 1_795_000_000_000, device);
    const other: DraftItem = { ...item, revision: [theirs], stamp: theirs };
    expect(decodeDraftItem(ID, encodeDraftItem(other))).toEqual({ item: other });
  },
);

test("what was sent or thrown away", () => {
  for (const ended of [
    { id: ID, revision: [stamp], stamp, gone: "sent", words: "abc" },
    {
      id: ID,
      revision: [stamp],
      stamp,
      beside: ["0mabc1220000other1" as Stamp],
      gone: "discarded",
    },
  ] satisfies DraftItem[])
    expect(decodeDraftItem(ID, encodeDraftItem(ended))).toEqual({ item: ended });
});

test("words whose device said more of the draft since are read", () => {
  const other: DraftItem = { ...item, revision: ["0mabc1220000other1" as Stamp, LATER] };
  expect(decodeDraftItem(ID, encodeDraftItem(other))).toEqual({ item: other });
});

test("of the edits that are known the latest of each device counts, in whatever order they stand", () => {
  const other = "0mabc1220000other1" as Stamp;
  const mixed = encodeDraftItem({ ...item, revision: [LATER, stamp, other] });
  expect(decodeDraftItem(ID, mixed)).toEqual({ item: { ...item, revision: [other, LATER] } });
});

test("the row key of this device does not leave it", () => {
  const keyed = { ...item, draft: { ...draft, source: { key: 4711 } } };
  const read = decodeDraftItem(ID, encodeDraftItem(keyed));
  expect(read).toMatchObject({ item: { draft: { source: { key: 0 } } } });
});

test("a text of two pages is less than half of it in the account", () => {
  const body = "The harbour was quiet, and nobody had seen the ship that week. ".repeat(100);
  const long = encodeDraftItem({ ...item, draft: { ...draft, body } });
  expect(long.length).toBeLessThan(body.length / 2);
});

test.each([
  ["nothing", "damaged", ""],
  ["no base64", "damaged", "%%%"],
  ["no deflate", "damaged", "aGVsbG8gd29ybGQ="],
  ["cut off", "damaged", encodeDraftItem(item).slice(0, 80)],
  ["no object", "damaged", text([1])],
  ["no version", "damaged", text({ r: [stamp], s: stamp })],
  ["a version there never was", "damaged", text({ v: 0, r: [stamp], s: stamp, g: "sent" })],
  ["words later than all it knows", "damaged", text({ v: 1, r: [stamp], s: LATER, g: "sent" })],
  ["a stamp of nobody", "damaged", text({ v: 1, r: [stamp], s: `${stamp}x`, g: "sent" })],
  ["no list of stamps", "damaged", text({ v: 1, r: [stamp], s: stamp, b: [7], g: "sent" })],
  ["no words", "damaged", text({ v: 1, r: [stamp], s: stamp, d: { k: 0, t: [], c: [], b: [] } })],
  ["another end", "damaged", text({ v: 1, r: [stamp], s: stamp, g: "eaten" })],
  ["a version to come", "newer", text({ v: 2, anything: 1 })],
  ["a bomb", "too-big", bytesToBase64(deflateSync(new Uint8Array(80_000_000), { level: 9 }))],
])("%s: %s, and nothing is thrown", (_what, problem, payload) => {
  expect(decodeDraftItem(ID, payload)).toEqual({ problem });
});

test.each([null, "", "1", true, 4, 0.5, -1])("a kind of draft there is not: %j", (k) => {
  const d = { k, t: [], c: [], b: [], u: "", x: "hi", q: "", a: 1 };
  expect(decodeDraftItem(ID, text({ v: 1, r: [stamp], s: stamp, d }))).toEqual({
    problem: "damaged",
  });
});

test("an id that could be no message's is refused", () => {
  for (const id of ["", "x", "../../etc", "a".repeat(200), "one two three"])
    expect(decodeDraftItem(id, encodeDraftItem(item))).toEqual({ problem: "damaged" });
});

test("an address that is none is left out; the rest is kept", () => {
  const fields = {
    v: 1,
    r: [stamp],
    s: stamp,
    d: { k: 0, t: [["@"], ["ok@x.example"], 7], c: [], b: [], p: [], u: "", x: "hi", q: "", a: 1 },
  };
  expect(decodeDraftItem(ID, text(fields))).toMatchObject({
    item: { draft: { to: [{ jid: "ok@x.example" }], body: "hi" } },
  });
});

test.each(["1e300", "1e999", "-1e300", "-1", "8640000000000001"])(
  "a draft of a time that nobody lives in (%s) is read, at one that a date can hold",
  (at) => {
    const d = `{"k":0,"t":[],"c":[],"b":[],"p":[],"u":"","x":"hi","q":"","a":${at}}`;
    const json = `{"v":1,"r":["${stamp}"],"s":"${stamp}","d":${d}}`;
    const read = decodeDraftItem(ID, bytesToBase64(deflateSync(new TextEncoder().encode(json))));
    if ("problem" in read || read.item.draft === undefined) throw new Error("not read");
    expect(new Date(read.item.draft.updatedAt).getFullYear()).toBeGreaterThanOrEqual(1969);
    expect(new Date(read.item.draft.updatedAt).getFullYear()).toBeLessThanOrEqual(10_000);
  },
);

test("no bytes make it throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json().map(text)), (payload) => {
      expect(Object.keys(decodeDraftItem(ID, payload))).toHaveLength(1);
    }),
  );
});
