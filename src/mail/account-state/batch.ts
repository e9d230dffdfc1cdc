/**
 * A batch: what is said of messages and in registers, as the text of one item. The bytes are in xep-private-state.md,
 * "Encoding": entries in the order in which they were said, since people say things in sittings (the times then lie
 * close together, and the words repeat), in columns, of which those that compress are deflated.
 */
import { deflateSync, inflateSync } from "fflate";
import { base64ToBytes, bytesToBase64 } from "../../base/base64.ts";
import { isDay } from "../../base/moment.ts";
import { sha256 } from "../../base/sha256.ts";
import { countOf, deviceOf, isStamp, msOf, type Stamp, stampOf } from "../clock.ts";
import { isFirstSignInSaid } from "./registers.ts";
import type { MessageState } from "../state.ts";
import {
  BitReader,
  BitWriter,
  bitLength,
  Damaged,
  Reader,
  unzigzag,
  Writer,
  zigzag,
} from "./columns.ts";

/** Any JSON. */
export type RegisterValue =
  | null
  | boolean
  | number
  | string
  | readonly RegisterValue[]
  | { readonly [name: string]: RegisterValue };

/** key: `stateKey`, 16 hex digits. day: of the message, whole days since the epoch, UTC. */
export type MessageEntry = { key: string; day: number; said: MessageState };
export type RegisterSaid = readonly [RegisterValue, Stamp];
export type RegisterEntry = { name: string; said: RegisterSaid };
/** In `messages` a key stands once, in `registers` a name. */
export type Batch = { messages: MessageEntry[]; registers: RegisterEntry[] };

/**
 * hash: as `packBatch` names it. newer: of a version we do not know; it stays where it is, as all that has a problem.
 */
export type Decoded = { batch: Batch; hash: string } | { problem: "damaged" | "newer" | "too-big" };

const VERSION = 1;
const CHECK_BYTES = 4;
const KEY_BYTES = 8;
const DAY_MS = 86_400_000;
/** Characters: more than any stanza carries. */
const MAX_TEXT = 400_000;
/** Bytes once inflated. */
const MAX_COLUMNS = 1_000_000;
const MAX_ENTRIES = 50_000;
/** Of brackets within brackets: more is an attack on whoever walks through it. */
const MAX_DEPTH = 32;

/** No stamp is of such a device. */
const NO_DEVICE = " ";

const KEY = /^[0-9a-f]{16}$/;

/** What the first stamp of a batch is told from; the others from the one before. */
const START = { ms: 0, count: 0 };

class TooBig extends Error {
  override readonly name = "TooBig";
}

/** A field of a message with what is said in it. */
type Word = { field: string; value: RegisterValue; stamp: Stamp };
/** Latest word first. */
type Row = { key: string; day: number; words: readonly [Word, ...Word[]] };

/** What stands in front of the columns, as JSON. `words`: device (its place in `devices`), field, value. */
type Head = [
  entries: number,
  devices: string[],
  words: [device: number, field: string, value: RegisterValue][],
  registers: [name: string, value: RegisterValue, stamp: Stamp][],
];

/** The text of a batch. Left out: entries that say nothing, keys that are not 16 hex digits, days and stamps that are none. */
export function encodeBatch(batch: Batch): string {
  return packBatch(batch).text;
}

/**
 * With a name for what it says: 16 hex digits, the same for the same batch in any order, however well it was deflated.
 */
export function packBatch(batch: Batch): { text: string; hash: string } {
  const rows = batch.messages.flatMap(rowOf).sort(byTime);
  const { head, columns, raw } = columnsOf(rows);
  for (const { name, said } of [...batch.registers].sort((a, b) => order(a.name, b.name)))
    if (isRegisterSaid(name, ...said)) head[3].push([name, said[0], said[1]]);
  const text = new TextEncoder().encode(JSON.stringify(head));
  const front = new Writer();
  front.varint(text.length);
  front.bytes(text);
  front.bytes(columns.done());
  const plain = front.done();
  const deflated = deflateSync(plain, { level: 9 });
  const isSmaller = deflated.length < plain.length;
  const packed = isSmaller ? deflated : plain;
  const body = new Writer();
  body.varint(packed.length * 2 + (isSmaller ? 1 : 0));
  body.bytes(packed);
  const rest = raw.done();
  body.bytes(rest);
  const bytes = body.done();
  const all = new Writer();
  all.byte(VERSION);
  all.bytes(sha256(bytes).subarray(0, CHECK_BYTES));
  all.bytes(bytes);
  return { text: bytesToBase64(all.done()), hash: nameOf(plain, rest) };
}

