/** What strangers wrote, in every view that lists, names or titles: nothing unseen, nothing that turns the rest around. */
import { expect, test } from "vitest";
import { ingest } from "../../../src/engine/ingest.ts";
import { readConversation } from "../../../src/engine/queries/conversation.ts";
import { readPeopleLike } from "../../../src/engine/queries/people.ts";
import { readWindow } from "../../../src/engine/queries/window.ts";
import { WORKING_STORES } from "../../../src/engine/working-set.ts";
import type { Jid } from "../../../src/mail/address.ts";
import { arrivalOf } from "../../../src/mail/message.ts";
import type { Received } from "../../../src/mail/received.ts";
import { accountOnTrial, me } from "../store-on-trial.ts";

const HOSTILE = [
  "a\u202Egnp.exe",
  "a\u2066\u2069\u200Bb\u2060\uFEFF",
  `x${"\u0301".repeat(500)}`,
  "\u{E0062}\u{E0061}tags",
  "\u3164\u200B",
  `<img src=x onerror=alert(1)>\u202A`,
  "n".repeat(100_000),
];
const FORBIDDEN =
  /[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF\u3164\u{E0000}-\u{E0FFF}\p{Cc}]|\p{M}{4}/u;

test.each(HOSTILE)("%#: %.20s", async (text) => {
  const context = await accountOnTrial();
  const from = "x@evil.example" as Jid;
  const received: Received = {
    from,
    fromResource: "",
    to: me,
    toResource: "",
    type: "normal",
    id: crypto.randomUUID(),
    stanzaIds: [],
    subject: text,
    body: text,
    thread: { id: "t" },
    references: [],
    headers: {},
    fallbacks: [],
    addresses: [{ type: "cc", jid: "y@evil.example" as Jid, desc: text, delivered: true }],
    attachments: [],
    nick: text,
    receiptWanted: false,
  };
  const arrival = arrivalOf(received, { me, at: 1, unread: true });
  if (arrival === undefined) throw new Error("no message");
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
  const list = await readWindow(context, { mailbox: "inbox", offset: 0, limit: 5 });
  const open = await readConversation(context, { thread: "t", limit: 5 });
  if (open.state !== "found") throw new Error("not found");
  const [message] = open.messages;
  const people = await readPeopleLike(context, { text: "x@", limit: 5 });
  const shown = [
    ...list.rows.flatMap((row) => [row.subject, row.snippet, ...row.people.map((p) => p.name)]),
    open.subject,
    ...open.messages.flatMap((m) => [
      m.subject,
      m.snippet,
      m.from.name,
      ...m.cc.map((p) => p.name),
    ]),
    ...people.map((p) => p.name),
  ];
  expect(shown.length).toBeGreaterThan(7);
  for (const line of shown) {
    expect(line).not.toMatch(FORBIDDEN);
    expect(line.length).toBeLessThanOrEqual(1000);
  }
  expect([message?.from.name, ...people.map((p) => p.name)]).not.toContain("");
  // What was sent is kept: it is answered and found as it was written.
  expect(message?.claimedName).toBe(text);
});

test("in a list a name that is another address gives way to the real one", async () => {
  const context = await accountOnTrial();
  const received: Received = {
    from: "x@evil.example" as Jid,
    fromResource: "",
    to: me,
    toResource: "",
    type: "normal",
    stanzaIds: [],
    subject: "Hello",
    references: [],
    headers: {},
    fallbacks: [],
    addresses: [],
    attachments: [],
    nick: "bob@bank.example",
    receiptWanted: false,
  };
  const arrival = arrivalOf(received, { me, at: 1, unread: true });
  if (arrival === undefined) throw new Error("no message");
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
  const { rows } = await readWindow(context, { mailbox: "inbox", offset: 0, limit: 5 });
  expect(rows[0]?.people).toEqual([{ jid: "x@evil.example", name: "x@evil.example" }]);
});
