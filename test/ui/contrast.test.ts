/** Every text 4.5:1 and every mark 3:1 on every background, computed from the tokens (WCAG 2.2, 1.4.3 and 1.4.11). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "../../src/ui/tokens.css"), "utf8");

function tokens(block: string): Map<string, string> {
  return new Map(
    [...block.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-fA-F]{6});/g)].map((m) => [
      m[1] ?? "",
      m[2] ?? "",
    ]),
  );
}
const light = tokens(css.slice(0, css.indexOf("@media")));
const dark = tokens(css.slice(css.indexOf(':root[data-theme="dark"]')));
const darkBySystem = tokens(
  css.slice(css.indexOf("@media"), css.indexOf(':root[data-theme="dark"]')),
);

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const BACKGROUNDS = ["bg", "side", "hover", "selected"];
const TEXTS = ["text", "text2", "text3", "accent", "danger"];
const MARKS = ["control", "ok", "warn", "star"];

describe.each([
  ["light", light],
  ["dark", dark],
])("%s", (_name, set) => {
  const of = (name: string): string => set.get(name) ?? "#000000";
  test.each(TEXTS.flatMap((text) => BACKGROUNDS.map((bg) => [text, bg] as const)))(
    "%s on %s",
    (text, bg) => {
      expect(contrast(of(text), of(bg))).toBeGreaterThanOrEqual(4.5);
    },
  );
  test.each(MARKS.flatMap((mark) => BACKGROUNDS.map((bg) => [mark, bg] as const)))(
    "mark %s on %s",
    (mark, bg) => {
      expect(contrast(of(mark), of(bg))).toBeGreaterThanOrEqual(3);
    },
  );
  test("words on the accent", () => {
    expect(contrast(of("on-accent"), of("accent"))).toBeGreaterThanOrEqual(4.5);
  });
});

test("dark by the system and dark by choice are the same", () => {
  expect(darkBySystem).toEqual(dark);
});
