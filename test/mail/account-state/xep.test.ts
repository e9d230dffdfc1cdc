/** The examples of xep-private-state.md, as another client would take them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Element, xml } from "@xmpp/xml";
import { inflateSync } from "fflate";
import { describe, expect, test } from "vitest";
import { type Batch, decodeBatch, packBatch } from "../../../src/mail/account-state/batch.ts";
import { planFold, REGISTERS } from "../../../src/mail/account-state/buckets.ts";
import { decodeDraftItem, encodeDraftItem } from "../../../src/mail/account-state/draft-item.ts";
import { copyId, joinDrafts, wordsOf } from "../../../src/mail/account-state/draft-merge.ts";
import type { Jid } from "../../../src/mail/address.ts";
import { labelIdOf, type LabelKind, labelName } from "../../../src/mail/label.ts";
import { type Arrival, arrivalOf, hasStrongId } from "../../../src/mail/message.ts";
import { stateKey } from "../../../src/mail/state.ts";
import { base64ToBytes } from "../../../src/base/base64.ts";
import { hashText } from "../../../src/base/hash.ts";
import { MAX_PAYLOAD } from "../../../src/xmpp/account-state/item.ts";
import { createPrivateXmlCarrier } from "../../../src/xmpp/account-state/private-xml-carrier.ts";
import { parseFrame } from "../../../src/xmpp/frame.ts";
import { parseMessage } from "../../../src/xmpp/message.ts";
import { NODE_STATE } from "../../../src/xmpp/nodes.ts";
import type { Session } from "../../../src/xmpp/session.ts";

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

test("the storage holds the first and the third example, and is read and written so", async () => {
  const text = /<iq type='set' id='p1'>\s+(<query[^]+?<\/query>)/.exec(PAGE)?.[1] ?? "";
  const frame = parseFrame(text);
  if (!frame.ok) throw new Error("no XML");
  const root = { name: "state", xmlns: NODE_STATE, maxPayload: MAX_PAYLOAD };
  let stored = frame.element.getChild("state", NODE_STATE);
  const session = {
    iq: ({ child }: { child: Element }) => {
      const written = child.getChild("state", NODE_STATE);
      if (written?.children.length !== 0) stored = written;
      return Promise.resolve(xml("iq", {}, xml("query", { xmlns: "jabber:iq:private" }, stored)));
    },
  } as unknown as Session;
  const carrier = createPrivateXmlCarrier(session, root, 10_000);
  const ids = await carrier.list();
  const items = [examples[0], examples[2]].map((example, at) => ({
    id: ids[at] ?? "",
    payload: example?.payload ?? "",
  }));
  expect(await carrier.fetch(ids)).toEqual(items);
  stored = undefined;
  await Promise.all(items.map((item) => carrier.publish(item)));
  expect(String(stored).replaceAll('"', "'")).toBe(
    /<state.+<\/state>/.exec(text.replaceAll(/>\s+</g, "><"))?.[0],
  );
});

function arrivalIn(stanza: string): Arrival {
  const frame = parseFrame(stanza);
  if (!frame.ok) throw new Error("no stanza");
  const received = parseMessage(frame.element, "juliet@example.com" as Jid);
  const made =
    received && arrivalOf(received, { me: "juliet@example.com" as Jid, at: 0, unread: true });
  if (made === undefined) throw new Error("no message");
  return made;
}

test("words have the hash, and a copy of them the id, that stand below the drafts", () => {
  const [, words = "", copy] = /```text\n(\[.+\])\n(copy-.+)\n```/.exec(PAGE) ?? [];
  const [live, gone] = drafts.map(({ payload }) => decodeDraftItem(DRAFT_ID, payload));
  if (live === undefined || gone === undefined || !("item" in live) || !("item" in gone))
    throw new Error("not read");
  expect(copyId(DRAFT_ID, live.item.stamp)).toBe(copy);
  expect(hashText(words)).toBe(gone.item.gone && gone.item.words);
  expect(live.item.draft && wordsOf(live.item.draft)).toBe(hashText(words));
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
    const { message } = arrivalIn(
      `<message xmlns='jabber:client' type='normal' from='romeo@example.net/orchard'${id === undefined ? "" : ` id='${id}'`}>${texts.join("")}</message>`,
    );
    expect(message.contentHash).toBe(hash);
    expect(stateKey(message)).toBe(key);
  }
});

const ODD = /^\| `(<message.+<\/message>)` +\| (?:`(\[.+\])`|none) +\| `(\w{16})` +\|$/gm;
const odd = [...PAGE.matchAll(ODD)].map(([, stanza = "", content, key]) => ({
  stanza: stanza.replaceAll(/(.)\{(\d+)\}/g, (_, one: string, times) => one.repeat(Number(times))),
  content,
  key,
}));

test("there are eleven messages with odd ids, texts and files", () => {
  expect(odd).toHaveLength(11);
});

test.each(odd)("the key of a message is as the table says: $content $key", (row) => {
  const { message } = arrivalIn(row.stanza);
  expect(hasStrongId(message)).toBe(row.content === undefined);
  if (row.content !== undefined) expect(message.contentHash).toBe(hashText(row.content));
  expect(stateKey(message)).toBe(row.key);
});

const LABEL = /^\| `(tag|folder)` +\| `(null|".*?")` +\| `(".*?")` +\| `(\w{10})` +\|$/gm;

test("labels have the ids that the table says, however their names are typed", () => {
  const rows = [...PAGE.matchAll(LABEL)];
  expect(rows).toHaveLength(6);
  for (const [, kind, inside = "", typed = "", id] of rows) {
    const name = labelName(JSON.parse(typed) as string) ?? "";
    expect(labelIdOf(kind as LabelKind, JSON.parse(inside) as string | null, name)).toBe(id);
  }
});
