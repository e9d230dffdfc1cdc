import { expect, test } from "vitest";
import { pixelsOf, sniff, typeByName } from "../../src/mail/sniff.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ["\x89PNG\r\n\x1A\n....", "", "image/png", "image"],
  ["\xFF\xD8\xFF\xE0", "text/html", "image/jpeg", "image"],
  ["GIF89a", "", "image/gif", "image"],
  ["RIFF....WEBPVP8X", "", "image/webp", "image"],
  ["RIFF....WAVEfmt ", "", "audio/wav", "audio"],
  ["....ftypavif", "", "image/avif", "image"],
  ["....ftypisom", "", "video/mp4", "video"],
  ["....ftypM4A ", "", "audio/mp4", "audio"],
  ["%PDF-1.7", "image/png", "application/pdf", "pdf"],
  ["MZ\x90\x00", "image/png", "application/vnd.microsoft.portable-executable", "program"],
  ["\x7FELF", "", "application/x-elf", "program"],
  ["#!/bin/sh\nrm", "text/plain", "text/x-script", "program"],
  ["PK\x03\x04", "", "application/zip", "archive"],
  ["PK\x03\x04", "application/epub+zip", "application/epub+zip", "other"],
  ["PK\x03\x04", "text/html", "application/zip", "archive"],
  ["<!DOCTYPE HTML><script>", "image/png", "text/html", "text"],
  ["  <svg onload=alert(1)>", "image/png", "image/svg+xml", "text"],
  ["<?xml version='1.0'?><svg/>", "image/png", "image/svg+xml", "text"],
  ["hello", "text/csv", "text/plain", "text"],
  ["\x00\x01\x02", "image/png", "application/octet-stream", "other"],
  ["\xFF\x00", "text/plain", "application/octet-stream", "other"],
  ["", "image/png", "text/plain", "text"],
])("%j said to be %j is %s", (head, declared, mediaType, kind) => {
  expect(sniff(bytes(head), declared)).toEqual({ mediaType, kind });
});

test("text may end in the middle of a character", () => {
  const long = utf8("é".repeat(400));
  expect(sniff(long.subarray(0, 511)).kind).toBe("text");
});

test("pixels are counted from the header alone", () => {
  const png = new Uint8Array(24);
  new DataView(png.buffer).setUint32(16, 50_000);
  new DataView(png.buffer).setUint32(20, 50_000);
  expect(pixelsOf(png, "image/png")).toBe(2_500_000_000);
  expect(pixelsOf(bytes("GIF89a\x10\x00\x20\x00"), "image/gif")).toBe(16 * 32);
  const jpeg = bytes("\xFF\xD8\xFF\xE0\x00\x04ab\xFF\xC0\x00\x11\x08\x01\x00\x02\x00\x03...");
  expect(pixelsOf(jpeg, "image/jpeg")).toBe(256 * 512);
  expect(pixelsOf(bytes("\xFF\xD8"), "image/jpeg")).toBeUndefined();
});

test("a name says what a file may be, until its bytes are here", () => {
  expect(typeByName("IMG 1.JPG")).toBe("image/jpeg");
  expect(typeByName("constructor")).toBe("");
  expect(typeByName("x.constructor")).toBe("");
});
