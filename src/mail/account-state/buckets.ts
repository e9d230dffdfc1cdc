/**
 * Which item holds what. Items are never changed: a fold publishes anew the parts of a bucket that changed, named by
 * what they say, and takes away those of which everything stands in a higher one.
 *
 * Higher is: of the year rather than of a month; of a smaller part; of the same part, saying more. No device's clock and
 * no order of arrival comes into it, and it only ever goes up. So of all items that ever said a thing as late as it was
 * said, the highest is taken away by nobody, whoever folds at the same time.
 */
import { sha256 } from "../../base/sha256.ts";
import { firstDayOf, monthOf } from "../state.ts";
import { type Batch, type MessageEntry, packBatch, type RegisterEntry } from "./batch.ts";

/** The bucket of everything that is not said of a message. */
export const REGISTERS = "registers";
/** Entries of a journal; more are folded. */
export const MAX_JOURNAL = 24;

/** Characters of an item's payload. */
export const MAX_PAYLOAD = 14_000;
/** Nothing is read of an item with a larger payload. Characters. */
const MOST_READ = 65_536;
/** At the most, of one code unit in JSON: 3 bytes of UTF-8, as base64. */
const CHARACTERS_OF_UNIT = 4;
/** Of an entry without its words, more than ever. Characters. */
const BARE_ENTRY = 200;
/** A key alone is 8 bytes, and a register is more. Characters of base64. */
const LEAST_CHARACTERS = 10;
/** How long a year has to be over until its mail is kept by year: a new device reads the newest months first. */
const YEARLY_AFTER_DAYS = 90;
const DAY_MS = 86_400_000;

/** The bucket of messages of a day, YYYYMM or YYYY. Both in days since the epoch, UTC. */
export function bucketOf(day: number, today: number): string {
  const month = monthOf(day);
  const year = Math.floor(month / 100);
  const isOver = today >= Date.UTC(year + 1, 0) / DAY_MS + YEARLY_AFTER_DAYS;
  return String(isOver ? year : month);
}

/** The bucket what is of that one goes to today: its year's, perhaps. */
export function bucketToday(bucket: string, today: number): string {
  if (bucket === REGISTERS || isYear(bucket)) return bucket;
  return bucketOf(firstDayOf(Number(bucket)), today);
}

/** Months YYYYMM. */
export function monthsOf(bucket: string): { from: number; to: number } {
  const n = Number(bucket);
  return isYear(bucket) ? { from: n * 100 + 1, to: n * 100 + 12 } : { from: n, to: n };
}

export function journalId(device: string): string {
  return `j.${device}`;
}

export function journalDevice(id: string): string | undefined {
  return /^j\.(.+)$/s.exec(id)?.[1];
}

export function bucketOfItem(id: string): string | undefined {
  return parseItemId(id)?.bucket;
}

/** Whether it is the id of an item of ours; others are of other versions. */
export function isItemId(id: string): boolean {
  return journalDevice(id) !== undefined || parseItemId(id) !== undefined;
}

/** The hash that an id names; undefined for a journal, which says now this and now that. */
export function hashOfItem(id: string): string | undefined {
  return parseItemId(id)?.hash;
}

/** Entries that are of the id's bucket, and those that are not. Into a journal all belong. */
export function byPlace(id: string, { messages, registers }: Batch): { own: Batch; other: Batch } {
  const bucket = bucketOfItem(id);
  const isOwn = ({ day }: MessageEntry): boolean =>
    bucket === undefined || (bucket !== REGISTERS && isWithin(monthOf(day), bucket));
  const hasRegisters = bucket === undefined || bucket === REGISTERS;
  return {
    own: { messages: messages.filter(isOwn), registers: hasRegisters ? registers : [] },
    other: {
      messages: messages.filter((entry) => !isOwn(entry)),
      registers: hasRegisters ? [] : registers,
    },
  };
}

function isWithin(month: number, bucket: string): boolean {
  const { from, to } = monthsOf(bucket);
  return month >= from && month <= to;
}

/** Whether what an item says belongs into that bucket: those of months are their year's too. */
export function isItemOf(id: string, bucket: string): boolean {
  const own = bucketOfItem(id);
  return own !== undefined && (own === bucket || (isYear(bucket) && own.slice(0, 4) === bucket));
}

/**
 * m.BUCKET.HASH and r.HASH; of a part of the bucket m.BUCKET.PART.HASH and r.PART.HASH. PART: "0" the first half of the
 * bucket, "01" the second half of that.
 */
type ItemId = { bucket: string; part: string; hash: string };

const ITEM_ID = /^(?:m\.(\d{6}|\d{4})|r)(?:\.([01]{1,32}))?\.([0-9a-f]{16})$/;
/** Halvings. */
const MAX_DEPTH = 32;

function parseItemId(id: string): ItemId | undefined {
  const found = ITEM_ID.exec(id);
  if (found === null) return undefined;
  const [, bucket = REGISTERS, part = "", hash = ""] = found;
  return { bucket, part, hash };
}

function isYear(bucket: string): boolean {
  return bucket.length === 4;
}

/** Entries that an item can hold, and those that are too large alone, of which nothing would be read. */
export function bySize({ messages, registers }: Batch): { fit: Batch; large: Batch } {
  const large = {
    messages: messages.filter((entry) => isLarge(entry, { messages: [entry], registers: [] })),
    registers: registers.filter((entry) => isLarge(entry, { messages: [], registers: [entry] })),
  };
  const isFit = (entry: MessageEntry | RegisterEntry): boolean => !all.has(entry);
  const all = new Set<MessageEntry | RegisterEntry>([...large.messages, ...large.registers]);
  return {
    fit: { messages: messages.filter(isFit), registers: registers.filter(isFit) },
    large,
  };
}

