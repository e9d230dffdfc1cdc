import fc from "fast-check";
import { expect, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import { emptyConversation } from "../../src/mail/conversation.ts";
import {
  hrefOfConversation,
  hrefOfDraft,
  hrefOfMessage,
  hrefOfPerson,
  permalinkOf,
} from "../../src/mail/route.ts";
import { hrefOfInbox } from "../../src/mail/share-link.ts";
import { parseRoute, type Route } from "../../src/ui/route.ts";
import { link, seeded } from "../mail/links.ts";

const empty = { to: [], cc: [], bcc: [], subject: "", body: "" };

test.each([
  ["", { name: "mailbox", mailbox: "inbox" }],
  ["#/sent", { name: "mailbox", mailbox: "sent" }],
  ["#/inbox/", { name: "mailbox", mailbox: "inbox" }],
  ["#/settings/storage", { name: "settings", section: "storage" }],
  ["#/settings/keys", { name: "settings", section: "keys" }],
  ["#/settings/notifications", { name: "settings", section: "notifications" }],
  ["#/settings/address", { name: "settings", section: "address" }],
  ["#/settings/theme", { name: "settings", section: "general" }],
  ["#/settings", { name: "settings", section: "general" }],
  ["#/settings/nothing", { name: "unknown" }],
  ["#/settings/keys/more", { name: "unknown" }],
  ["#/snoozed", { name: "mailbox", mailbox: "snoozed" }],
  ["#/tag/a%2Fb", { name: "mailbox", mailbox: "tag:a/b" }],
  ["#/folder/x1", { name: "mailbox", mailbox: "folder:x1" }],
  ["#/tag/", { name: "unknown" }],
  ["#/folder/x/y", { name: "unknown" }],
  ["#/nowhere", { name: "unknown" }],
  ["#/constructor", { name: "unknown" }],
  ["#/__proto__/x", { name: "unknown" }],
  ["#/t/", { name: "unknown" }],
  ["#/t/a%2Fb/c?with=x@y.z", { name: "conversation", thread: "a/b", message: "c", with: "x@y.z" }],
  ["#/t/a?at=2026-11-24", { name: "conversation", thread: "a", at: Date.UTC(2026, 10, 24) }],
  // A link that was pasted with the line below it.
  [
    "#/t/a?with=x@y.z&at=2026-11-24xmpp:x@y.z?message",
    { name: "conversation", thread: "a", with: "x@y.z", at: Date.UTC(2026, 10, 24) },
  ],
  ["#/t/a?at=2026-99-99", { name: "conversation", thread: "a" }],
  ["#/m/%E0%A4%A", { name: "conversation", message: "%E0%A4%A" }],
  [
    "#/to/a@x.test,nonsense@,B@X.test?subject=Hi%0AX&body=1%0A2",
    { name: "to", ...empty, to: ["a@x.test", "b@x.test"], subject: "Hi X", body: "1\n2" },
  ],
  ["#/to/a%40x.test%2Cb%40x.test", { name: "to", ...empty, to: ["a@x.test", "b@x.test"] }],
  ["#/to/a@x.test?thread=T1", { name: "to", ...empty, to: ["a@x.test"], thread: "T1" }],
  ["#/to", { name: "to", ...empty }],
  ["#/to?body=shared", { name: "to", ...empty, body: "shared" }],
  ["#/to/nonsense@", { name: "unknown" }],
  ["#/person/Ann@X.test", { name: "person", jid: "ann@x.test" }],
  ["#/i/Ann@X.test/token", { name: "asks", ask: "roster", jid: "ann@x.test" }],
  ["#/i/@/token", { name: "unknown" }],
  ["#/person/@", { name: "unknown" }],
  [
    `#/open?uri=${encodeURIComponent("xmpp:a@x.test?message;subject=Hi;body=1%20%26%202;thread=T")}`,
    { name: "to", ...empty, to: ["a@x.test"], subject: "Hi", body: "1 & 2", thread: "T" },
  ],
  // As it stands, by hand.
  [
    "#/open?uri=mailto:a@x.test?subject=a+b&cc=b@x.test",
    { name: "to", ...empty, to: ["a@x.test"], cc: ["b@x.test"], subject: "a+b" },
  ],
  ["#/open?uri=xmpp%3Aa%40x.test%3Froster", { name: "asks", ask: "roster", jid: "a@x.test" }],
  ["#/open?uri=javascript%3Aalert(1)", { name: "unknown" }],
  ["#/open", { name: "unknown" }],
] satisfies [string, unknown][])("%s", (hash, route) => {
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
      const href = hrefOfConversation(conversation);
      const named = thread === undefined ? { message: mid } : { thread };
      expect(parseRoute(href)).toEqual({ name: "conversation", with: "a@x.test", ...named });
      const message = { id: mid, from: "b@x.test" as Jid, at: Date.UTC(2026, 10, 24, 23, 59) };
      expect(parseRoute(permalinkOf(href, message))).toEqual({
        name: "conversation",
        with: "b@x.test",
        at: Date.UTC(2026, 10, 24),
        message: mid,
        ...(thread === undefined ? {} : { thread }),
      });
      expect(parseRoute(hrefOfMessage(href, mid))).toMatchObject({ message: mid });
    }),
    seeded(),
  );
  expect(parseRoute(hrefOfDraft("x y"))).toEqual({
    name: "mailbox",
    mailbox: "drafts",
    openDraft: "x y",
  });
  expect(parseRoute(hrefOfPerson("ü%@x.test" as Jid))).toEqual({
    name: "person",
    jid: "ü%@x.test",
  });
});

test("an inbox link says what it was made of", () => {
  fc.assert(
    fc.property(link, (made) => {
      expect(parseRoute(hrefOfInbox(made))).toEqual({ name: "to", bcc: [], ...made });
    }),
    seeded(),
  );
});

const piece = fc.constantFrom(
  ..."#/ / t/ m/ to/ open?uri= person/ settings/ inbox ? & = ; % %00 %E2%80%AE %25 , @ a@x.test xmpp: mailto: ?message ?roster with= at= subject= body= thread= cc= constructor __proto__ \u202E \u0000 \uD800 2026-11-24".split(
    " ",
  ),
);
const anything = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }).map((parts) => `#/${parts.join("")}`),
  fc.string({ unit: "binary" }).map((uri) => {
    return `#/open?uri=${encodeURIComponent(`xmpp:${uri}`.toWellFormed())}`;
  }),
  fc.array(piece, { maxLength: 12 }).map((parts) => `#/open?uri=mailto:${parts.join("")}`),
);

test("anything else is a page of its own, never an error, and what it fills in is harmless", () => {
  fc.assert(
    fc.property(anything, (hash) => {
      const route: Route = parseRoute(hash);
      if (route.name !== "to") return;
      expect(route.subject.length + (route.thread?.length ?? 0)).toBeLessThanOrEqual(1000);
      expect(route.body.length).toBeLessThanOrEqual(8000);
      expect(route.to.length).toBeLessThanOrEqual(50);
      const text = [route.subject, route.body, route.thread, route.replies, route.called].join("");
      expect(text).not.toMatch(/(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u);
      expect(text.isWellFormed()).toBe(true);
    }),
    seeded({ numRuns: 3000 }),
  );
});
