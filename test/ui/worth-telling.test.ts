import { expect, test } from "vitest";
import type { NewsItem } from "../../src/api/contract.ts";
import { parseTold, withTold, worthTelling } from "../../src/ui/notify/worth-telling.ts";

const MINUTE = 60_000;
const now = 1_000 * MINUTE;
const item = (id: string, at: number, isOld = false): NewsItem => ({
  id,
  at,
  href: `#/t/${id}`,
  from: "Nadia",
  subject: "",
  snippet: "",
  ...(isOld ? { isOld } : {}),
});
const news = (...items: NewsItem[]) => ({ isMine: true, latestAt: now, items });

test("what came since somebody could see is told", () => {
  const fresh = item("c1", now - 100);
  expect(worthTelling(news(fresh), { since: now - 200, told: {} })).toEqual([fresh]);
});

test("what was there before is not, nor what is old, nor what was told of", () => {
  const list = news(
    item("c1", now - 300),
    item("c2", now - 40 * MINUTE, true),
    item("c3", now - 50),
  );
  expect(worthTelling(list, { since: now - 200, told: { c3: now - 50 } })).toEqual([]);
  expect(worthTelling(news(item("c2", now - 40 * MINUTE, true)), { since: 0, told: {} })).toEqual(
    [],
  );
});

test("another message of the same conversation is told once more", () => {
  const told = withTold({}, [item("c1", now - 50)]);
  const list = news(item("c1", now - 10));
  expect(worthTelling(list, { since: 0, told })).toHaveLength(1);
  expect(worthTelling(list, { since: 0, told: withTold(told, list.items) })).toEqual([]);
});

test("what was told of does not grow without end, and garbage is nothing", () => {
  const many = Array.from({ length: 500 }, (_, i) => item(`c${i}`, i));
  const told = withTold({}, many);
  expect(Object.keys(told)).toHaveLength(100);
  expect(told["c499"]).toBe(499);
  for (const text of [undefined, "", "{", "null", "[]", '{"c1":"x"}'])
    expect(parseTold(text)).toEqual({});
});
