import { expect, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import { answersAmong } from "../../src/mail/answered.ts";
import type { Message } from "../../src/mail/message.ts";

const me = "me@example.org" as Jid;
const bob = "bob@example.net" as Jid;

/** Mail of a conversation in which each answers the other's last. */
function mail(n: number): Message {
  const isMine = n % 2 === 1;
  return {
    key: n,
    conversation: 1,
    kind: "mail",
    direction: isMine ? "out" : "in",
    from: isMine ? me : bob,
    to: [{ jid: isMine ? bob : me }],
    cc: [],
    bcc: [],
    at: n * 1000,
    mid: `message-${n}`,
    contentHash: "",
    archiveIds: [`archive-${n}`],
    ...(n === 0 ? {} : { refs: [`message-${n - 1}`] }),
    subject: "",
    snippet: "",
    attachments: [],
  };
}

test("of a long conversation each message is looked at a few times, not once for each other", () => {
  let looks = 0;
  const get = (row: Message, name: string | symbol): unknown => {
    looks += 1;
    return Reflect.get(row, name);
  };
  const rows = Array.from({ length: 2000 }, (_none, n) => new Proxy(mail(n), { get }));
  expect(answersAmong(rows)).toHaveLength(1000);
  expect(looks).toBeLessThan(30 * rows.length);
});
