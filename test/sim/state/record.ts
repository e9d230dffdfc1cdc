/**
 * Everything that was ever said, from the databases themselves: each committed write of what is said of messages and of
 * the account, field by field. Knows nothing of how the engine joins them: of two words the later counts.
 */
import { decodeBatch } from "../../../src/mail/account-state/batch.ts";
import { deviceOf, type Stamp } from "../../../src/mail/clock.ts";
import { saidIn } from "../../../src/mail/state.ts";
import type { RegisterRow, StateRow } from "../../../src/store/rows.ts";
import { currentTab, type Device } from "../tab.ts";

export type Word = { value: unknown; stamp: Stamp };
/** By `message KEY FIELD` or `register NAME`. */
export type Words = Map<string, Word>;

type Write = { store: string; key: string; value: unknown };
type Watcher = (device: Device, writes: Write[]) => void;

let watcher: Watcher | undefined;
const writesOf = new WeakMap<IDBTransaction, Write[]>();

/** Every put into these stores is told of when its transaction is done; once for the process. */
export function followWrites(): void {
  const { prototype } = IDBObjectStore;
  // oxlint-disable-next-line typescript/unbound-method
  const original = prototype.put;
  prototype.put = function put(value: unknown, key?: IDBValidKey) {
    const { name, transaction } = this;
    if (name === "state" || name === "registers" || name === "meta")
      note(transaction, { store: name, key: typeof key === "string" ? key : "", value });
    return original.call(this, value, key);
  };
}

function note(transaction: IDBTransaction, write: Write): void {
  const known = writesOf.get(transaction);
  if (known !== undefined) return void known.push(write);
  const device = currentTab()?.device;
  const writes = [write];
  writesOf.set(transaction, writes);
  transaction.addEventListener("complete", () => {
    if (device !== undefined) watcher?.(device, writes);
  });
}

export class Record {
  /** What each device's database says. */
  private readonly databases = new Map<Device, Words>();
  private readonly said = new Map<string, Map<Stamp, unknown>>();
  private readonly onServer = new Set<string>();
  private readonly names = new Map<Device, string>();
  private readonly complain: (text: string) => void;

  constructor(complain: (text: string) => void) {
    this.complain = complain;
    watcher = (device, writes) => this.take(device, writes);
  }

  wordsOn(device: Device): Words {
    const known = this.databases.get(device) ?? new Map<string, Word>();
    this.databases.set(device, known);
    return known;
  }

  /** What must stand in the end. */
  get all(): Words {
    return new Map(
      [...this.said].flatMap(([subject, words]): [string, Word][] => {
        const [stamp] = [...words.keys()].sort().slice(-1);
        return stamp === undefined ? [] : [[subject, { value: words.get(stamp), stamp }]];
      }),
    );
  }

  /** Every value that was ever said there. */
  valuesOf(subject: string): unknown[] {
    return [...(this.said.get(subject)?.values() ?? [])];
  }

  published(payload: string): void {
    for (const [subject, { stamp }] of wordsIn(payload) ?? [])
      this.onServer.add(`${subject} ${stamp}`);
  }

  private take(device: Device, writes: readonly Write[]): void {
    for (const { store, key, value } of writes)
      if (store === "meta" && key === "device") this.names.set(device, String(value));
    const isClockSet = writes.some((w) => w.store === "meta" && w.key === "clockOffset");
    const words = this.wordsOn(device);
    for (const write of writes) {
      for (const [subject, word] of wordsOf(write)) {
        const before = words.get(subject);
        if (before?.stamp === word.stamp && asText(before.value) === asText(word.value)) continue;
        if (before !== undefined && before.stamp > word.stamp)
          this.stepBack(device, subject, before, isClockSet);
        words.set(subject, word);
        const all = this.said.get(subject) ?? new Map<Stamp, unknown>();
        this.said.set(subject, all);
        const known = all.get(word.stamp);
        if (!all.has(word.stamp) || asText(known) < asText(word.value))
          all.set(word.stamp, word.value);
        // A rule may say two things of one moment, and all devices agree which counts; a person cannot.
        const isOther = known !== undefined && asText(known) !== asText(word.value);
        if (isOther && deviceOf(word.stamp) !== "")
          this.complain(`${device.name}: two values of one moment ${word.stamp} in ${subject}`);
      }
    }
  }

  /** Only where a clock is put right; what it said wrongly and nobody else heard was never said. */
  private stepBack(device: Device, subject: string, before: Word, isClockSet: boolean): void {
    const own = this.names.get(device);
    if (!isClockSet || deviceOf(before.stamp) !== own)
      return this.complain(`${device.name} forgets a later word of ${subject}, ${before.stamp}`);
    const words = this.said.get(subject);
    for (const stamp of words?.keys() ?? [])
      if (deviceOf(stamp) === own && !this.onServer.has(`${subject} ${stamp}`))
        words?.delete(stamp);
  }
}

function wordsOf({ store, key, value }: Write): [string, Word][] {
  if (store === "registers") {
    const [said, stamp] = (value as RegisterRow).said;
    return [[`register ${key}`, { value: said, stamp }]];
  }
  if (store !== "state") return [];
  return saidIn((value as StateRow).said).map(([field, [said, stamp]]) => [
    `message ${key} ${field}`,
    { value: said, stamp },
  ]);
}

/** As mail/state.ts tells two words of one stamp apart. */
function asText(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

/** What an item says; undefined where it cannot be read. */
export function wordsIn(payload: string): [string, Word][] | undefined {
  const decoded = payload === "" ? undefined : decodeBatch(payload);
  if (decoded === undefined || !("batch" in decoded)) return undefined;
  const { messages, registers } = decoded.batch;
  return [
    ...messages.flatMap(({ key, said }) => wordsOf({ store: "state", key, value: { said } })),
    ...registers.flatMap(({ name, said }) =>
      wordsOf({ store: "registers", key: name, value: { said } }),
    ),
  ];
}

/** What of these words is said by none of the others, or only earlier. */
export function lackingIn(words: Iterable<[string, Word]>, others: Words): string[] {
  return [...words].flatMap(([subject, { stamp }]) =>
    (others.get(subject)?.stamp ?? "") >= stamp ? [] : [`${subject} ${stamp}`],
  );
}

export function together(all: Iterable<readonly [string, Word]>): Words {
  const words: Words = new Map();
  for (const [subject, word] of all)
    if ((words.get(subject)?.stamp ?? "") < word.stamp) words.set(subject, word);
  return words;
}
