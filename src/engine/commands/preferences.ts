import type { Commands } from "../../api/contract.ts";
import { settingRegister } from "../../mail/account-state/registers.ts";
import { isPreference } from "../../mail/preferences.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import { sayRegister } from "../account-state/registers.ts";
import type { AccountContext } from "../context.ts";
import { putClock, readClock } from "../states.ts";
import { WORKING_STORES, WorkingSet } from "../working-set.ts";

/** Sets one; a value that there is not is refused. What follows from it is done in the same transaction. */
export async function setPreference(
  { store, bus, now, me }: AccountContext,
  { name, value }: Commands["setPreference"]["args"],
): Promise<null> {
  if (!isPreference(name, value)) throw new Error(`no preference "${name}" of that value`);
  const movesChats = name === "chatsAsMail";
  const stores = ["registers", ...(movesChats ? WORKING_STORES : (["meta"] as const))] as const;
  await store.write(stores, async (tx) => {
    const row = await readMeta(tx, "preferences");
    const clock = await readClock(tx, now());
    await sayRegister(tx, clock, settingRegister(name), value);
    putClock(tx, clock);
    const set = movesChats ? await WorkingSet.open(tx, me) : undefined;
    await set?.listChats(value === true);
    putMeta(tx, "preferences", { ...row, [name]: { value, at: now() } });
    await set?.flush();
  });
  bus.touch(movesChats ? ["preferences", "mail"] : ["preferences"], { urgent: true });
  return null;
}