/** Few are packed to find out. */
function isLarge(entry: MessageEntry | RegisterEntry, alone: Batch): boolean {
  const units = JSON.stringify(entry).length + BARE_ENTRY;
  return units * CHARACTERS_OF_UNIT > MOST_READ && packBatch(alone).text.length > MOST_READ;
}

export type Part = { id: string; payload: string; batch: Batch };
/**
 * parts: all items the bucket should have; those that are there already need not be published. bare: items in whose place
 * nothing that is known belongs any more.
 */
export type Fold = { parts: Part[]; superseded: string[]; bare: string[] };

/**
 * How a bucket is to be folded. `batch`: all that is known of it, so also all that those items among `live` say that
 * may go. `superseded`: to be taken away once all parts were seen on the server. `most`: characters of a payload. What is
 * too large alone is in no part, and the items that may say some of it stay.
 */
export function planFold(
  bucket: string,
  batch: Batch,
  live: readonly string[],
  most = MAX_PAYLOAD,
): Fold {
  const { fit, large } = bySize(batch);
  const kept = placed(bucket, large).map(({ at }) => at.toString(2).padStart(MAX_DEPTH, "0"));
  const own = live.flatMap((id) => {
    const parsed = isItemOf(id, bucket) ? parseItemId(id) : undefined;
    return parsed === undefined ? [] : [{ id, ...parsed }];
  });
  const halved = own.filter((item) => item.bucket === bucket).map(({ part }) => part);
  const whole = { part: "", from: 0, size: 2 ** 32 };
  const parts = partsOf(placed(bucket, fit), whole, { bucket, halved, most });
  const found = parts.map(({ id }) => ({ id, part: parseItemId(id)?.part ?? "" }));
  const superseded: string[] = [];
  const bare: string[] = [];
  for (const item of own) {
    if (kept.some((at) => item.bucket !== bucket || at.startsWith(item.part))) continue;
    const within = found.filter(({ part }) => item.bucket !== bucket || part.startsWith(item.part));
    if (within.length === 0) bare.push(item.id);
    else if (within.every(({ id }) => id !== item.id)) superseded.push(item.id);
  }
  return { parts, superseded, bare };
}

/** How many items of each bucket a fold would clear away. `today`: days since the epoch. */
export function spareItems(ids: readonly string[], today: number): Map<string, number> {
  const all = new Map<string, string[]>();
  const spare = new Map<string, number>();
  for (const { bucket, part } of ids.flatMap((id) => parseItemId(id) ?? [])) {
    const now = bucketToday(bucket, today);
    spare.set(now, (spare.get(now) ?? 0) + 1);
    if (now === bucket) all.set(now, [...(all.get(now) ?? []), part]);
  }
  for (const [bucket, parts] of all) {
    const needed = [...new Set(parts)].filter(
      (part) => !parts.some((other) => other !== part && other.startsWith(part)),
    );
    spare.set(bucket, (spare.get(bucket) ?? 0) - needed.length);
  }
  return spare;
}

/** Entries with their places in the bucket, a number of 32 bits. */
type Placed = { at: number; message?: MessageEntry; register?: RegisterEntry };
type How = { bucket: string; halved: readonly string[]; most: number };
type Range = { part: string; from: number; size: number };

/**
 * Messages by their days, since those of one day are mostly spoken of in one sitting, and those of a day by key;
 * registers by a hash of their names.
 */
function placed(bucket: string, { messages, registers }: Batch): Placed[] {
  const { from, to } = monthsOf(bucket);
  const [first, end] = [firstDayOf(from), firstDayOf(to + 1)];
  const ofMessage = ({ key, day }: MessageEntry): number => {
    const nth = Math.min(Math.max(day, first), end - 1) - first;
    return Math.floor((nth * 2 ** 32 + Number.parseInt(key.slice(0, 8), 16)) / (end - first));
  };
  return [
    ...messages.map((message) => ({ at: ofMessage(message), message })),
    ...registers.map((register) => ({ at: hashOf(register.name), register })),
  ];
}

/**
 * One item, or those of both halves: where it would be too large, and where somebody halved it before. An entry that is
 * larger alone is an item all the same; the server decides.
 */
function partsOf(entries: readonly Placed[], range: Range, how: How): Part[] {
  if (entries.length === 0) return [];
  const { part, from, size } = range;
  const isHalved = how.halved.some((other) => other.startsWith(part) && other !== part);
  const isWhole = part.length === MAX_DEPTH || (entries.length === 1 && !isHalved);
  if (isWhole || (!isHalved && entries.length * LEAST_CHARACTERS <= how.most)) {
    const one = partOf(entries, part, how.bucket);
    if (isWhole || one.payload.length <= how.most) return [one];
  }
  const half = size / 2;
  const isEarly = ({ at }: Placed): boolean => at < from + half;
  const early = entries.filter(isEarly);
  const late = entries.filter((entry) => !isEarly(entry));
  return [
    ...partsOf(early, { part: `${part}0`, from, size: half }, how),
    ...partsOf(late, { part: `${part}1`, from: from + half, size: half }, how),
  ];
}

function partOf(entries: readonly Placed[], part: string, bucket: string): Part {
  const batch = {
    messages: entries.flatMap(({ message }) => message ?? []),
    registers: entries.flatMap(({ register }) => register ?? []),
  };
  const { text, hash } = packBatch(batch);
  const kind = bucket === REGISTERS ? "r" : `m.${bucket}`;
  return { id: `${kind}${part === "" ? "" : `.${part}`}.${hash}`, payload: text, batch };
}

/** The first four bytes of a name's SHA-256, as a number. */
function hashOf(name: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = sha256(new TextEncoder().encode(name));
  return a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
}