function nameOf(plain: Uint8Array, rest: Uint8Array): string {
  const named = new Writer();
  named.bytes(plain);
  named.bytes(rest);
  return hexOf(sha256(named.done()).subarray(0, KEY_BYTES));
}

/** Never throws. Fields, registers and values it does not know are in the batch as they came. */
export function decodeBatch(text: string): Decoded {
  if (text.length > MAX_TEXT) return { problem: "too-big" };
  const bytes = base64ToBytes(text);
  const version = bytes?.[0];
  if (bytes === undefined || version === undefined || version === 0) return { problem: "damaged" };
  if (version > VERSION) return { problem: "newer" };
  try {
    return readBatch(bytes.subarray(1));
  } catch (error) {
    return { problem: error instanceof TooBig ? "too-big" : "damaged" };
  }
}

function rowOf({ key, day, said }: MessageEntry): Row[] {
  if (!KEY.test(key) || !isDay(day)) return [];
  const all = Object.entries(said) as [string, readonly [RegisterValue, Stamp]][];
  const [first, ...others] = all
    .filter(([, [, stamp]]) => isStamp(stamp))
    .map(([field, [value, stamp]]) => ({ field, value, stamp }))
    .sort((a, b) => order(b.stamp, a.stamp) || order(a.field, b.field));
  return first === undefined ? [] : [{ key, day, words: [first, ...others] }];
}

function byTime(a: Row, b: Row): number {
  return order(a.words[0].stamp, b.words[0].stamp) || order(a.key, b.key);
}

/** By code units, as stamps sort: the same everywhere, unlike any locale's. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function columnsOf(rows: readonly Row[]): { head: Head; columns: Writer; raw: Writer } {
  const columns = { more: new Writer(), words: new Writer(), counts: new Writer() };
  const [gaps, lags, raw] = [new Writer(), new Writer(), new Writer()];
  for (const row of rows) raw.bytes(bytesOfKey(row.key));
  const bits = new BitWriter(raw);
  const devices = new Places<string>();
  const words = new Places<Head[2][number]>();
  let newest = START;
  for (const row of rows) {
    columns.more.varint(row.words.length - 1);
    lags.varint(zigzag(dayOf(msOf(row.words[0].stamp)) - row.day));
    let before = newest;
    for (const [nth, { field, value, stamp }] of row.words.entries()) {
      const device = deviceOf(stamp);
      const word: Head[2][number] = [devices.of(device, device), field, value];
      columns.words.varint(words.of(JSON.stringify(word), word));
      const own = { ms: msOf(stamp), count: countOf(stamp) };
      const gap = Math.abs(own.ms - before.ms);
      columns.counts.varint(gap === 0 ? Math.abs(own.count - before.count) : own.count);
      gaps.byte(bitLength(gap));
      bits.write(gap, Math.max(0, bitLength(gap) - 1));
      if (nth === 0) newest = own;
      before = own;
    }
  }
  bits.flush();
  const all = new Writer();
  for (const column of [columns.more, columns.words, columns.counts, gaps, lags])
    all.bytes(column.done());
  return { head: [rows.length, devices.list, words.list, []], columns: all, raw };
}

/** Things in the order in which they come first. */
class Places<T> {
  readonly list: T[] = [];
  private readonly byName = new Map<string, number>();

  of(name: string, thing: T): number {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    this.byName.set(name, this.list.length);
    return this.list.push(thing) - 1;
  }
}

/** Throws Damaged, TooBig, and what JSON.parse and fflate throw. */
function readBatch(checked: Uint8Array): { batch: Batch; hash: string } {
  const all = new Reader(checked);
  const check = all.bytes(CHECK_BYTES);
  const bytes = all.rest();
  const sum = sha256(bytes);
  if (check.some((byte, i) => byte !== sum[i])) throw new Damaged();
  const body = new Reader(bytes);
  const size = body.varint();
  const packed = body.bytes(Math.floor(size / 2));
  const plain = size % 2 === 1 ? inflated(packed) : packed;
  const rest = body.rest();
  const [front, raw] = [new Reader(plain), new Reader(rest)];
  const head = headOf(front.bytes(front.varint()));
  const messages = readMessages(head, front, raw);
  if (!front.isAtEnd || !raw.isAtEnd) throw new Damaged();
  const registers = new Map(head[3].map(([name, value, stamp]) => [name, [value, stamp] as const]));
  if (registers.size !== head[3].length) throw new Damaged();
  return {
    batch: { messages, registers: [...registers].map(([name, said]) => ({ name, said })) },
    hash: nameOf(plain, rest),
  };
}

