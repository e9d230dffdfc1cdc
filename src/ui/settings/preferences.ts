/** What a person wants, as everything that goes by it reads it: the defaults until the database has said. */
import { createSignal, onCleanup } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import {
  FIRST_PREFERENCES,
  type PreferenceName,
  type Preferences,
} from "../../mail/preferences.ts";
import { act } from "../act.ts";
import { hearChoices, tellChoices } from "../shared-choice.ts";

const [preferences, setPreferences] = createSignal<Preferences>(FIRST_PREFERENCES);
export { preferences };

/** What to show once the open conversation is gone from its list. */
export const afterArchiving = (): Preferences["afterArchiving"] => preferences().afterArchiving;

/** Follows them while the owner lives. */
export function createPreferences(api: ApiClient): void {
  tellChoices((name, value) => act(api, "setPreference", { name, value }));
  onCleanup(
    api.subscribe("preferences", null, (said) => {
      setPreferences(said);
      hearChoices(said);
    }),
  );
  onCleanup(() => {
    setPreferences(FIRST_PREFERENCES);
    tellChoices(undefined);
  });
}

export function setPreference<N extends PreferenceName>(
  api: ApiClient,
  name: N,
  value: NonNullable<Preferences[N]>,
): void {
  act(api, "setPreference", { name, value });
}
