/** The examples of xep-private-state.md, as another client would take them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "fflate";
import { describe, expect, test } from "vitest";
import { type Batch, decodeBatch, packBatch } from "../../../src/mail/account-state/batch.ts";
import { planFold, REGISTERS } from "../../../src/mail/account-state/buckets.ts";
import { decodeDraftItem, encodeDraftItem } from "../../../src/mail/account-state/draft-item.ts";
import { joinDrafts } from "../../../src/mail/account-state/draft-merge.ts";
import type { Jid } from "../../../src/mail/address.ts";
import { arrivalOf } from "../../../src/mail/message.ts";
import { stateKey } from "../../../src/mail/state.ts";
import { base64ToBytes } from "../../../src/base/base64.ts";
import { parseFrame } from "../../../src/xmpp/frame.ts";
import { parseMessage } from "../../../src/xmpp/message.ts";

const PAGE = readFileSync(
  join(import.meta.dirname, "../../../src/mail/account-state/xep-private-state.md"),
  "utf8",
);
const EXAMPLE = /```json\n([^`]+)```\s+```base64\n([^`]+)\n```/g;
const examples = [...PAGE.matchAll(EXAMPLE)].map(([, json = "", payload = ""]) => ({
  batch: JSON.parse(json) as Batch,
  payload,
}));

test("there are four", () => {
  expect(examples).toHaveLength(4);
});

describe.each(examples)("an example", ({ batch, payload }) => {
  test("decodes to what stands above it", () => {
    const decoded = decodeBatch(payload);
    const read = "batch" in decoded ? decoded.batch : undefined;
    expect(read?.messages.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(batch.messages);
    expect(read?.registers).toEqual(batch.registers);
  });

  test("is written so, and is the item the page calls it", () => {
    expect(packBatch(batch).text).toBe(payload);
    const bucket = batch.registers.length > 0 ? REGISTERS : "202611";
    const [part] = planFold(bucket, batch, []).parts;
    expect(PAGE).toContain(`\`${part?.id}\``);
  });
});

test("the stanza publishes the first example", () => {
  expect(PAGE).toContain(`<state xmlns='urn:envoi:state:0'>${examples[0]?.payload}</state>`);
});

const DRAFT = /```jsonc\n([^`]+)```\s+```base64\n([^`]+)\n```/g;
const drafts = [...PAGE.matchAll(DRAFT)].map(([, json = "", payload = ""]) => ({ json, payload }));
const DRAFT_ID = /<item id='([\w-]+)'>\s+<draft/.exec(PAGE)?.[1] ?? "";

describe.each(drafts)("a draft", ({ json, payload }) => {
  test("is what stands above it, deflated, and is read and written so", () => {
    const bytes = base64ToBytes(payload) ?? new Uint8Array();
    expect(JSON.parse(new TextDecoder().decode(inflateSync(bytes)))).toEqual(JSON.parse(json));
    const read = decodeDraftItem(DRAFT_ID, payload);
    if (!("item" in read)) throw new Error(read.problem);
    expect(encodeDraftItem(read.item)).toBe(payload);
  });
});

test("the stanza publishes the draft that is not gone; the other one is its end", () => {
  expect(drafts).toHaveLength(2);
  const [live, gone] = drafts.map(({ payload }) => decodeDraftItem(DRAFT_ID, payload));
  expect(PAGE).toContain(`<draft xmlns='urn:envoi:drafts:0'>${drafts[0]?.payload}</draft>`);
  if (live === undefined || gone === undefined || !("item" in live) || !("item" in gone))
    throw new Error("not read");
  expect(live.item.draft?.bcc).toEqual([{ jid: "nurse@example.net" }]);
  for (const [a, b] of [
    [live.item, gone.item],
    [gone.item, live.item],
  ] as const)
    expect(joinDrafts(a, b)).toEqual({ item: gone.item });
});

const WEAK = /^\| (?:`(\w+)`|none) +\| `(\[.+\])` +\| `(\w+)` +\| `(\w{16})` +\|$/gm;

test("keys of messages with weak ids are as the table says, whatever language is read", () => {
  const rows = [...PAGE.matchAll(WEAK)];
  expect(rows).toHaveLength(3);
  for (const [, id, content = "", hash = "", key] of rows) {
    const [subject, body, files] = JSON.parse(content) as [string | null, string, string[][]];
    const texts = [
      subject === null ? "" : `<subject xml:lang='en'>Other</subject><subject>${subject}</subject>`,
      `<body xml:lang='en'>Other words</body><body>${body}</body>`,
      ...files.map(([url]) => `<x xmlns='jabber:x:oob'><url>${url}</url></x>`),
    ];
    const stanza = `<message xmlns='jabber:client' type='normal' from='romeo@example.net/orchard'${id === undefined ? "" : ` id='${id}'`}>${texts.join("")}</message>`;
    const frame = parseFrame(stanza);
    if (!frame.ok) throw new Error("no stanza");
    const received = parseMessage(frame.element, "juliet@example.com" as Jid);
    const made =
      received && arrivalOf(received, { me: "juliet@example.com" as Jid, at: 0, unread: true });
    expect(made?.message.contentHash).toBe(hash);
    expect(made && stateKey(made.message)).toBe(key);
  }
});
