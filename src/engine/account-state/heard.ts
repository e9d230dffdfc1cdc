/** The latest word that came here or may have left: a clock that is put right moves none of those, nor one behind them. */
import type { Batch } from "../../mail/account-state/batch.ts";
import { deviceOf, type Stamp } from "../../mail/clock.ts";
import { saidIn } from "../../mail/state.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";

/** Before it is joined, and before it is sent: whoever is interrupted has heard too much rather than too little. */
export async function hear({ store }: AccountContext, batches: readonly Batch[]): Promise<void> {
  const latest = batches.map(latestIn).reduce(later, undefined);
  if (latest === undefined) return;
  await store.write(["meta"], async (tx) => {
    const known = await readMeta(tx, "stateHeard");
    if (known === undefined || latest > known) putMeta(tx, "stateHeard", latest);
  });
}

function latestIn({ messages, registers }: Batch): Stamp | undefined {
  let latest: Stamp | undefined;
  for (const { said } of messages)
    for (const [, [, stamp]] of saidIn(said)) latest = later(latest, stamp);
  // What a rule says of the account is stamped by no moment (mail/account-state/registers.ts `firstSignInSaid`).
  for (const { said } of registers) if (deviceOf(said[1]) !== "") latest = later(latest, said[1]);
  return latest;
}

function later(a: Stamp | undefined, b: Stamp | undefined): Stamp | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b > a ? b : a;
}
