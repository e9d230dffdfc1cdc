/** The demo's script: what the mailbox tells must hang together, before anybody sends it. */
import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseAddress } from "../../src/mail/address.ts";
import { drawAvatar } from "../../tools/demo/avatars.ts";
import { PEOPLE } from "../../tools/demo/people.ts";
import { landscape, pdf } from "../../tools/demo/pictures.ts";
import type { PersonName, ScriptConversation, ScriptMessage } from "../../tools/demo/script.ts";
import { planMessages } from "../../tools/demo/stanzas.ts";
import { CONVERSATIONS } from "../../tools/demo/start-demo.ts";
import { writtenAt } from "../../tools/demo/times.ts";

const DAY_MS = 24 * 3_600_000;
const MESSAGES = CONVERSATIONS.flatMap((c) => c.messages);

function peopleOf(message: ScriptMessage): PersonName[] {
  return [message.from, ...message.to, ...(message.cc ?? [])];
}

function mailboxOf(name: PersonName): ScriptConversation[] {
  return CONVERSATIONS.filter((c) =>
    c.messages.some((m) => m.chat === undefined && peopleOf(m).includes(name)),
  );
}

describe("script", () => {
  it("is about eighty conversations for alice, some twenty for bob, several of them shared", () => {
    const [alice, bob] = [mailboxOf("alice"), mailboxOf("bob")];
    expect(alice.length).toBeGreaterThanOrEqual(75);
    expect(bob.length).toBeGreaterThanOrEqual(20);
    expect(bob.filter((c) => alice.includes(c)).length).toBeGreaterThanOrEqual(5);
    expect(alice.some((c) => c.messages.length === 20)).toBe(true);
    expect(alice.some((c) => c.subject === undefined)).toBe(true);
    expect(alice.some((c) => (c.subject?.length ?? 0) > 200)).toBe(true);
  });

  it("answers only what was there, and later", () => {
    for (const { subject, messages } of CONVERSATIONS) {
      for (const [index, message] of messages.entries()) {
        const answered = message.answers ?? index - 1;
        expect([subject, index, answered < index]).toEqual([subject, index, true]);
        const before = messages[index - 1];
        if (before !== undefined)
          expect([subject, before.ago > message.ago]).toEqual([subject, true]);
        if (message.quote === true) expect([subject, answered >= 0]).toEqual([subject, true]);
      }
    }
  });

  it("is written to somebody, by people with addresses of their own", () => {
    const addresses = Object.values(PEOPLE).map(({ address }) => address);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const address of addresses) {
      expect(parseAddress(address)).toMatchObject({ ok: true, jid: address });
      expect(address).toMatch(/@(localhost|[a-z]+\.example)$/);
    }
    for (const message of MESSAGES) {
      const people = peopleOf(message);
      expect(message.to.length).toBeGreaterThan(0);
      expect(new Set(people).size).toBe(people.length);
      for (const name of people) expect(PEOPLE).toHaveProperty(name);
      expect(message.body.trim()).toBe(message.body);
      expect(message.body).not.toBe("");
    }
  });

  it("has every kind of file, and people without a picture", () => {
    const kinds = MESSAGES.flatMap((m) => m.files ?? []).map((f) => f.mediaType);
    expect(new Set(kinds)).toEqual(
      new Set(["text/csv", "text/plain", "image/png", "application/pdf", "application/zip"]),
    );
    const pictures = Object.values(PEOPLE).map((p) => p.picture);
    expect(pictures.filter((p) => p === undefined).length).toBeGreaterThan(3);
    expect(pictures.filter((p) => p !== undefined).length).toBeGreaterThan(9);
  });

  // DESIGN: a chat belongs to mail when it is the first from that address within 14 days after my mail to it, with no
  // chat of mine between. Only chats that are meant to answer may do so.
  it.each(["alice", "bob"] as const)("has no chat that answers %s's mail by accident", (me) => {
    const all = CONVERSATIONS.flatMap((c) => c.messages.map((m) => ({ ...m, in: c }))).sort(
      (a, b) => b.ago - a.ago,
    );
    const accidents = all.filter((chat, index) => {
      if (chat.chat === undefined || !chat.to.includes(me)) return false;
      const before = all.slice(0, index);
      const mail = before.findLast(
        (m) => m.chat === undefined && m.from === me && peopleOf(m).includes(chat.from),
      );
      if (mail === undefined || mail.ago - chat.ago > 14 * 24 * 60) return false;
      const between = before.slice(before.indexOf(mail)).filter((m) => m.chat !== undefined);
      const isFirst = !between.some(
        (m) =>
          (m.from === me && m.to.includes(chat.from)) ||
          (m.from === chat.from && m.to.includes(me)),
      );
      return isFirst && mail.in !== chat.in;
    });
    expect(accidents.map((c) => `${c.from}: ${c.body}`)).toEqual([]);
  });

  it("holds two chats that do answer mail, one with the thread's id", () => {
    const mixed = CONVERSATIONS.filter((c) => c.messages.some((m) => m.chat === undefined));
    const chats = mixed.flatMap((c) => c.messages).flatMap((m) => m.chat ?? []);
    expect(chats.sort()).toEqual(["plain", "thread"]);
  });
});

