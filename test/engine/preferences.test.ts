import { expect, test } from "vitest";
import { setPreference } from "../../src/engine/commands/preferences.ts";
import { readPreferences } from "../../src/engine/queries/preferences.ts";
import { FIRST_PREFERENCES, preferencesOf } from "../../src/mail/preferences.ts";
import { readMeta } from "../../src/store/meta.ts";
import { accountOnTrial } from "./store-on-trial.ts";

test("each is kept by itself, with its time, and told", async () => {
  const context = await accountOnTrial();
  expect(await readPreferences(context)).toEqual(FIRST_PREFERENCES);
  await setPreference(context, { name: "afterArchiving", value: "older" });
  await setPreference(context, { name: "spelling", value: false });
  expect(await readPreferences(context)).toEqual({
    ...FIRST_PREFERENCES,
    afterArchiving: "older",
    spelling: false,
  });
  expect(context.touched).toEqual(["preferences", "preferences"]);
  const row = await context.store.read(["meta"], (tx) => readMeta(tx, "preferences"));
  expect(row?.afterArchiving?.at).toBeLessThan(row?.spelling?.at ?? 0);
});

test("a value that there is not is refused, and one that was kept is passed over", async () => {
  const context = await accountOnTrial();
  await expect(setPreference(context, { name: "afterArchiving", value: true })).rejects.toThrow(
    "no preference",
  );
  expect(preferencesOf({ spelling: { value: "yes" as never, at: 1 } })).toEqual(FIRST_PREFERENCES);
});
