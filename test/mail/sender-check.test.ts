import { describe, expect, test } from "vitest";
import { type Jid, parseJid } from "../../src/mail/address.ts";
import {
  addressLook,
  nameLook,
  type SenderFacts,
  senderWarnings,
} from "../../src/mail/sender-check.ts";

const jid = (text: string): Jid => {
  const parsed = parseJid(text);
  if (parsed === undefined) throw new Error(`no address: ${text}`);
  return parsed;
};

type Case = { what: string; facts: Omit<SenderFacts, "jid"> & { jid: string }; kinds: string[] };
const CASES: Case[] = [
  { what: "nothing odd", facts: { jid: "bob@bank.example", nick: "Bob" }, kinds: [] },
  { what: "no name at all", facts: { jid: "bob@bank.example" }, kinds: [] },
  {
    what: "their own address as name",
    facts: { jid: "bob@bank.example", nick: "bob@bank.example" },
    kinds: [],
  },
  {
    what: "their own address in other case",
    facts: { jid: "bob@bank.example", nick: "Bob <Bob@Bank.Example>" },
    kinds: [],
  },
  {
    what: "another address as name",
    facts: { jid: "x@evil.example", nick: "bob@bank.example" },
    kinds: ["other-address"],
  },
  {
    what: "another address within the name",
    facts: { jid: "x@evil.example", nick: "Bob (bob@bank.example)" },
    kinds: ["other-address"],
  },
  {
    what: "another address with a full-width @",
    facts: { jid: "x@evil.example", nick: "bob＠bank.example" },
    kinds: ["other-address"],
  },
  {
    what: "another address cut by a zero-width space",
    facts: { jid: "x@evil.example", nick: "bob\u200B@bank.example" },
    kinds: ["other-address", "hidden"],
  },
  {
    what: "an address with a filler that nobody sees",
    facts: { jid: "bob\u3164@bank.example", nick: "Bob" },
    kinds: ["hidden-in-address"],
  },
  {
    what: "an escaped address",
    facts: { jid: "bob\\40bank.example@evil.tld" },
    kinds: ["escaped"],
  },
  {
    what: "an escaped slash",
    facts: { jid: "bob\\40bank.example\\2fhome@evil.tld" },
    kinds: ["escaped"],
  },
  {
    what: "an escaped space, as old accounts have",
    facts: { jid: "d\\27artagnan\\20x@gascon.example" },
    kinds: [],
  },
  {
    what: "a full-width @ in the address",
    facts: { jid: "bob＠bank.example@evil.tld" },
    kinds: ["escaped"],
  },
  {
    what: "Cyrillic in a Latin name",
    facts: { jid: "x@evil.example", nick: "Вob" },
    kinds: ["mixed-letters"],
  },
  {
    what: "Greek in a Latin name",
    facts: { jid: "x@evil.example", nick: "Nαdia" },
    kinds: ["mixed-letters"],
  },
  {
    what: "a Cyrillic name",
    facts: { jid: "ivan@harbour.example", nick: "Иван Петров" },
    kinds: [],
  },
  {
    what: "a name in two scripts, word by word",
    facts: { jid: "ivan@harbour.example", nick: "Иван (Ivan)" },
    kinds: [],
  },
  {
    what: "Japanese with Latin",
    facts: { jid: "k@studio.example", nick: "田中kenjiさん" },
    kinds: [],
  },
  { what: "Cyrillic in the address", facts: { jid: "bоb@bank.example" }, kinds: ["mixed-letters"] },
  {
    what: "Cyrillic in the domain",
    facts: { jid: "bob@bаnk.example" },
    kinds: ["domain-look"],
  },
  { what: "a domain all of look-alikes", facts: { jid: "bob@аррӏе.com" }, kinds: ["domain-look"] },
  {
    what: "the same in punycode",
    facts: { jid: "bob@xn--80ak6aa92e.com" },
    kinds: ["domain-look"],
  },
  {
    what: "an honest domain of other letters",
    facts: { jid: "bob@münchen.example" },
    kinds: ["foreign-domain"],
  },
  {
    what: "an honest domain in punycode",
    facts: { jid: "bob@xn--mnchen-3ya.example" },
    kinds: ["foreign-domain"],
  },
  {
    what: "bidi controls in the name",
    facts: { jid: "x@evil.example", nick: "Bob \u202Eelpmaxe" },
    kinds: ["hidden"],
  },
  { what: "an emoji in the name", facts: { jid: "bob@bank.example", nick: "Bob 👨‍👩‍👧" }, kinds: [] },
  {
    what: "answers elsewhere",
    facts: { jid: "bob@bank.example", replyTo: [jid("x@evil.example")] },
    kinds: ["reply-to"],
  },
  {
    what: "a stranger in a known thread",
    facts: { jid: "x@evil.example", isOutsider: true },
    kinds: ["outsider"],
  },
  {
    what: "a contact's name",
    facts: { jid: "x@evil.example", nick: "Bob", namesakes: [jid("bob@bank.example")] },
    kinds: ["namesake"],
  },
  {
    what: "a contact's address, nearly",
    facts: { jid: "b0b@bank.example", lookAlikes: [jid("bob@bank.example")] },
    kinds: ["look-alike"],
  },
];

describe("warnings about a sender", () => {
  test.each(CASES)("$what", ({ facts, kinds }) => {
    expect(senderWarnings({ ...facts, jid: jid(facts.jid) }).map((w) => w.kind)).toEqual(kinds);
  });

  test("an escaped address is named together with the real domain", () => {
    expect(senderWarnings({ jid: jid("bob\\40bank.example@evil.tld") })).toEqual([
      { kind: "escaped", reads: "bob@bank.example", domain: "evil.tld" },
    ]);
  });

  test("a look-alike domain is told in plain letters, with what it looks like", () => {
    expect(senderWarnings({ jid: jid("bob@аррӏе.com") })).toEqual([
      {
        kind: "domain-look",
        domain: "аррӏе.com",
        ascii: "xn--80ak6aa92e.com",
        looksLike: "apple.com",
      },
    ]);
  });

  test("a name of 100 kB takes no time and is cut", () => {
    const nick = `${"a@".repeat(50_000)}b`;
    for (const warning of senderWarnings({ jid: jid("x@evil.example"), nick }))
      expect(JSON.stringify(warning).length).toBeLessThan(300);
  });
});

describe("what a person takes for the same", () => {
  test.each([
    ["Alice Marsh", "alice  marsh", true],
    ["Alice", "AIice", true],
    ["Bob", "Воb", true],
    ["Bob", "Bob\u200B", true],
    ["Bob", "Ｂｏｂ", true],
    ["Bob", "Rob", false],
    ["👍", "🎉", false],
  ])("names %s and %s: %s", (one, other, same) => {
    expect(nameLook(one) !== "" && nameLook(one) === nameLook(other)).toBe(same);
  });

  test.each([
    ["bob@bank.example", "b0b@bank.example", true],
    ["paypal@shop.example", "paypa1@shop.example", true],
    ["bob@modern.example", "bob@modem.example", true],
    ["bob@bank.example", "bob@bаnk.example", true],
    ["bob@bank.example", "bob@xn--bnk-6cd.example", true],
    ["bob@bank.example", "bob@bank.example", true],
    ["bob@bank.example", "rob@bank.example", false],
  ])("addresses %s and %s: %s", (one, other, alike) => {
    expect(addressLook(jid(one)) === addressLook(jid(other))).toBe(alike);
  });
});
