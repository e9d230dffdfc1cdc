/** What a person did lies over the rows until the worker says the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type {
  Place,
  RowView,
  TriageAct,
  TriageTarget,
  WindowView,
} from "../../src/api/contract.ts";
import { MAILBOXES } from "../../src/mail/place.ts";
import { patchOf, restoreOf } from "../../src/ui/triage/patch.ts";

const work = { id: "t1", name: "Work", hue: 25 };
const rowOf = (n: number, part: Partial<RowView> = {}): RowView => ({
  id: `c${n}`,
  kind: "conversation",
  href: `#/t/c${n}`,
  people: [],
  morePeople: 0,
  mine: false,
  subject: `${n}`,
  snippet: "",
  at: 1000 - n,
  count: 1,
  unread: false,
  attachments: 0,
  answeredInChat: false,
  ...part,
});
const viewOf = (mailbox: Place, rows: RowView[], total = rows.length): WindowView => ({
  mailbox,
  offset: 0,
  rows,
  total,
  unread: rows.filter((row) => row.unread).length,
});
const ids = (view: WindowView): string[] => view.rows.map(({ id }) => id);
const after = (act: TriageAct, view: WindowView, on: TriageTarget = { conversations: ["c1"] }) =>
  patchOf({ act, on, tag: work, folder: "House" }, 5000)(view);

test.each<[TriageAct, Place, boolean]>([
  [{ do: "move", to: "archive" }, "inbox", true],
  [{ do: "move", to: "archive" }, "folder:f1", true],
  [{ do: "move", to: "archive" }, "archive", false],
  [{ do: "move", to: "archive" }, "starred", false],
  [{ do: "move", to: "archive" }, "tag:t1", false],
  [{ do: "move", to: "archive" }, "chats", true],
  [{ do: "move", to: "trash" }, "all", true],
  [{ do: "move", to: "trash" }, "tag:t1", true],
  [{ do: "move", to: "inbox" }, "trash", true],
  [{ do: "move", to: "f1" }, "folder:f1", false],
  [{ do: "snooze", until: 9000 }, "inbox", true],
  [{ do: "snooze", until: 9000 }, "starred", false],
  [{ do: "mute" }, "inbox", true],
  [{ do: "unstar" }, "starred", true],
  [{ do: "unstar" }, "inbox", false],
  [{ do: "tag", tag: "t1", on: false }, "tag:t1", true],
  [{ do: "delete-forever" }, "spam", true],
])("%j in %s leaves the list: %s", (act, place, leaves) => {
  const view = viewOf(place, [rowOf(1, { starred: true, tags: [work] }), rowOf(2)]);
  expect(ids(after(act, view)).includes("c1")).toBe(!leaves);
  expect(after(act, view).total).toBe(leaves ? 1 : 2);
});

test("what stays tells what was done with it", () => {
  const view = viewOf("all", [rowOf(1, { unread: true }), rowOf(2)]);
  expect(after({ do: "read" }, view)).toMatchObject({ unread: 0, rows: [{ unread: false }, {}] });
  expect(after({ do: "star" }, view).rows[0]?.starred).toBe(true);
  expect(after({ do: "tag", tag: "t1", on: true }, view).rows[0]?.tags).toEqual([work]);
  expect(after({ do: "move", to: "f1" }, view).rows[0]?.folders).toEqual(["House"]);
  expect(after({ do: "snooze", until: 9000 }, view).rows[0]?.snoozedUntil).toBe(9000);
});

test("all of a place but some: the page's rows and what lies beyond them", () => {
  const view = viewOf("inbox", [rowOf(1), rowOf(2), rowOf(3)], 10_000);
  const done = after({ do: "move", to: "archive" }, view, { place: "inbox", except: ["c2"] });
  expect([ids(done), done.total]).toEqual([["c2"], 1]);
  const late = viewOf("inbox", [rowOf(9, { at: 6000 }), ...view.rows], 10_001);
  expect(ids(after({ do: "move", to: "archive" }, late, { place: "inbox", except: [] }))).toEqual([
    "c9",
  ]);
});

test("an answer that says it already is left alone, whatever was done", () => {
  const target = fc.record({
    act: fc.constantFrom<TriageAct>(
      { do: "read" },
      { do: "unread" },
      { do: "star" },
      { do: "unstar" },
      { do: "move", to: "archive" },
      { do: "move", to: "f1" },
      { do: "tag", tag: "t1", on: true },
      { do: "tag", tag: "t1", on: false },
      { do: "snooze", until: 9000 },
      { do: "unsnooze" },
      { do: "mute" },
      { do: "unmute" },
      { do: "delete-forever" },
    ),
    on: fc.uniqueArray(fc.constantFrom("c1", "c2", "c3", "c7")),
    place: fc.constantFrom<Place>(...MAILBOXES, "tag:t1", "folder:f1"),
    unread: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  });
  fc.assert(
    fc.property(target, ({ act, on, place, unread }) => {
      const before = viewOf(
        place,
        unread.map((is, i) => rowOf(i, { unread: is, tags: [work] })),
      );
      const patch = patchOf({ act, on: { conversations: on }, tag: work, folder: "House" }, 5000);
      const done = patch(before);
      expect(patch(done)).toBe(done);
      // Taken back, it is as it was, and then left alone too.
      const restore = restoreOf(before, done);
      expect(restore(done)).toEqual(before);
      expect(restore(before)).toBe(before);
    }),
  );
});
