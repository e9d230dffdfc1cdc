import { expect, test, vi } from "vitest";
import { saveDraft } from "../../src/engine/commands/drafts.ts";
import { createRescue } from "../../src/engine/rescue.ts";
import { newDraft } from "../../src/mail/reply.ts";
import { accountOnTrial } from "./store-on-trial.ts";

test("what the account was told makes no tab read drafts and unsent mail again", async () => {
  const context = await accountOnTrial();
  const read = vi.spyOn(context.store, "read");
  const times = (name: string): number =>
    read.mock.calls.filter(([names]) => names.some((each) => each === name)).length;
  const rescue = createRescue(context);
  await vi.waitFor(() => expect(times("bodies")).toBe(1));
  for (let count = 0; count < 3; count++) context.bus.touch(["state"]);
  await vi.waitFor(() => expect(times("meta")).toBe(5));
  expect(times("bodies")).toBe(1);
  await saveDraft(context, { draft: { ...newDraft("a-draft-of-mine", 0), body: "Hello" } });
  await vi.waitFor(() => expect(times("bodies")).toBe(2));
  rescue.stop();
});
