import fc from "fast-check";
import { expect, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import { emptyConversation } from "../../src/mail/conversation.ts";
import { hrefOfConversation, hrefOfDraft } from "../../src/mail/route.ts";
import { parseRoute } from "../../src/ui/route.ts";

test.each([
  ["", { name: "mailbox", mailbox: "inbox" }],
  ["#/sent", { name: "mailbox", mailbox: "sent" }],
  ["#/settings/storage", { name: "settings", section: "storage" }],
  ["#/settings/keys", { name: "settings", section: "keys" }],
  ["#/settings/notifications", { name: "settings", section: "notifications" }],
  ["#/settings/theme", { name: "settings", section: "general" }],
  ["#/nowhere", { name: "unknown" }],
  ["#/t/", { name: "unknown" }],
  ["#/t/a%2Fb/c?with=x@y.z", { name: "conversation", thread: "a/b", message: "c", with: "x@y.z" }],
  ["#/m/%E0%A4%A", { name: "conversation", message: "%E0%A4%A" }],
  [
    "#/to/a@x.test,nonsense@,B@X.test?subject=Hi%0AX&body=1%0A2",
    { name: "to", to: ["a@x.test", "b@x.test"], cc: [], subject: "Hi X", body: "1\n2" },
  ],
])("%s", (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
});

test("what a link fills in is capped and has no controls and no bidi overrides", () => {
  const route = parseRoute(
    `#/to/a@x.test?subject=${encodeURIComponent("a\u202Eb\u0000c")}&body=${"x".repeat(20_000)}`,
  );
  expect(route).toMatchObject({ subject: "abc" });
  expect(route.name === "to" && route.body.length).toBe(8000);
});

test("a conversation's address leads back to it, whatever its ids", () => {
  const id = fc.string({ unit: "grapheme", minLength: 1 }).filter((t) => t.isWellFormed());
  fc.assert(
    fc.property(id, fc.option(id, { nil: undefined }), (mid, thread) => {
      const conversation = {
        ...emptyConversation(1, "mail"),
        root: { at: 1, mid, from: "a@x.test" as Jid, ...(thread === undefined ? {} : { thread }) },
        people: [{ jid: "a@x.test" as Jid, at: 1 }],
      };
      const route = parseRoute(hrefOfConversation(conversation));
      expect(route).toEqual({
        name: "conversation",
        with: "a@x.test",
        ...(thread === undefined ? { message: mid } : { thread }),
      });
    }),
  );
  expect(parseRoute(hrefOfDraft("x y"))).toEqual({
    name: "mailbox",
    mailbox: "drafts",
    openDraft: "x y",
  });
});

test("anything else is a page of its own, never an error", () => {
  fc.assert(fc.property(fc.string(), (hash) => void parseRoute(hash)));
});
