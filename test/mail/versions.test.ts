import { expect, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import type { Message } from "../../src/mail/message.ts";
import { withVersions } from "../../src/mail/versions.ts";

const ben = "ben@example.net" as Jid;
const eve = "eve@attacker.example" as Jid;
let keys = 0;

function row(mid: string, at: number, more: Partial<Message> = {}): Message {
  return {
    key: ++keys,
    conversation: 1,
    kind: "mail",
    direction: "in",
    from: ben,
    to: [],
    cc: [],
    bcc: [],
    at,
    mid,
    contentHash: mid,
    archiveIds: [],
    subject: "",
    snippet: "",
    attachments: [],
    ...more,
  };
}

const shown = (rows: Message[]): string[] =>
  withVersions(rows).map(({ message, text, earlier }) =>
    [message.mid, text.mid, ...earlier.map((e) => e.mid)].join(" "),
  );

test("a correction stands in the place of what it corrects, whichever came first", () => {
  const first = row("first", 1);
  const other = row("other", 2);
  const second = row("second", 3, { corrects: "first" });
  const third = row("third", 4, { corrects: "first" });
  const expected = ["first third first second", "other other"];
  expect(shown([first, other, second, third])).toEqual(expected);
  expect(shown([third, second, first, other])).toEqual(expected);
});

test("a client that names the last version instead of the first means the same", () => {
  const rows = [row("a", 1), row("b", 2, { corrects: "a" }), row("c", 3, { corrects: "b" })];
  expect(shown(rows)).toEqual(["a c a b"]);
});

test("nobody corrects what somebody else wrote", () => {
  const rows = [row("a", 1), row("b", 2, { corrects: "a", from: eve })];
  expect(shown(rows)).toEqual(["a a", "b b"]);
});

test("a chat does not correct mail", () => {
  const rows = [row("a", 1), row("b", 2, { corrects: "a", kind: "chat" })];
  expect(shown(rows)).toEqual(["a a", "b b"]);
});

test("what it corrects is not here: a message of its own", () => {
  expect(shown([row("b", 2, { corrects: "gone" })])).toEqual(["b b"]);
});

test("a ring, or one that corrects itself, ends", () => {
  const rows = [row("a", 1, { corrects: "b" }), row("b", 2, { corrects: "a" })];
  expect(shown(rows)).toHaveLength(2);
  expect(shown([row("c", 1, { corrects: "c" })])).toEqual(["c c"]);
});
