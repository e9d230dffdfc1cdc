/** What a person does with one conversation or many. */
import type { TriageArgs, TriageResult, TriageTarget } from "../../api/contract.ts";
import type { TriageAct } from "../../mail/triage.ts";
import { nameOfAct } from "../../mail/undo.ts";
import { allEntries } from "../../store/entries.ts";
import { readMeta } from "../../store/meta.ts";
import { actOn } from "../act.ts";
import type { AccountContext } from "../context.ts";

export async function triage(
  context: AccountContext,
  { act, on }: TriageArgs,
): Promise<TriageResult> {
  const ids = await idsOf(context, on);
  const name = nameOfAct(act);
  const { count, step } = await actOn(context, await inTime(context, act), ids, name && { name });
  return { count, ...(step === undefined ? {} : { undo: step }) };
}

/** A person goes by the clock they see, which may be known to be wrong; mail comes back by the right one. */
async function inTime({ store }: AccountContext, act: TriageAct): Promise<TriageAct> {
  if (act.do !== "snooze") return act;
  const offset = await store.read(["meta"], (tx) => readMeta(tx, "clockOffset"));
  return { ...act, until: act.until + (offset ?? 0) };
}

async function idsOf({ store }: AccountContext, on: TriageTarget): Promise<number[]> {
  if ("conversations" in on) return [...new Set(on.conversations.flatMap(idOf))];
  const except = new Set(on.except.flatMap(idOf));
  const { place } = on;
  if (place === "drafts") return [];
  const ids = await store.read(["entries"], (tx) => allEntries(tx, place));
  return ids.filter((id) => !except.has(id));
}

/** Rows of conversations are "c" and the number; drafts and gaps are nothing to act on. */
function idOf(row: string): number[] {
  return /^c\d+$/.test(row) ? [Number(row.slice(1))] : [];
}