describe("stanzas", () => {
  const now = Date.parse("2026-11-23T15:00:00Z");
  const planned = planMessages(CONVERSATIONS, now);

  it("are mail as it goes out: one for each recipient, same id, everybody named as delivered", () => {
    const ids = new Set(planned.map((m) => m.id));
    expect(ids.size).toBe(MESSAGES.length);
    for (const { id, stanzas } of planned) {
      for (const stanza of stanzas) {
        expect(stanza.attrs["id"]).toBe(id);
        expect(stanza.getChild("origin-id")?.attrs["id"]).toBe(id);
        if (stanza.attrs["type"] === "chat") continue;
        expect(stanza.attrs).not.toHaveProperty("type");
        expect(stanza.getChild("store", "urn:xmpp:hints")).toBeDefined();
        const listed = stanza.getChild("addresses")?.getChildren("address") ?? [];
        expect(listed.map((a) => String(a.attrs["jid"])).sort()).toEqual(
          stanzas.map((s) => String(s.attrs["to"])).sort(),
        );
        expect(listed.every((a) => a.attrs["delivered"] === "true")).toBe(true);
        const reply = stanza.getChild("reply")?.attrs["id"];
        if (reply !== undefined) expect(ids).toContain(reply);
        expect(stanza.toString().length).toBeLessThan(48_000);
      }
    }
  });

  it("mark what they quote, to the code point", () => {
    const stanzas = planned.map((m) => m.stanzas[0]);
    const quoting = stanzas.filter((s) => s?.getChild("fallback") !== undefined);
    expect(quoting.length).toBeGreaterThanOrEqual(8);
    for (const stanza of quoting) {
      const range = stanza?.getChild("fallback")?.getChild("body")?.attrs ?? {};
      const points = Array.from(stanza?.getChildText("body") ?? "");
      const quote = points.slice(Number(range["start"]), Number(range["end"])).join("");
      expect(quote).toMatch(/^On \d{4}-\d\d-\d\d \d\d:\d\d, .+ <.+@.+> wrote:\n>/);
      expect(Number(range["end"])).toBe(points.length);
      expect(
        quote
          .split("\n")
          .slice(1)
          .every((line) => line.startsWith(">")),
      ).toBe(true);
    }
  });

  it("come in the order of their times, the last an hour ago, the first a year and more", () => {
    const times = planned.map((m) => m.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(now - (times.at(-1) ?? 0)).toBeLessThan(2 * 3_600_000);
    expect(now - (times.at(-1) ?? 0)).toBeGreaterThan(30 * 60_000);
    expect(now - (times[0] ?? 0)).toBeGreaterThan(400 * DAY_MS);
  });
});

it.each([1, 6.9, 7.2, 9, 15, 23.9])("writes while awake, in order, at %d o'clock", (hour) => {
  const now = new Date(2026, 10, 23).getTime() + hour * 3_600_000;
  let last = 0;
  for (let ago = 6 * DAY_MS; ago >= 0; ago -= 7 * 60_000) {
    const at = writtenAt(ago, now);
    expect(at).toBeGreaterThanOrEqual(last);
    expect(at).toBeLessThanOrEqual(now);
    if (ago > DAY_MS) expect(new Date(at).getHours()).toBeGreaterThanOrEqual(7);
    if (ago > DAY_MS) expect(new Date(at).getHours()).toBeLessThan(23);
    last = at;
  }
});

describe("pictures", () => {
  const drawn = Object.values(PEOPLE).flatMap(({ name, picture }) =>
    picture === undefined ? [] : [{ name, png: drawAvatar(picture) }],
  );

  it.each(drawn)("$name has a small PNG", ({ png }) => {
    expect(png.length).toBeLessThanOrEqual(6 * 1024);
    expect(sizeOf(png)).toEqual([96, 96]);
  });

  it("are all different, and a photo and a page are what they say", () => {
    const sums = drawn.map(({ png }) => createHash("sha256").update(png).digest("hex"));
    expect(new Set(sums).size).toBe(drawn.length);
    expect(sizeOf(landscape(210))).toEqual([320, 320]);
    const page = pdf("A (title)").toString("latin1");
    const at = Number(/startxref\n(\d+)\n%%EOF/.exec(page)?.[1]);
    expect(page.slice(at, at + 4)).toBe("xref");
    expect(page).toContain("A \\(title\\)");
  });
});

/** Width and height of a PNG whose parts are in order and whose pixels are all there. */
function sizeOf(png: Buffer): [number, number] {
  expect(png.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  const parts = new Map<string, Buffer>();
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    parts.set(
      png.toString("latin1", at + 4, at + 8),
      png.subarray(at + 8, at + 8 + png.readUInt32BE(at)),
    );
  expect([...parts.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
  const header = parts.get("IHDR") ?? Buffer.alloc(8);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  expect(inflateSync(parts.get("IDAT") ?? Buffer.alloc(0)).length).toBe(height * (1 + width * 3));
  return [width, height];
}
