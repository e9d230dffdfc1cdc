import { expect, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import type { Message } from "../../src/mail/message.ts";
import { draftFrom } from "../../src/mail/reply.ts";

const me = "me@example.org" as Jid;
const message: Message = {
  key: 1,
  conversation: 1,
  kind: "mail",
  direction: "in",
  from: "ben@example.net" as Jid,
  to: [{ jid: me }],
  cc: [],
  bcc: [],
  at: 0,
  mid: "id-of-ben",
  contentHash: "",
  archiveIds: [],
  subject: "Plan",
  snippet: "",
  attachments: [],
};

const quoteOf = (kind: "reply" | "forward", more: Partial<Message>): string =>
  draftFrom(
    kind,
    { message: { ...message, ...more }, body: "Secret words", senderName: "Ben" },
    me,
    "draft",
    0,
  ).quote;

test("an answer and a forward say what was said", () => {
  expect(quoteOf("reply", {})).toContain("Secret words");
  expect(quoteOf("forward", {})).toContain("Secret words");
});

test("what its writer took back is passed on by neither", () => {
  expect(quoteOf("reply", { retractedAt: 1 })).toBe("");
  expect(quoteOf("forward", { retractedAt: 1 })).toBe("");
});

test("an answer does not give a spoiler away", () => {
  expect(quoteOf("reply", { spoiler: "" })).toBe("");
});

test("an answer to a chat that answers a mail goes on with the mail's subject and thread", () => {
  const chat: Message = { ...message, kind: "chat", subject: "" };
  const from = { message: chat, body: "yes", senderName: "Ben" };
  const standsIn = { subject: "Plan", thread: "t-1" };
  const draft = draftFrom("reply", { ...from, standsIn }, me, "draft", 0);
  expect(draft).toMatchObject({ subject: "Plan", source: { thread: "t-1" } });
  expect(draftFrom("reply", from, me, "draft", 0)).toMatchObject({ subject: "" });
});
