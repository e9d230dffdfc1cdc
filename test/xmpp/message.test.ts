import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import { parseFrame } from "../../src/xmpp/frame.ts";
import { buildMessage, parseMessage } from "../../src/xmpp/message.ts";

const me = "me@example.org" as Jid;
const CASES = join(import.meta.dirname, "cases");

/** Golden pairs: a stanza and the value it must become; only the fields the value names are compared, null is none. */
describe("golden stanzas", () => {
  for (const folder of readdirSync(CASES)) {
    for (const file of readdirSync(join(CASES, folder)).filter((name) => name.endsWith(".xml"))) {
      test(`${folder}/${file.replace(".xml", "")}`, () => {
        const frame = parseFrame(readFileSync(join(CASES, folder, file), "utf8").trim());
        const expected = JSON.parse(
          readFileSync(join(CASES, folder, file.replace(".xml", ".json")), "utf8"),
        ) as unknown;
        const actual = frame.ok ? (parseMessage(frame.element, me) ?? null) : null;
        if (expected === null || actual === null) return expect(actual).toEqual(expected);
        for (const [field, value] of Object.entries(expected as object)) {
          if (value === null) expect(actual).not.toHaveProperty(field);
          else expect(actual).toMatchObject({ [field]: value });
        }
      });
    }
  }
});

/** Text as it survives: XML has no control characters, and lines end in LF. */
const text = fc.string({ unit: "grapheme", maxLength: 200 });

test("what is built is read back the same", () => {
  const id = fc.uuid();
  fc.assert(
    fc.property(text, text, id, id, fc.boolean(), (subject, body, mid, thread, isReply) => {
      const copy = {
        to: "bob@example.net" as Jid,
        id: mid,
        subject,
        body,
        thread: { id: thread, ...(isReply ? { parent: "parent" } : {}) },
        ...(isReply ? { reply: { id: "answered", to: "bob@example.net" as Jid } } : {}),
        fallbacks: isReply ? [{ for: "urn:xmpp:reply:0", start: 0, end: 3 }] : [],
        addresses: [
          { type: "to" as const, jid: "bob@example.net" as Jid, desc: "Bob", delivered: true },
          { type: "cc" as const, jid: "eve@example.net" as Jid, delivered: true },
        ],
      };
      const frame = parseFrame(buildMessage(copy).toString());
      if (!frame.ok) throw new Error(frame.reason);
      const received = parseMessage(frame.element, me);
      expect(received).toMatchObject({
        type: "normal",
        id: mid,
        originId: mid,
        thread: copy.thread,
        ...(isReply ? { reply: copy.reply } : {}),
        fallbacks: copy.fallbacks,
        addresses: copy.addresses,
      });
      expect(received?.body ?? "").toBe(body);
      expect(received?.subject ?? "").toBe(subject.replaceAll(/\s+/g, " ").trim());
    }),
  );
});

test("mail carries no type: absent means normal, and one server strips it anyway", () => {
  const built = buildMessage({
    to: me,
    id: "1",
    body: "x",
    thread: { id: "t" },
    fallbacks: [],
    addresses: [],
  });
  expect(built.attrs["type"]).toBeUndefined();
  expect(built.toString()).toContain('<store xmlns="urn:xmpp:hints"/>');
});
