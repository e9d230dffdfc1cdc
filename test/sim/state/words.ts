/** What devices say to each other, word by word. Knows nothing of how the engine joins them: of two words the later counts. */
import { decodeBatch } from "../../../src/mail/account-state/batch.ts";
import type { Stamp } from "../../../src/mail/clock.ts";
import { saidIn } from "../../../src/mail/state.ts";
import type { RegisterRow, StateRow } from "../../../src/store/rows.ts";

export type Word = { value: unknown; stamp: Stamp };
/** By `message KEY FIELD` or `register NAME`. */
export type Words = Map<string, Word>;
/** A row as it was written. */
export type Write = { store: string; key: string; value: unknown };

export function wordsOf({ store, key, value }: Write): [string, Word][] {
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
export function asText(value: unknown): string {
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
