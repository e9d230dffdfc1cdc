import type { Commands } from "../../api/contract.ts";
import { isPreference } from "../../mail/preferences.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";

/** Sets one; a value that there is not is refused. */
export async function setPreference(
  { store, bus, now }: AccountContext,
  { name, value }: Commands["setPreference"]["args"],
): Promise<null> {
  if (!isPreference(name, value)) throw new Error(`no preference "${name}" of that value`);
  await store.write(["meta"], async (tx) => {
    const row = await readMeta(tx, "preferences");
    putMeta(tx, "preferences", { ...row, [name]: { value, at: now() } });
  });
  bus.touch(["preferences"], { urgent: true });
  return null;
}
