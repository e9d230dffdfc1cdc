import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lookUpOf, stretchesOf, isMeant } from "../../src/mail/look-up.ts";
import type { Jid } from "../../src/mail/address.ts";
import { readUri } from "../../src/mail/person-link.ts";
import { mailtoLink, readInboxLink, xmppLink } from "../../src/mail/share-link.ts";
import { link, seeded } from "./links.ts";

const bob = ["bob@bank.example"];
const empty = { to: [], cc: [], bcc: [], subject: "", body: "" };

describe("what another program hands over", () => {
  test.each([
    ["xmpp:bob@bank.example", { to: bob }],
    ["XMPP:bob@bank.example?message", { to: bob }],
    [
      "xmpp:bob@bank.example?message;thread=t-1;from=eve@x.test;id=5;type=chat;subject=S",
      { to: bob, thread: "t-1", subject: "S" },
    ],
    [
      "mailto:bob@bank.example?bcc=ann@x.test&in-reply-to=%3Cid%40host%3E&subject=S",
      { to: bob, bcc: ["ann@x.test"], replies: "id@host", subject: "S" },
    ],
    ["mailto:?subject=Only", { subject: "Only" }],
    ["mailto:?to=bob@bank.example&cc=ann@x.test", { to: bob, cc: ["ann@x.test"] }],
    ["mailto:bob@bank.example?thread=x", { to: bob }],
  ])("%s fills in a message", (uri, filled) => {
    expect(readUri(uri)).toEqual({ kind: "write", link: { ...empty, ...filled } });
  });

  test.each([
    ["xmpp:bob@bank.example?roster;name=Bob;preauth=x", "roster"],
    ["xmpp:bob@bank.example?subscribe", "subscribe"],
    ["xmpp:bob@bank.example?REMOVE", "remove"],
    ["xmpp:room@bank.example?join;password=x", "join"],
    ["xmpp:bank.example?register;preauth=x", "register"],
    ["xmpp:bob@bank.example?command;node=x;action=execute", "other"],
    ["xmpp:bob@bank.example?constructor", "other"],
  ])("%s asks, and nothing more", (uri, ask) => {
    expect(readUri(uri)).toMatchObject({ kind: "asks", ask });
  });

  test.each(["", "x", "http://bank.example", "javascript:alert(1)", "xmpp:", "mailto:", "xmpp:@"])(
    "%s means nothing here",
    (uri) => {
      expect(readUri(uri)).toBeUndefined();
    },
  );

  test("anything is read without an error", () => {
    const scheme = fc.constantFrom("xmpp:", "mailto:", "");
    fc.assert(
      fc.property(scheme, fc.string({ unit: "binary" }), (s, rest) => void readUri(s + rest)),
      seeded({ numRuns: 2000 }),
    );
  });
});

test("links for XMPP apps and for email say what they were made of", () => {
  fc.assert(
    fc.property(link, ({ to: [jid = "x.test"], subject, body, thread }) => {
      const words = { subject, body, ...(thread === undefined ? {} : { thread }) };
      expect(readUri(xmppLink(jid, words))).toEqual({
        kind: "write",
        link: { ...empty, to: [jid], ...words },
      });
      expect(readUri(mailtoLink(jid, { subject, body }))).toEqual({
        kind: "write",
        link: { ...empty, to: [jid], subject, body },
      });
    }),
    seeded(),
  );
});

test("where email goes is an address, or left out", () => {
  const read = (mail: string) => readInboxLink("a@x.test", new URLSearchParams({ mail }))?.mail;
  expect(read("Ann@Post.example")).toBe("ann@post.example");
  expect(read("post.example")).toBeUndefined();
  expect(read("javascript:alert(1)")).toBeUndefined();
});

describe("where an archive is asked for what a permalink names", () => {
  const me = "me@x.test" as Jid;
  const at = Date.UTC(2026, 10, 24);
  test("with whom and when, then when alone; without a hint nowhere", () => {
    const both = stretchesOf(lookUpOf({ thread: "t", with: "ann@x.test", at }, me));
    expect(both.map((s) => s.with)).toEqual(["ann@x.test", undefined]);
    for (const { start = Infinity, end = 0 } of both) {
      expect(start).toBeLessThan(at);
      expect(end).toBeGreaterThan(at + 24 * 3600 * 1000);
    }
    expect(stretchesOf(lookUpOf({ message: "m", with: "ann@x.test" }, me))).toEqual([
      { with: "ann@x.test" },
    ]);
    expect(stretchesOf(lookUpOf({ message: "m" }, me))).toEqual([]);
  });
  test("a link of mine does not say whom I wrote to", () => {
    expect(lookUpOf({ thread: "t", with: me, at }, me).with).toBeUndefined();
    expect(lookUpOf({ thread: "t", with: "no address @", at }, me).with).toBeUndefined();
  });
  test("a message is meant by its id, a conversation by its thread", () => {
    const wanted = lookUpOf({ thread: "t", message: "m" }, me);
    expect(isMeant(wanted, { mid: "m" })).toBe(true);
    expect(isMeant(wanted, { mid: "x", thread: "t" })).toBe(true);
    expect(isMeant(wanted, { mid: "x", thread: "y" })).toBe(false);
    expect(isMeant(lookUpOf({ message: "m" }, me), { mid: "x" })).toBe(false);
  });
});
