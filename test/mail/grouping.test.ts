import { expect, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import { isChatAnswer, linksByReply, linksByThread } from "../../src/mail/grouping.ts";
import type { NewMessage } from "../../src/mail/message.ts";

const me = "me@example.org" as Jid;
const bob = "bob@example.net" as Jid;
const carol = "carol@example.net" as Jid;
const evil = "evil@attacker.example" as Jid;
const DAY = 24 * 3600 * 1000;

function mail(from: Jid, to: Jid[], more: Partial<NewMessage> = {}): NewMessage {
  return {
    kind: "mail",
    direction: from === me ? "out" : "in",
    from,
    to: to.map((jid) => ({ jid })),
    cc: [],
    bcc: [],
    at: 0,
    mid: "id-of-the-message",
    contentHash: "h",
    archiveIds: [],
    subject: "",
    snippet: "",
    attachments: [],
    ...more,
  };
}

test("an answer links to the mail it names", () => {
  const parent = mail(me, [bob], { mid: "parent" });
  const child = mail(bob, [me], { mid: "child", refs: ["parent"], replyingTo: me, at: 1 });
  expect(linksByReply(child, parent, me)).toBe(true);
});

test("a stranger who names a mail he never got is not let in", () => {
  const parent = mail(bob, [me], { mid: "parent" });
  const child = mail(evil, [me], { mid: "child", refs: ["parent"], at: 1 });
  expect(linksByReply(child, parent, me)).toBe(false);
});

test("a reply that says whose message it answers does not link to somebody else's of the same id", () => {
  const forged = mail(evil, [me, bob], { mid: "parent" });
  const child = mail(bob, [me], { refs: ["parent"], replyingTo: carol, at: 1 });
  expect(linksByReply(child, forged, me)).toBe(false);
});

test("a thread id joins people who already belong to it, and nobody else", () => {
  const first = mail(bob, [me, carol], { thread: "t", at: 1 });
  expect(linksByThread(first, mail(carol, [me], { thread: "t", at: 2 }), me)).toBe(true);
  expect(linksByThread(first, mail(evil, [me, bob], { thread: "t", at: 2 }), me)).toBe(false);
});

test("a stranger cannot slip into a note to myself", () => {
  const note = mail(me, [me], { thread: "t", at: 1 });
  expect(linksByThread(note, mail(evil, [me], { thread: "t", at: 2 }), me)).toBe(false);
  expect(linksByThread(note, mail(me, [me], { thread: "t", at: 2 }), me)).toBe(true);
});

test("a chat answers my mail when nothing but that mail came right before, within 14 days", () => {
  const chat = { person: bob, at: 10 * DAY, key: 2, what: "their-chat" as const };
  const before = (at: number, what: "my-mail" | "my-chat" | "their-chat") => ({
    person: bob,
    at,
    key: 1,
    what,
  });
  expect(isChatAnswer(before(0, "my-mail"), chat)).toBe(true);
  expect(isChatAnswer(before(9 * DAY, "my-chat"), chat)).toBe(false);
  expect(isChatAnswer(before(9 * DAY, "their-chat"), chat)).toBe(false);
  expect(isChatAnswer(before(-5 * DAY, "my-mail"), chat)).toBe(false);
  expect(isChatAnswer(undefined, chat)).toBe(false);
});
