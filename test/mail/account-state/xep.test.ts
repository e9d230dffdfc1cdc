/** The examples of xep-private-state.md, as another client would take them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Batch, decodeBatch, packBatch } from "../../../src/mail/account-state/batch.ts";
import { planFold, REGISTERS } from "../../../src/mail/account-state/buckets.ts";

const PAGE = readFileSync(
  join(import.meta.dirname, "../../../src/mail/account-state/xep-private-state.md"),
  "utf8",
);
const EXAMPLE = /```json\n([^`]+)```\s+```base64\n([^`]+)\n```/g;
const examples = [...PAGE.matchAll(EXAMPLE)].map(([, json = "", payload = ""]) => ({
  batch: JSON.parse(json) as Batch,
  payload,
}));

test("there are three", () => {
  expect(examples).toHaveLength(3);
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
