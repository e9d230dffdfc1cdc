/**
 * What a person says of a message: read, starred, where it lies, its tags. Each field is a register of its own in which
 * the last word wins, so two devices that say something agree in the end, in whatever order they hear of it.
 */
import { isMoment, LAST_DAY } from "../base/moment.ts";
import { sha256 } from "../base/sha256.ts";
import { msOf, type Stamp } from "./clock.ts";
import { type Jid, parseJid } from "./address.ts";
import { hasStrongId, type Message, type Named } from "./message.ts";

/**
 * read, star, mute: whether. folder: a FolderId, null where it came. snooze: until when, epoch ms, or null. bcc: of a
 * message of mine, as `bccSaid` has it.
 */
export type Field = "read" | "star" | "folder" | "snooze" | "mute" | "bcc" | `tag:${string}`;
export type FieldValue = boolean | string | number | null;
export type Said = readonly [FieldValue, Stamp];
export type MessageState = { readonly [F in Field]?: Said };

type Identified = Pick<Message, "from" | "mid" | "contentHash">;

/**
 * A message's key in the state, the same on every device: archive ids are not (live ones can be forged, sent mail has
 * several). Short ids are used again, so what they stand for is part of the key. The first 64 bits of SHA-256, as hex:
 * a sender chooses ids, and must not be able to aim at what is said of another message.
 */
export function stateKey(message: Identified): string {
  const { from, mid, contentHash } = message;
  const name = hasStrongId(message) ? mid : `${mid}\n${contentHash}`;
  const hash = sha256(new TextEncoder().encode(`${from}\n${name}`));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const DAY_MS = 24 * 3600 * 1000;

/** The day and the month of what was sent at that time (epoch ms), as the state keeps them. */
export function whenOf(at: number): { day: number; month: number } {
  const day = Math.min(Math.max(0, Math.floor(at / DAY_MS)), LAST_DAY);
  return { day, month: monthOf(day) };
}

/** The first day, since the epoch, of a month YYYYMM. */
export function firstDayOf(month: number): number {
  return Date.UTC(Math.floor(month / 100), (month % 100) - 1) / DAY_MS;
}

/** YYYYMM of a day since the epoch, UTC. */
export function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
}

/**
 * What is said of a message that comes in only now. Under a short id the same text may be sent again: of that nothing
 * was said before it was there.
 */
export function saidOf(
  message: Identified & Pick<Message, "at">,
  state: MessageState,
): MessageState {
  if (hasStrongId(message)) return state;
  return Object.fromEntries(
    saidIn(state).filter(([, [, stamp]]) => msOf(stamp) >= message.at),
  ) as MessageState;
}

/** Everything said, field by field. */
export function saidIn(state: MessageState): [Field, Said][] {
  return Object.entries(state) as [Field, Said][];
}

/** Of two words the later; of two of one stamp (a damaged clock) the same one on every device. */
export function later<V>(
  a: readonly [V, Stamp] | undefined,
  b: readonly [V, Stamp] | undefined,
): readonly [V, Stamp] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a[1] !== b[1]) return a[1] > b[1] ? a : b;
  return JSON.stringify(a[0]) >= JSON.stringify(b[0]) ? a : b;
}

/** Whether it is the same word: two of one stamp may say two things, where a profile was copied. */
export function isSameWord(
  a: readonly [unknown, Stamp] | undefined,
  b: readonly [unknown, Stamp] | undefined,
): boolean {
  return a?.[1] === b?.[1] && JSON.stringify(a?.[0]) === JSON.stringify(b?.[0]);
}

/** What both say together: commutative, associative, idempotent. */
export function joined(a: MessageState, b: MessageState): MessageState {
  const all = new Map(saidIn(a));
  for (const [field, said] of saidIn(b)) all.set(field, later(all.get(field), said) ?? said);
  return Object.fromEntries(all) as MessageState;
}

/** The row with all that was said of it. */
export function withState<M extends Omit<Message, "key" | "conversation">>(
  message: M,
  state: MessageState,
): M {
  let next = message;
  for (const [field, [value]] of saidIn(state)) next = withField(next, field, value);
  return next;
}

/** The row with one thing said of it; what is not known here belongs to a newer version, and changes nothing. */
export function withField<M extends Omit<Message, "key" | "conversation">>(
  message: M,
  field: Field,
  value: FieldValue,
): M {
  const next = { ...message };
  const flag = (name: "unread" | "star" | "mute", isSo: boolean): void => {
    if (isSo) next[name] = 1;
    else delete next[name];
  };
  if (field === "read") flag("unread", value === false);
  else if (field === "star" || field === "mute") flag(field, value === true);
  else if (field === "folder") {
    if (typeof value === "string") next.folder = value;
    else delete next.folder;
  } else if (field === "snooze") {
    if (!isMoment(value)) delete next.snooze;
    else if (next.snooze?.until !== value) next.snooze = { until: value };
  } else if (field === "bcc") {
    if (next.direction === "out" && typeof value === "string") next.bcc = bccOf(value, next);
  } else if (field.startsWith("tag:")) {
    const tag = field.slice("tag:".length);
    const tags = (next.tags ?? []).filter((id) => id !== tag);
    if (value === true) tags.push(tag);
    if (tags.length > 0) next.tags = tags.sort();
    else delete next.tags;
  }
  return next;
}

/** Bare addresses, a line each: a comma may stand in one. */
export function bccSaid(bcc: readonly Named[]): string {
  return bcc.map(({ jid }) => jid).join("\n");
}

/** One line's address; several joined by "," are as it was said once. */
function addressesIn(line: string): Jid[] {
  const whole = parseJid(line);
  return whole === undefined ? line.split(",").flatMap((text) => parseJid(text) ?? []) : [whole];
}

/** Names stay where they are known; nobody stands there twice. */
function bccOf(value: string, { to, cc, bcc }: Pick<Message, "to" | "cc" | "bcc">): Named[] {
  const others = new Set([...to, ...cc].map(({ jid }) => jid));
  const jids = new Set(value.split("\n").flatMap(addressesIn));
  return [...jids]
    .filter((jid) => !others.has(jid))
    .map((jid) => bcc.find((known) => known.jid === jid) ?? { jid });
}
