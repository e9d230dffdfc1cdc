import { type Preferences, preferencesOf } from "../../mail/preferences.ts";
import { readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";

export async function readPreferences({ store }: AccountContext): Promise<Preferences> {
  return preferencesOf(await store.read(["meta"], (tx) => readMeta(tx, "preferences")));
}
