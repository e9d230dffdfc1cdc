/** What never reaches the browser's parser, and what does. */
import { expect, test } from "vitest";
import { SCAN_LIMITS, scanHtml } from "../../src/ui/reader/html/scan.ts";
import { sourceText } from "../../src/ui/reader/html/source-text.ts";
import { type Tag, walkTags } from "../../src/ui/reader/html/tags.ts";
import { newsletter } from "./newsletter.ts";

const QUARTER_MEGABYTE = 250_000;
const filled = (unit: string): string => unit.repeat(Math.ceil(QUARTER_MEGABYTE / unit.length));

function tagsOf(html: string): string[] {
  const tags: string[] = [];
  walkTags(html, ({ name, isEnd, attributes }: Tag) => {
    tags.push(`${isEnd ? "/" : ""}${name}${attributes === 0 ? "" : ` ${attributes}`}`);
    return true;
  });
  return tags;
}

test.each([
  ["<a>x</a>", ["a", "/a"]],
  ["<A HREF=x title='>' alt=\">\">", ["a 3"]],
  ["<a href=x/>", ["a 1"]],
  ["<a =x>", ["a 1"]],
  ["<a b = c>", ["a 1"]],
  ["<a/b/c>", ["a 2"]],
  ["a < b, 3<4, <", []],
  ["<!-- <b> --><i>", ["i"]],
  ["<!--> <b> -->", ["b"]],
  ["<!---> <b> -->", ["b"]],
  ["<!-- <b> --!><i>", ["i"]],
  ["<!-- <b> ", []],
  ["<!doctype <b><i>", ["i"]],
  ["<?php <b> ?><i>", ["i"]],
  ["</ <b><i>", ["i"]],
  ["<![CDATA[ <b> ]]><i>", ["i"]],
  ["<style>a > <b> </b></style ><i>", ["style", "/style", "i"]],
  ["<title><b></titles></TITLE><i>", ["title", "/title", "i"]],
  ["<style><b>", ["style"]],
  ["<b title='", []],
  ["<b", []],
])("reads the tags of %s", (html, tags) => {
  expect(tagsOf(html)).toEqual(tags);
});

test.each([
  "<template>",
  "<b>",
  "<div>",
  "<table><td>",
  "<table><tr><td>",
  "<b a=1>",
  "<span><div></span>",
  "<div><table><td></div>",
  "<li><ul></li>",
  "<form><div></form>",
  "<p><button><p>",
  "<table><table></table><td><b></td>",
  "<svg>",
  "<math><mi>",
  "<a><table>",
  "<noscript>",
  "<select><option>",
])("a quarter of a megabyte of %s is shown as text, and nobody may try", (unit) => {
  expect(scanHtml(filled(unit))).toMatchObject({ ok: false, mayTry: false });
});

test("short text that the parser would make very long is not tried", () => {
  const formatting = Array.from({ length: 250 }, (_, i) => `<b a${i}>`).join("");
  expect(scanHtml(formatting + "<p>x</p>".repeat(1000))).toMatchObject({ mayTry: false });
  expect(scanHtml(`${formatting}<div>${"<br>".repeat(1000)}${"</b>".repeat(250)}`)).toMatchObject({
    mayTry: false,
  });
  // Cells outside of a table are not there, and end no formatting.
  const cells = Array.from({ length: 400 }, (_, i) => `<td><b a${i}></td>`).join("");
  expect(scanHtml(`<table><table></table></table>${cells}`)).toMatchObject({ mayTry: false });
  // What is taken out moves what is in it, once for each.
  expect(scanHtml("<x>".repeat(250) + "<br>".repeat(1000))).toMatchObject({ mayTry: false });
  expect(scanHtml(`<b ${filled("a ")}>`)).toMatchObject({ mayTry: false });
});

test("real letters pass, however carelessly they are written", () => {
  for (const html of [
    newsletter(),
    newsletter({ articles: 150 }),
    "<p>one<p>two".repeat(1000),
    `<ul>${"<li>x".repeat(1000)}</ul>`,
    `<table>${"<tr><td>a<td>b".repeat(500)}</table>`,
    `<table>${"<tr><td><font><b>a</td></tr>".repeat(500)}</table>`,
    "<table><tr><td>".repeat(20) + "</td></tr></table>".repeat(20),
    "just text & <no> tags",
    "",
  ])
    expect({ html: html.slice(0, 80), scan: scanHtml(html) }).toMatchObject({ scan: { ok: true } });
});

test("long letters and unusual ones are text first, and formatted for whoever asks", () => {
  expect(scanHtml(newsletter({ articles: 200 }))).toEqual({
    ok: false,
    problem: "large",
    mayTry: true,
  });
  for (const html of ["<svg><b>x</b></svg>", "<p>a<noscript>b</noscript>", "<script>1</script>x"])
    expect(scanHtml(html)).toEqual({ ok: false, problem: "unusual", mayTry: true });
  expect(scanHtml("<p a b c d e f g h>x".repeat(2000))).toMatchObject({ ok: false, mayTry: true });
  expect(scanHtml("x".repeat(SCAN_LIMITS.charsToTry + 1))).toEqual({
    ok: false,
    problem: "large",
    mayTry: false,
  });
});

test("a text is found for what no parser may see", () => {
  expect(sourceText("<template><p>Hello <b>you</b></p><style>p{}</style>there")).toBe(
    "Hello\nyou\nthere",
  );
  expect(sourceText("<template><template>")).toBe("<template><template>");
  expect(sourceText(filled("word ")).length).toBeLessThanOrEqual(20_000);
});