/** Where `out` is full, fflate counts on without writing: a byte too many says that there was more. */
function inflated(packed: Uint8Array): Uint8Array {
  const bytes = inflateSync(packed, { out: new Uint8Array(MAX_COLUMNS + 1) });
  if (bytes.length > MAX_COLUMNS) throw new TooBig();
  return bytes;
}

function headOf(text: Uint8Array): Head {
  const head: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  if (!Array.isArray(head) || head.length !== 4) throw new Damaged();
  const [entries, devices, words, registers] = head as unknown[];
  if (!isNatural(entries)) throw new Damaged();
  if (entries > MAX_ENTRIES) throw new TooBig();
  const isRegister = (r: unknown): boolean =>
    isTriple(r) && typeof r[0] === "string" && isRegisterSaid(...r) && isShallow(r[1], MAX_DEPTH);
  const isWord = (w: unknown): boolean =>
    isTriple(w) && isNatural(w[0]) && typeof w[1] === "string" && isShallow(w[2], MAX_DEPTH);
  const isFine =
    isListOf(devices, (device) => typeof device === "string") &&
    isListOf(words, isWord) &&
    isListOf(registers, isRegister);
  if (!isFine) throw new Damaged();
  if ((registers as unknown[]).length > MAX_ENTRIES) throw new TooBig();
  return head as Head;
}

function readMessages(head: Head, front: Reader, body: Reader): MessageEntry[] {
  const [entries, devices, words] = head;
  const more = times(entries, () => front.varint());
  const total = more.reduce((sum, others) => sum + others + 1, 0);
  if (total > MAX_COLUMNS) throw new Damaged();
  const said = times(total, () => front.varint());
  const counts = times(total, () => front.varint());
  const gaps = times(total, () => front.byte());
  const lags = times(entries, () => unzigzag(front.varint()));
  const keys = times(entries, () => hexOf(body.bytes(KEY_BYTES)));
  const bits = new BitReader(body);
  let newest = START;
  let at = 0;
  const wordAfter = (before: typeof START, sign: 1 | -1): [typeof START, Word] => {
    const [length = 0, count = 0] = [gaps[at], counts[at]];
    const gap = length === 0 ? 0 : 2 ** (length - 1) + bits.read(length - 1);
    const own = {
      ms: before.ms + sign * gap,
      count: gap === 0 ? before.count + sign * count : count,
    };
    const [place = -1, field = "", value = null] = words[said[at++] ?? -1] ?? [];
    const stamp = stampOf(own.ms, own.count, devices[place] ?? NO_DEVICE);
    if (stamp === undefined) throw new Damaged();
    return [own, { field, value, stamp }];
  };
  const messages = keys.map((key, i) => {
    const own: Word[] = [];
    let before = newest;
    for (let nth = 0; nth <= (more[i] ?? 0); nth++) {
      const [place, word] = wordAfter(before, nth === 0 ? 1 : -1);
      own.push(word);
      if (nth === 0) newest = place;
      before = place;
    }
    const day = dayOf(newest.ms) - (lags[i] ?? 0);
    if (!isDay(day)) throw new Damaged();
    return { key, day, said: stateOf(own) };
  });
  if (new Set(keys).size !== keys.length) throw new Damaged();
  return messages;
}

/** Fields and values of other versions and clients stay as they are, though the type does not know them. */
function stateOf(words: readonly Word[]): MessageState {
  const fields = new Map(words.map(({ field, value, stamp }) => [field, [value, stamp] as const]));
  if (fields.size !== words.length) throw new Damaged();
  return Object.fromEntries(fields) as MessageState;
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

function bytesOfKey(key: string): number[] {
  return times(KEY_BYTES, () => 0).map((_, i) => Number.parseInt(key.slice(2 * i, 2 * i + 2), 16));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isRegisterSaid(name: unknown, value: unknown, stamp: unknown): boolean {
  return isStamp(stamp) || isFirstSignInSaid(name, value, stamp);
}

function isTriple(value: unknown): value is [unknown, unknown, unknown] {
  return Array.isArray(value) && value.length === 3;
}

/** Whether brackets lie no deeper than that: JSON.stringify and whoever walks through it would run out of stack. */
function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}
