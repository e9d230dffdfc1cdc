import { expect, test } from "vitest";
import type { Stamp } from "../../src/mail/clock.ts";
import { asTree, type Label, labelName, mayStandIn } from "../../src/mail/label.ts";

const stamp = "" as Stamp;
const label = (id: string, inside: string | null, order = 0): Label => ({
  id,
  kind: "folder",
  name: [id, stamp],
  hue: [25, stamp],
  inside: [inside, stamp],
  order: [order, stamp],
});

test("each stands below what it is inside of, siblings by order, then name", () => {
  const tree = asTree(
    [label("b", null, 1), label("a", null, 2), label("c", "b"), label("d", "c")],
    "folder",
  );
  expect(tree.map((t) => `${t.depth}${t.label.id}`)).toEqual(["0b", "1c", "2d", "0a"]);
});

test("what two devices moved into each other is shown all the same, once", () => {
  const tree = asTree([label("a", "b"), label("b", "a"), label("c", "gone")], "folder");
  expect(tree.map((t) => t.label.id).sort()).toEqual(["a", "b", "c"]);
});

test("what stands inside a label of the other kind, or of one in a ring, is shown at the top", () => {
  const tag: Label = { ...label("tag", null), kind: "tag" };
  const all = [tag, label("a", "tag"), label("b", "c"), label("c", "b"), label("d", "c")];
  const tree = asTree(all, "folder");
  expect(tree.map((t) => `${t.depth}${t.label.id}`).sort()).toEqual(["0a", "0b", "0c", "0d"]);
});

test("nothing stands inside itself", () => {
  const all = [label("a", null), label("b", "a"), label("c", "b")];
  expect(mayStandIn(all, "a", "c")).toBe(false);
  expect(mayStandIn(all, "a", "a")).toBe(false);
  expect(mayStandIn(all, "c", "a")).toBe(true);
});

test("names of any script, without what would deceive", () => {
  expect(labelName("  Работа  🚢 \n 2026 ")).toBe("Работа 🚢 2026");
  expect(labelName("a\u202Eb")).toBe("a b");
  expect(labelName(" \u0007 ")).toBeUndefined();
});
