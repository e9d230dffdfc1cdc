import { beforeEach, expect, test, vi } from "vitest";

const kept = new Map<string, string>();
type Map_ = typeof import("../../src/ui/keys/key-map.ts");
let keys: Map_;

beforeEach(async () => {
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
  vi.resetModules();
  keys = await import("../../src/ui/keys/key-map.ts");
});

/** As after a reload. */
async function reload(): Promise<void> {
  vi.resetModules();
  keys = await import("../../src/ui/keys/key-map.ts");
}

test("Gmail's keys are there at first", () => {
  expect(keys.keysOf("archive")).toEqual(["e"]);
  expect(keys.actionsOf("!")).toEqual(["spam", "notSpam"]);
  expect(keys.chordsOf("g").map(({ key }) => key)).toContain("i");
  expect(keys.keyOf("unread")).toBe("Shift+U");
  expect(keys.keyOf("goInbox")).toBe("g i");
  expect(keys.keyOf("palette")).toBe("Ctrl+K");
  expect(keys.titleOf("Archive", "archive")).toBe("Archive (e)");
  expect(keys.titleOf("Not bound", "moveToInbox")).toBe("Not bound");
});

test.each(["gmail", "outlook", "apple"] as const)(
  "%s: no key of two actions, unless both are meant, and none hides a chord",
  (preset) => {
    keys.setPreset(preset);
    const all = Object.entries(allKeys());
    for (const [id, list] of all)
      for (const key of list)
        for (const [other, others] of all)
          if (
            other !== id &&
            `${id} ${other}` !== "spam notSpam" &&
            `${id} ${other}` !== "notSpam spam"
          )
            expect(others.filter((k) => k === key || k.startsWith(`${key} `))).toEqual([]);
  },
);

function allKeys(): Record<string, readonly string[]> {
  const ids = [
    "archive",
    "delete",
    "spam",
    "notSpam",
    "star",
    "read",
    "unread",
    "unreadFrom",
    "move",
  ];
  const more = ["tag", "snooze", "mute", "undo", "next", "previous", "open", "back", "nextMessage"];
  const rest = [
    "previousMessage",
    "select",
    "selectAll",
    "compose",
    "reply",
    "replyAll",
    "forward",
  ];
  const go = [
    "goInbox",
    "goStarred",
    "goSent",
    "goDrafts",
    "search",
    "help",
    "palette",
    "copyLink",
  ];
  type Id = Parameters<Map_["keysOf"]>[0];
  return Object.fromEntries(
    [...ids, ...more, ...rest, ...go].map((id) => [id, keys.keysOf(id as Id)]),
  );
}

test("a preset decides, and is there after a reload", async () => {
  keys.setPreset("outlook");
  expect(keys.keysOf("compose")).toEqual(["n"]);
  expect(keys.keysOf("spam")).toEqual(["j"]);
  await reload();
  expect(keys.preset()).toBe("outlook");
  expect(keys.actionsOf("n")).toEqual(["compose"]);
});

test("a key of one's own: who had it loses it, after being named; reset brings both back", async () => {
  expect(keys.conflictsOf("snooze", "e")).toEqual(["archive"]);
  keys.remap("snooze", "e");
  expect(keys.actionsOf("e")).toEqual(["snooze"]);
  expect(keys.keysOf("archive")).toEqual([]);
  await reload();
  expect(keys.actionsOf("e")).toEqual(["snooze"]);
  keys.resetKeys();
  expect(keys.actionsOf("e")).toEqual(["archive"]);
  expect(keys.isRemapped()).toBe(false);
});

test("a key that begins chords takes them all, and that is told", () => {
  expect(keys.conflictsOf("archive", "g")).toContain("goInbox");
  expect(keys.conflictsOf("goInbox", "e x")).toEqual(["archive"]);
});

test("single keys off: only those with others held down are left", () => {
  keys.setSingleKeys(false);
  expect(keys.keyOf("archive")).toBeUndefined();
  expect(keys.keyOf("palette")).toBe("Ctrl+K");
  expect(keys.workingKeysOf("undo")).toEqual(["Mod+z"]);
});

test("what lies there and makes no sense is nothing", async () => {
  for (const text of ["{", "null", '{"preset":"emacs","own":{"archive":"e","fly":["x"]}}']) {
    kept.set("envoi-keys", text);
    await reload();
    expect(keys.preset()).toBe("gmail");
    expect(keys.keysOf("archive")).toEqual(["e"]);
  }
});
