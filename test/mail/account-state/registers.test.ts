/** Names of what is said of the account itself. */
import { expect, test } from "vitest";
import { labelOfRegister, labelRegister } from "../../../src/mail/account-state/registers.ts";

test("a place there always is has no label beside it, whatever a register says", () => {
  expect(labelOfRegister(labelRegister("w7", "kind"))).toBe("w7");
  for (const folder of ["inbox", "archive", "spam", "trash", "gone"])
    expect(labelOfRegister(labelRegister(folder, "kind"))).toBeUndefined();
});
