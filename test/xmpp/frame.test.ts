import { xml } from "@xmpp/xml";
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
  ["a control character in an attribute", "<message id='\u0001'/>"],
  ["a NUL by reference in an attribute", "<message id='&#0;'/>"],
  ["an attribute twice", "<message from='me@example.org' from='evil@x.test'/>"],
  ["attributes without a space", "<message from='a'to='b'/>"],
  ["an attribute without quotes", "<message from=a/>"],
  ["an opening bracket in an attribute", "<message from='<a'/>"],
  ["an unknown entity", "<message><body>&bomb;</body></message>"],
  ["half a surrogate pair", "<message><body>\ud83d</body></message>"],
  ["half a surrogate pair by reference", "<message><body>&#xD83D;</body></message>"],
  ["a character beyond the last", "<message><body>&#x110000;</body></message>"],
  ["CDATA that does not end", "<message><body><![CDATA[x</body></message>"],
  ["CDATA outside of the element", "<message/><![CDATA[x]]>"],
  ["an undeclared prefix of an attribute", "<message x:from='a'/>"],
])("%s is malformed", (_what, text) => {
  expect(parseFrame(text)).toMatchObject({ ok: false, reason: "malformed" });
});

test("a stanza nested 3,000 deep is read without what lies too deep", () => {
  const deep = `<message from='a@b'>${"<x>".repeat(3000)}y${"</x>".repeat(3000)}<body>still here</body></message>`;
  const frame = parseFrame(deep);
  expect(frame.ok && frame.element.getChildText("body")).toBe("still here");
  expect(frame.ok && frame.element.toString().length).toBeLessThan(2000);
  expect(parseFrame(deep.replace("</x></x>", "</x></y>"))).toMatchObject({ ok: false });
});

test("a malformed frame says what it would have been", () => {
  expect(parseFrame("<message><body>&#0;</body></message>")).toMatchObject({ name: "message" });
  expect(parseFrame("<iq type='result' id='x'>")).toMatchObject({ name: "iq" });
  expect(parseFrame("f</body></message>")).not.toHaveProperty("name");
  expect(parseFrame("<messages/")).not.toHaveProperty("name");
});

test("references are characters, and only those", () => {
  const text = (body: string) => {
    const frame = parseFrame(`<m a='${body}'>${body}</m>`);
    return frame.ok ? [frame.element.attrs["a"], frame.element.text()] : undefined;
  };
  expect(text("&lt;b&gt; &amp;amp; &#65;&#x1F600;&apos;&quot;")).toEqual(
    Array(2).fill("<b> &amp; A😀'\""),
  );
  for (const bad of ["&", "a & b", "&amp", "&#xD800;", "&#0;", "&#x;", "&AMP;", "&#99999999999;"])
    expect(text(bad)).toBeUndefined();
});

test("what is written can be read, whatever it says", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (body, id) => {
      // oxlint-disable-next-line no-control-regex
      fc.pre(!/[\u0000-\u001F\uFFFE\uFFFF]/.test(body + id) && (body + id).isWellFormed());
      const frame = parseFrame(xml("message", { id }, xml("body", {}, body)).toString());
      expect(frame.ok && frame.element.attrs["id"]).toBe(id);
      expect(frame.ok && frame.element.getChildText("body")).toBe(body);
    }),
    { numRuns: 500 },
  );
});

test("CDATA is text, also where it looks like a comment", () => {
  const frame = parseFrame("<message><body><![CDATA[<!-- <b> & ]] -->]]></body></message>");
  expect(frame.ok && frame.element.getChildText("body")).toBe("<!-- <b> & ]] -->");
});

test("a stanza of 5 MB is skipped, one of 3 MB read", () => {
  const long = (n: number) =>
    `<message from='a@b'><body>${"&lt;b&gt; x".repeat(n)}</body></message>`;
  expect(parseFrame(long(500_000))).toMatchObject({ ok: false, reason: "too-long" });
  expect(parseFrame(long(300_000)).ok).toBe(true);
});

test.each([
  ["spaces", `<message ${" ".repeat(200_000)}<`],
  ["attributes", `<message ${"a='b' ".repeat(30_000)}<`],
  ["names", `<${"a".repeat(200_000)}`],
  ["quotes", `<message ${"a='".repeat(60_000)}`],
  ["CDATA", `<message>${"<![CDATA[".repeat(20_000)}`],
  ["brackets", "<".repeat(200_000)],
  ["elements", `<message>${"<a/>".repeat(50_000)}</message>`],
  ["one character", `<message><body>${"&gt;".repeat(62_000)}</body></message>`],
  ["ampersands", `<message><body>${"&".repeat(250_000)}</body></message>`],
  ["prefixes", `<message>${"<a:b xmlns:a='x'>".repeat(15_000)}</message>`],
  ["depth", `<message>${"<x>".repeat(80_000)}${"</x>".repeat(80_000)}</message>`],
])("endless %s cost no more than their length", (_what, text) => {
  // What costs the square of that does not end before the test is given up.
  expect(() => parseFrame(text)).not.toThrow();
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
