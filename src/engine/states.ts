/** What is said of messages, read and written beside a working set, in its transaction. Store: state. */
import { nextStamp, type Stamp } from "../mail/clock.ts";
import type { Message, NewMessage } from "../mail/message.ts";
import {
  type Field,
  type FieldValue,
  later,
  type MessageState,
  saidOf,
  stateKey,
  withField,
  withState,
} from "../mail/state.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { putRow } from "../store/put.ts";
import type { ReadTx, WriteTx } from "../store/schema.ts";
import type { WorkingSet } from "./working-set.ts";

export class States {
  private readonly tx: WriteTx;
  private readonly known = new Map<string, MessageState>();
  private readonly said = new Set<string>();

  constructor(tx: WriteTx) {
    this.tx = tx;
  }

  async load(messages: readonly Message[]): Promise<void> {
    const keys = [...new Set(messages.map(stateKey))].filter((key) => !this.known.has(key));
    const store = this.tx.objectStore("state");
    await Promise.all(
      keys.map(async (key) => this.known.set(key, (await store.get(key))?.said ?? {})),
    );
  }

  /** What is said of a message that was loaded. */
  of(message: Message): MessageState {
    return this.known.get(stateKey(message)) ?? {};
  }

  /** Says it, unless something later was said; the row follows. Returns the row as it is now. */
  say(set: WorkingSet, row: Message, field: Field, value: FieldValue, stamp: Stamp): Message {
    const key = stateKey(row);
    const state = this.known.get(key) ?? {};
    const said = later(state[field], [value, stamp]);
    if (said?.[0] !== value || said[1] !== stamp) return row;
    this.known.set(key, { ...state, [field]: said });
    this.said.add(key);
    const next = withField(row, field, value);
    set.change(next);
    return next;
  }

  /** After the last word, before the end of the transaction. */
  flush(): void {
    for (const key of this.said)
      putRow(this.tx, "state", { said: this.known.get(key) ?? {}, pending: 1 }, key);
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

/** Stamps of this device, each later than all before it; `putClock` at the end of the transaction. */
export type Clock = { next: () => Stamp; last: () => Stamp | undefined };

export async function readClock(tx: WriteTx, now: number): Promise<Clock> {
  const [last, known] = await Promise.all([readMeta(tx, "clock"), readMeta(tx, "device")]);
  const device = known ?? newDevice(tx);
  let stamp = last;
  return { next: () => (stamp = nextStamp(stamp, now, device)), last: () => stamp };
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
