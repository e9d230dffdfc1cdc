import { beforeAll, expect, test, vi } from "vitest";

let keyName: typeof import("../../src/ui/shortcuts.ts").keyName;
beforeAll(async () => {
  vi.stubGlobal("localStorage", { getItem: () => null });
  ({ keyName } = await import("../../src/ui/shortcuts.ts"));
});

test.each([
  ["US", "j", "KeyJ", false, "j"],
  ["US", "?", "Slash", true, "?"],
  ["Russian", "о", "KeyJ", false, "j"],
  ["Russian", "Г", "KeyU", true, "U"],
  ["Greek", "ξ", "KeyJ", false, "j"],
  ["Hebrew", "ח", "KeyJ", false, "j"],
  ["French AZERTY", "a", "KeyQ", false, "a"],
  ["Dvorak", "j", "KeyC", false, "j"],
  ["Russian", "ж", "Semicolon", false, ";"],
  ["any", "Enter", "Enter", false, "Enter"],
])("%s: %s at %s", (_layout, key, code, shiftKey, expected) => {
  expect(keyName({ key, code, shiftKey })).toBe(expected);
});
