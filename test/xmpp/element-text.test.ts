import { type Element, xml } from "@xmpp/xml";
import fc from "fast-check";
import { expect, test } from "vitest";
import { htmlText, xmlText } from "../../src/xmpp/element-text.ts";
import { parseFrame } from "../../src/xmpp/frame.ts";

const parsed = (text: string): Element => {
  const frame = parseFrame(text);
  if (!frame.ok) throw new Error(frame.reason);
  return frame.element;
};

test("what is written is read back the same", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 });
  const tree = fc.letrec<{ node: Element }>((tie) => ({
    node: fc
      .tuple(text, fc.array(fc.oneof(text, tie("node")), { maxLength: 4, depthIdentifier: "d" }))
      .map(([value, children]) => xml("a", { b: value }, ...children)),
  })).node;
  fc.assert(
    fc.property(tree, (node) => {
      const once = xmlText(parsed(`<message>${xmlText(node, { maxLength: 1e6 }).text}</message>`), {
        maxLength: 1e6,
      });
      expect(once.isWhole).toBe(true);
      const twice = xmlText(parsed(once.text), { maxLength: 1e6 });
      expect(twice.text).toBe(once.text);
      expect(parsed(once.text).toString()).toBe(parsed(twice.text).toString());
    }),
  );
});

test("ten thousand levels are written, not recursed into", () => {
  let deep = xml("b");
  for (let level = 0; level < 10_000; level++) deep = xml("b", {}, deep);
  const { text, isWhole } = xmlText(deep, { maxLength: 1000 });
  expect(isWhole).toBe(false);
  expect(text.startsWith("<b><b><b>")).toBe(true);
  expect(htmlText(deep, 1000).isWhole).toBe(false);
});

test("long data is shortened, long text is not", () => {
  const url = `data:image/png;base64,${"A".repeat(5000)}`;
  const element = xml(
    "message",
    {},
    xml("url", { target: url }),
    xml("body", {}, "é ".repeat(3000)),
  );
  const { text, isWhole } = xmlText(element, { maxLength: 1e6, maxData: 200 });
  expect(isWhole).toBe(false);
  expect(text).toContain(`target="${url.slice(0, 200)}…"`);
  expect(text).toContain("é ".repeat(3000));
});

test("a hole stands where the body was", () => {
  const body = xml("body", {}, "said");
  const { text } = xmlText(xml("message", {}, body, xml("x", {}, "said")), {
    maxLength: 1000,
    without: { element: body, hole: "#" },
  });
  expect(text).toBe("<message><body>#</body><x>said</x></message>");
});
