/** What is said of the account itself, in the database, and what follows from it: tags, folders, settings. */
import type { RegisterEntry, RegisterSaid, RegisterValue } from "../../mail/account-state/batch.ts";
import {
  labelOf,
  labelOfRegister,
  labelRegisters,
  settingOf,
} from "../../mail/account-state/registers.ts";
import { heardOf, msOf, type Stamp } from "../../mail/clock.ts";
import { isGone } from "../../mail/label.ts";
import { isSameWord, later } from "../../mail/state.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import { putRow } from "../../store/put.ts";
import type { ReadTx, WriteTx } from "../../store/schema.ts";
import type { Clock } from "../states.ts";
import type { WorkingSet } from "../working-set.ts";

/** Says it here, over what was said; it is carried to the account later. */
export async function sayRegister(
  tx: WriteTx,
  clock: Clock,
  name: string,
  value: RegisterValue,
): Promise<Stamp> {
  const row = await tx.objectStore("registers").get(name);
  const made = clock.make(row?.said[1], row?.made);
  putRow(tx, "registers", { said: [value, made.stamp], pending: 1, made }, name);
  return made.stamp;
}

export async function readRegister(tx: ReadTx, name: string): Promise<RegisterSaid | undefined> {
  return (await tx.objectStore("registers").get(name))?.said;
}

/**
 * Takes in what the account says. Stores: WORKING_STORES, registers. Returns what changed here; what was said here and is
 * in it is not pending any more, unless it stands where others do not look for it (not `isSaid`): then what is news waits.
 */
export async function joinRegisters(
  tx: WriteTx,
  set: WorkingSet,
  entries: readonly RegisterEntry[],
  { isSaid }: { isSaid: boolean },
): Promise<RegisterEntry[]> {
  const store = tx.objectStore("registers");
  const known = await Promise.all(entries.map(({ name }) => store.get(name)));
  const news: RegisterEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    const row = known[index];
    const said = later(row?.said, entry.said) ?? entry.said;
    const isOurs = isSameWord(said, row?.said);
    if (!isOurs) news.push(entry);
    const isSaved = isSameWord(said, entry.said);
    if (!isSaid && !isOurs) putRow(tx, "registers", { said, pending: 1 }, entry.name);
    else if (isSaid && isSaved && (!isOurs || row?.pending === 1))
      putRow(tx, "registers", { said }, entry.name);
    else if (row?.made !== undefined && !isSaved) {
      const made = heardOf(row.made, entry.said[1]);
      if (made !== row.made) putRow(tx, "registers", { ...row, made }, entry.name);
    }
  }
  for (const id of new Set(news.flatMap(({ name }) => labelOfRegister(name) ?? [])))
    if (await showLabel(tx, id)) await set.relist(id);
  for (const { name, said } of news) await showSetting(tx, set, name, said);
  return news;
}

/** The label as its registers say it; whether it came or went. Stores: registers, labels. */
export async function showLabel(tx: WriteTx, id: string): Promise<boolean> {
  const names = labelRegisters(id);
  const rows = await Promise.all(names.map((name) => tx.objectStore("registers").get(name)));
  const said = new Map(names.map((name, index) => [name, rows[index]?.said]));
  const label = labelOf(id, (name) => said.get(name));
  if (label === undefined) return false;
  const before = await tx.objectStore("labels").get(id);
  putRow(tx, "labels", label);
  return before?.kind !== label.kind || isGone(before) !== isGone(label);
}

async function showSetting(
  tx: WriteTx,
  set: WorkingSet,
  register: string,
  [value, stamp]: RegisterSaid,
): Promise<void> {
  const setting = settingOf(register, value);
  if (setting === undefined) return;
  const { name, value: shown } = setting;
  const { [name]: _before, ...others } = (await readMeta(tx, "preferences")) ?? {};
  const said = shown === undefined ? {} : { [name]: { value: shown, at: msOf(stamp) } };
  putMeta(tx, "preferences", { ...others, ...said });
  if (name === "chatsAsMail") await set.listChats(shown === true);
}
