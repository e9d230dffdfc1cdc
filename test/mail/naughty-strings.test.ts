/** Every string of the big list of naughty strings, alone: from the draft over the wire into the quote of an answer. */
import { expect, test } from "vitest";
import { carriable, isCarriable } from "../../src/base/carriable.ts";
import type { Jid } from "../../src/mail/address.ts";
import { copyFor, messageFromDraft } from "../../src/mail/outgoing.ts";
import { draftFrom, newDraft } from "../../src/mail/reply.ts";
import { parseFrame } from "../../src/xmpp/frame.ts";
import { buildMessage, parseMessage } from "../../src/xmpp/message.ts";
import blns from "../corpora/blns.json" with { type: "json" };

const me = "me@x.test" as Jid;
const bob = "bob@x.test" as Jid;

function overTheWire(body: string, name = "Bob") {
  const arrival = messageFromDraft(
    { ...newDraft("id", 0, [{ jid: bob, name }]), subject: "S", body },
    { me, mid: "id", thread: "t", now: 0 },
  );
  const row = { ...arrival.message, key: 1, conversation: 1 };
  const frame = parseFrame(buildMessage(copyFor(row, { ...arrival.body, key: 1 }, bob)).toString());
  if (!frame.ok) throw new Error(frame.reason);
  return { row, received: parseMessage(frame.element, bob) };
}

test.each(blns.map((text, i) => [i, text] as const))(
  "string %i arrives and is quoted",
  (_i, text) => {
    const { row, received } = overTheWire(text);
    expect(received?.body ?? "").toBe(carriable(text));
    if (isCarriable(text)) expect(carriable(text)).toBe(text);
    const { quote } = draftFrom(
      "reply",
      { message: { ...row, from: me }, body: received?.body ?? "", senderName: "Me" },
      bob,
      "answer",
      0,
    );
    const lines = quote.split("\n").slice(1);
    expect(lines.map((line) => line.replace(/^> ?/, "")).join("\n")).toBe(carriable(text));
  },
);

test("what no XML can carry goes out as a sign, one for one", () => {
  expect(carriable("a\u0000b\u001B[0m\u0008\u007F\t\n\uFFFE\uD83D!\u{1F600}\r\nc")).toBe(
    "a␀b␛[0m␈\u007F\t\n\uFFFD\uFFFD!\u{1F600}\nc",
  );
  expect(overTheWire("x", "Bo\u0007b").received).toMatchObject({ body: "x" });
});
