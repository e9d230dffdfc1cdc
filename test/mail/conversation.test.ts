import fc from "fast-check";
import { expect, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import {
  conversationOf,
  emptyConversation,
  listings,
  withMessage,
  withoutMessage,
} from "../../src/mail/conversation.ts";
import type { Message } from "../../src/mail/message.ts";

const me = "me@example.org" as Jid;
const others = ["bob@example.net", "carol@example.net", "dan@example.net"] as Jid[];

const message = fc
  .record({
    key: fc.integer({ min: 1, max: 1_000_000 }),
    from: fc.constantFrom(me, ...others),
    to: fc.constantFrom(me, ...others),
    at: fc.integer({ min: 1, max: 1000 }),
    kind: fc.constantFrom("mail" as const, "mail" as const, "chat" as const),
    subject: fc.constantFrom("", "A", "B"),
    unread: fc.boolean(),
    delivery: fc.constantFrom(undefined, "waiting" as const, "failed" as const, "sent" as const),
  })
  .map(({ unread, delivery, to, ...rest }): Message => ({
    ...rest,
    conversation: 1,
    direction: rest.from === me ? "out" : "in",
    to: [{ jid: to }],
    cc: [],
    bcc: [],
    mid: `m${rest.key}`,
    contentHash: "",
    archiveIds: [],
    snippet: `text ${rest.key}`,
    attachments: [],
    ...(unread ? { unread: 1 as const } : {}),
    ...(delivery === undefined ? {} : { delivery }),
  }));
const messages = fc.uniqueArray(message, { selector: (m) => m.key, minLength: 1, maxLength: 12 });

test("a conversation is the same in whatever order its messages come", () => {
  fc.assert(
    fc.property(messages, fc.infiniteStream(fc.nat()), (list, shuffle) => {
      const keyed = list.map((m) => [shuffle.next().value as number, m] as const);
      const mixed = keyed.sort((a, b) => a[0] - b[0]).map(([, m]) => m);
      const empty = emptyConversation(1, "mail");
      expect(conversationOf(empty, mixed, me)).toEqual(conversationOf(empty, list, me));
    }),
  );
});

test("taking a message out by its row alone equals folding the rest, in what is counted", () => {
  fc.assert(
    fc.property(messages, (list) => {
      const empty = emptyConversation(1, "mail");
      const all = conversationOf(empty, list, me);
      for (const gone of list) {
        const quick = withoutMessage(all, gone, me);
        if (quick === undefined) continue;
        const { people: _a, ...expected } = conversationOf(
          empty,
          list.filter((m) => m !== gone),
          me,
        );
        const { people: _b, ...actual } = quick;
        expect(actual).toEqual(expected);
      }
    }),
  );
});

test("mail that came in is in Inbox, mine in Sent, unsent in Outbox, all of it in All mail, chats only in Chats", () => {
  const row = (over: Partial<Message>): Message => ({
    key: 1,
    conversation: 1,
    kind: "mail",
    direction: "in",
    from: others[0] as Jid,
    to: [{ jid: me }],
    cc: [],
    bcc: [],
    at: 5,
    mid: "m",
    contentHash: "",
    archiveIds: [],
    subject: "",
    snippet: "",
    attachments: [],
    ...over,
  });
  const boxes = (m: Message, kind: "mail" | "chat" = "mail") =>
    listings(withMessage(emptyConversation(1, kind), m, me))
      .map((l) => l.place)
      .sort();
  expect(boxes(row({}))).toEqual(["all", "inbox"]);
  const mine = { direction: "out" as const, from: me, to: [{ jid: others[0] as Jid }] };
  expect(boxes(row(mine))).toEqual(["all", "sent"]);
  expect(boxes(row({ ...mine, delivery: "waiting" }))).toEqual(["all", "outbox", "sent"]);
  expect(boxes(row({ ...mine, to: [{ jid: me }] }))).toEqual(["all", "inbox", "sent"]);
  expect(boxes(row({ kind: "chat" }), "chat")).toEqual(["chats"]);
});
