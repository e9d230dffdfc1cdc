import type { Commands } from "../../api/contract.ts";
import { isPreference } from "../../mail/preferences.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";
import { WORKING_STORES, WorkingSet } from "../working-set.ts";

/** Sets one; a value that there is not is refused. What follows from it is done in the same transaction. */
export async function setPreference(
  { store, bus, now, me }: AccountContext,
  { name, value }: Commands["setPreference"]["args"],
): Promise<null> {
  if (!isPreference(name, value)) throw new Error(`no preference "${name}" of that value`);
  const movesChats = name === "chatsAsMail";
  await store.write(movesChats ? WORKING_STORES : ["meta"], async (tx) => {
    const row = await readMeta(tx, "preferences");
    const set = movesChats ? await WorkingSet.open(tx, me) : undefined;
    await set?.listChats(value === true);
    putMeta(tx, "preferences", { ...row, [name]: { value, at: now() } });
    await set?.flush();
  });
  bus.touch(movesChats ? ["preferences", "mail"] : ["preferences"], { urgent: true });
  return null;
}
