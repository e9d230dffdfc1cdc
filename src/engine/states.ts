/** What is said of messages, read and written beside a working set, in its transaction. Store: state. */
import { type Made, nextStamp, type Stamp, stampOver } from "../mail/clock.ts";
import type { Message, NewMessage } from "../mail/message.ts";
import {
  type Field,
  type FieldValue,
  later,
  type MessageState,
  saidOf,
  stateKey,
  whenOf,
  withField,
  withState,
} from "../mail/state.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { putRow } from "../store/put.ts";
import { readMany } from "../store/read-many.ts";
import type { Restored, StateRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/schema.ts";
import type { WorkingSet } from "./working-set.ts";

export class States {
  private readonly tx: WriteTx;
  private readonly known = new Map<string, MessageState>();
  private readonly restored = new Map<string, Restored>();
  private readonly made = new Map<string, NonNullable<StateRow["made"]>>();
  private readonly said = new Map<string, Message["at"]>();

  constructor(tx: WriteTx) {
    this.tx = tx;
  }

  async load(messages: readonly Message[]): Promise<void> {
    const keys = [...new Set(messages.map(stateKey))].filter((key) => !this.known.has(key));
    const rows = await readMany(this.tx, "state", keys);
    keys.forEach((key, index) => {
      this.known.set(key, rows[index]?.said ?? {});
      this.restored.set(key, rows[index]?.restored ?? {});
      this.made.set(key, rows[index]?.made ?? {});
    });
  }

  /** What is said of a message that was loaded. */
  of(message: Message): MessageState {
    return this.known.get(stateKey(message)) ?? {};
  }

  /** The stamp of the word that stands. */
  stampOf(message: Message, field: Field): Stamp | undefined {
    return this.of(message)[field]?.[1];
  }

  /** When the word that stands was said; what Undo put back, when it was said first. */
  saidAt(message: Message, field: Field): Stamp | undefined {
    const stamp = this.of(message)[field]?.[1];
    const restored = this.restored.get(stateKey(message))?.[field];
    return restored !== undefined && restored[0] === stamp ? restored[1] : stamp;
  }

  /** The stamp of a word of this device that replaces the one that stands. */
  make(clock: Clock, message: Message, field: Field): Made {
    return clock.make(this.stampOf(message, field), this.made.get(stateKey(message))?.[field]);
  }

  /**
   * Says it, unless something later was said; the row follows. A rule's stamp is the same on every device; a person's word is
   * made here. `then`: it was said before, at that time, and is put back. Returns the row as it is now.
   */
  say(
    set: WorkingSet,
    row: Message,
    field: Field,
    value: FieldValue,
    by: Stamp | Made,
    then?: Stamp,
  ): Message {
    const key = stateKey(row);
    const stamp = typeof by === "string" ? by : by.stamp;
    const state = this.known.get(key) ?? {};
    const said = later(state[field], [value, stamp]);
    if (said?.[0] !== value || said[1] !== stamp) return row;
    this.known.set(key, { ...state, [field]: said });
    this.said.set(key, row.at);
    const { [field]: _before, ...made } = this.made.get(key) ?? {};
    this.made.set(key, typeof by === "string" ? made : { ...made, [field]: by });
    if (then !== undefined)
      this.restored.set(key, { ...this.restored.get(key), [field]: [stamp, then] });
    const next = withField(row, field, value);
    set.change(next);
    return next;
  }

  /** After the last word, before the end of the transaction. */
  flush(): void {
    for (const [key, at] of this.said) {
      const restored = this.restored.get(key) ?? {};
      const made = this.made.get(key) ?? {};
      const row: StateRow = {
        said: this.known.get(key) ?? {},
        ...whenOf(at),
        pending: 1,
        ...(Object.keys(restored).length > 0 ? { restored } : {}),
        ...(Object.keys(made).length > 0 ? { made } : {}),
      };
      putRow(this.tx, "state", row, key);
    }
  }
}

/** New messages of which something was said before they came here, as that says. */
export async function withWhatWasSaid<M extends NewMessage>(
  tx: ReadTx,
  messages: readonly M[],
): Promise<readonly M[]> {
  const store = tx.objectStore("state");
  if (messages.length === 0 || (await store.openKeyCursor()) === null) return messages;
  const rows = await Promise.all(messages.map((message) => store.get(stateKey(message))));
  return messages.map((message, index) => {
    const said = rows[index]?.said;
    return said === undefined ? message : withState(message, saidOf(message, said));
  });
}

/**
 * Stamps of this device, each later than all before it; `putClock` at the end of the transaction. `after`, `replaced`: of the
 * word that it replaces, which may have been `made` here. Where that is of a clock far ahead, the stamp follows it and the
 * clock does not.
 */
export type Clock = {
  next: (after?: Stamp) => Stamp;
  make: (replaced?: Stamp, made?: Made) => Made;
  last: () => Stamp | undefined;
};

export async function readClock(tx: WriteTx, now: number): Promise<Clock> {
  const [last, known, offset = 0, settled] = await Promise.all([
    readMeta(tx, "clock"),
    readMeta(tx, "device"),
    readMeta(tx, "clockOffset"),
    readMeta(tx, "clockSettled"),
  ]);
  const device = known ?? newDevice(tx);
  const at = now + offset;
  let stamp = last;
  const make = (replaced?: Stamp, made?: Made): Made => {
    const isUnknown = made?.stamp === replaced && isUnsettled(made, settled, stamp);
    const own = nextStamp(stamp, at, device);
    stamp = own;
    // Of words that nobody else knows only the last will ever be known.
    const over = isUnknown ? made?.over : replaced;
    return { stamp: stampOver(own, replaced), own, at, ...(over === undefined ? {} : { over }) };
  };
  return { next: (after) => make(after).stamp, make, last: () => stamp };
}

/** Whether a clock that is put right may make it anew. `last`: the clock's. */
export function isUnsettled(
  made: Made | undefined,
  settled: Stamp | undefined,
  last: Stamp | undefined,
): made is Made {
  if (made === undefined || last === undefined) return false;
  return made.own <= last && (settled === undefined || made.own > settled);
}

export function putClock(tx: WriteTx, clock: Clock): void {
  const last = clock.last();
  if (last !== undefined) putMeta(tx, "clock", last);
}

/** Six characters tell a person's devices apart. */
function newDevice(tx: WriteTx): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  const device = number.toString(36).padStart(7, "0").slice(-6);
  putMeta(tx, "device", device);
  return device;
}
