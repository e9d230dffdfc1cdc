import { expect, test } from "vitest";
import { spellDomain } from "../../src/base/domain-name.ts";
import { decodePunycode } from "../../src/base/punycode.ts";

/** RFC 3492 section 7.1, and two of everyday. */
test.each([
  ["ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文"],
  ["4dbcagdahymbxekheh6e0a7fei0b", "למההםפשוטלאמדבריםעברית"],
  ["b1abfaaepdrnnbgefbadotcwatmq2g4l", "почемужеонинеговорятпорусски"],
  ["PorqunopuedensimplementehablarenEspaol-fmd56a", "PorquénopuedensimplementehablarenEspañol"],
  ["-> $1.00 <--", "-> $1.00 <-"],
  ["mnchen-3ya", "münchen"],
  ["80ak6aa92e", "аррӏе"],
])("%s", (text, letters) => {
  expect(decodePunycode(text)).toBe(letters);
});

test("what is no punycode is none", () => {
  for (const text of ["ü", "a-ü", "99999999999", "a".repeat(64)])
    expect(decodePunycode(text)).toBeUndefined();
});

test("a domain has two spellings, whichever is given", () => {
  const spelling = { ascii: "xn--mnchen-3ya.example", unicode: "münchen.example" };
  expect(spellDomain("münchen.example")).toEqual(spelling);
  expect(spellDomain("XN--mnchen-3ya.example")).toEqual(spelling);
  expect(spellDomain("example.org")).toEqual({ ascii: "example.org", unicode: "example.org" });
  expect(spellDomain("not a domain")).toBeUndefined();
});
