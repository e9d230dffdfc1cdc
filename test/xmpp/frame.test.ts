import fc from "fast-check";
import { expect, test } from "vitest";
import { parseFrame } from "../../src/xmpp/frame.ts";

test("one complete element is one element", () => {
  const frame = parseFrame(
    "<message xmlns='jabber:client' from='a@b'><body>x &amp; y &#9731;</body></message>",
  );
  expect(frame.ok && frame.element.getChildText("body")).toBe("x & y ☃");
});

test.each([
  ["nothing", ""],
  ["text alone", "hello"],
  ["an unclosed element", "<message><body>x</body>"],
  ["an element that a next frame would close", "<message from='a'><forwarded>"],
  ["a closing tag alone", "</message>"],
  ["two elements", "<message/><message/>"],
  ["trailing text", "<message/>x"],
  ["crossed tags", "<a><b></a></b>"],
  ["a NUL by reference", "<message><body>&#0;</body></message>"],
  ["a control character", "<message><body>\u0001</body></message>"],
  ["a comment", "<message><!-- x --></message>"],
  ["a processing instruction", "<?xml version='1.0'?><message/>"],
  ["a document type", "<!DOCTYPE x [<!ENTITY a 'b'>]><message/>"],
  ["an undeclared prefix", "<message><x:y/></message>"],
  ["a tag that is none", "<1><2/></1>"],
])("%s is malformed", (_what, text) => {
  expect(parseFrame(text)).toMatchObject({ ok: false, reason: "malformed" });
});

test("a stanza nested 3,000 deep is skipped, not fatal", () => {
  const deep = `<message from='a@b'>${"<x>".repeat(3000)}${"</x>".repeat(3000)}</message>`;
  expect(parseFrame(deep)).toEqual({ ok: false, reason: "too-deep", name: "message" });
});

test("whatever comes, it does not throw", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "<",
      ">",
      "/",
      "message",
      " ",
      "='",
      "'",
      "&",
      "&#x",
      ";",
      "<![CDATA[",
      "]]>",
      "xmlns",
      ":",
      "</message>",
      "<body>",
    ),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      expect(typeof parseFrame(pieces.join("")).ok).toBe("boolean");
    }),
    { numRuns: 2000 },
  );
});
