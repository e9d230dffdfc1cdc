import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "../../src/base/sha256.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const ofText = (text: string): string => hex(sha256(new TextEncoder().encode(text)));

test("the examples of FIPS 180-4 and of no text at all", () => {
  expect(ofText("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(ofText("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(ofText("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
});

test("the same as Node's, at every length around the blocks and for any bytes", () => {
  const same = (bytes: Uint8Array): void => {
    expect(hex(sha256(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"));
  };
  for (let length = 0; length <= 200; length++) same(new Uint8Array(length).fill(length));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), same), { numRuns: 100 });
});
