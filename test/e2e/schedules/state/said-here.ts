/** What a device's database says, for the record of all that was ever said (test/sim/state/record.ts). */
import type { Page } from "playwright-core";
import type { Draft } from "../../../../src/mail/draft.ts";
import type { Message } from "../../../../src/mail/message.ts";
import type { RegisterRow, StateRow } from "../../../../src/store/rows.ts";
import { wordsOf, type Words, type Write } from "../../../sim/state/words.ts";
import { readDatabase } from "../rows.ts";

export type SaidHere = {
  writes: Write[];
  words: Words;
  /** Not known to be in the account. */
  pending: string[];
  messages: readonly Message[];
  drafts: readonly Draft[];
  clockOffset: number;
};

/** `before`: what it was the last time, undefined at first. */
export async function readSaid(
  page: Page,
  jid: string,
  before: SaidHere | undefined,
): Promise<SaidHere> {
  const found = await readDatabase(page, jid, {
    rows: ["state", "registers", "messages", "drafts"],
    keys: ["state", "registers"],
    meta: ["device", "clockOffset"],
  });
  const { device, clockOffset = 0 } = found.meta as { device?: string; clockOffset?: number };
  const rows = ["state", "registers"].flatMap((store) =>
    (found.rows[store] ?? []).map((value, at) => ({
      store,
      key: found.keys[store]?.[at] as string,
      value: value as StateRow | RegisterRow,
    })),
  );
  const clock: Write = { store: "meta", key: "clockOffset", value: clockOffset };
  return {
    writes: [
      { store: "meta", key: "device", value: device },
      ...(clockOffset === (before?.clockOffset ?? 0) ? [] : [clock]),
      ...rows,
    ],
    words: new Map(rows.flatMap(wordsOf)),
    pending: rows.flatMap(({ store, key, value }) =>
      value.pending === 1 ? [`${store} ${key}`] : [],
    ),
    messages: found.rows["messages"] as Message[],
    drafts: found.rows["drafts"] as Draft[],
    clockOffset,
  };
}
