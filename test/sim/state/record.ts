/** Everything that was ever said, from the databases themselves, field by field. */
import { deviceOf, type Stamp } from "../../../src/mail/clock.ts";
import { asText, type Word, type Words, wordsIn, wordsOf, type Write } from "./words.ts";

/** Written where a clock is put right. */
const CLOCK: ReadonlySet<unknown> = new Set(["clockOffset", "clockSettled"]);

export class Record<Device extends { readonly name: string }> {
  /** What each device's database says. */
  private readonly databases = new Map<Device, Words>();
  private readonly said = new Map<string, Map<Stamp, unknown>>();
  private readonly onServer = new Set<string>();
  private readonly names = new Map<Device, string>();
  private readonly complain: (text: string) => void;

  constructor(complain: (text: string) => void) {
    this.complain = complain;
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

  /** What came into a device's database, in this order. */
  take(device: Device, writes: readonly Write[]): void {
    for (const { store, key, value } of writes)
      if (store === "meta" && key === "device") this.names.set(device, String(value));
    const isClockSet = writes.some((w) => w.store === "meta" && CLOCK.has(w.key));
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
        const isOwn = deviceOf(word.stamp) === this.names.get(device);
        // A clock that is put right may find the stamp that it gave, for another time to sleep until.
        if (isClockSet && isOwn && !this.onServer.has(`${subject} ${word.stamp}`))
          all.delete(word.stamp);
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
