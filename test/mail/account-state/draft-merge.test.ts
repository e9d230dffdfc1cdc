/** Drafts on several devices: whatever the order, all agree in the end, and no words are lost. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeDraftItem, encodeDraftItem } from "../../../src/mail/account-state/draft-item.ts";
import {
  type DraftItem,
  includes,
  joinDrafts,
  joinRevisions,
  wordsOf,
} from "../../../src/mail/account-state/draft-merge.ts";
import { nextStamp, type Stamp } from "../../../src/mail/clock.ts";
import { newDraft } from "../../../src/mail/reply.ts";

const ID = "one-draft-of-mine";

/** A device: what it has by id, what it is to tell, and what it was told and has not heard yet. */
type Device = {
  name: string;
  skew: number;
  here: Map<string, DraftItem>;
  dirty: Set<string>;
  heard: DraftItem[] | undefined;
  last: Stamp | undefined;
};
type World = { devices: Device[]; account: Map<string, DraftItem>; now: number; texts: Text[] };
/** Words, and those they were written over. */
type Text = { body: string; over: string[] };

type Step = {
  device: number;
  do: "edit" | "discard" | "send" | "publish" | "hear" | "leave" | "return";
};

const steps = fc.array(
  fc.record({
    device: fc.nat({ max: 2 }),
    do: fc.constantFrom<Step["do"][]>(
      "edit",
      "edit",
      "edit",
      "discard",
      "send",
      "publish",
      "publish",
      "hear",
      "hear",
      "leave",
      "return",
    ),
  }),
  { maxLength: 40 },
);

function world(skews: readonly number[]): World {
  const devices = skews.map((skew, index) => ({
    name: `device${index}`,
    skew,
    here: new Map<string, DraftItem>(),
    dirty: new Set<string>(),
    heard: [] as DraftItem[] | undefined,
    last: undefined,
  }));
  return { devices, account: new Map(), now: 1_795_000_000_000, texts: [] };
}

function say(w: World, device: Device, id: string, make: (stamp: Stamp) => Partial<DraftItem>) {
  w.now += 1000;
  const stamp = nextStamp(device.last, w.now + device.skew, device.name);
  device.last = stamp;
  const revision = joinRevisions(device.here.get(id)?.revision ?? [], [stamp]);
  device.here.set(id, { id, revision, stamp, ...make(stamp) } as DraftItem);
  device.dirty.add(id);
}

function take(device: Device, item: DraftItem): void {
  const here = device.here.get(item.id);
  const { item: joined, copy } = here === undefined ? { item } : joinDrafts(here, item);
  device.here.set(item.id, joined);
  const isSaved = joined.stamp === item.stamp && includes(item.revision, joined.revision);
  if (isSaved) device.dirty.delete(item.id);
  else device.dirty.add(item.id);
  if (copy === undefined) return;
  const known = device.here.get(copy.id);
  device.here.set(copy.id, known === undefined ? copy : joinDrafts(known, copy).item);
  device.dirty.add(copy.id);
}

function run(w: World, step: Step): void {
  const device = w.devices[step.device];
  if (device === undefined) return;
  const live = [...device.here.values()].filter((item) => item.draft !== undefined);
  switch (step.do) {
    case "edit": {
      const before = device.here.get(ID);
      if (before?.gone === "sent") return;
      const body = `text ${w.texts.length}`;
      w.texts.push({ body, over: before?.draft === undefined ? [] : [before.draft.body] });
      return say(w, device, ID, () => ({ draft: { ...newDraft(ID, 0), body } }));
    }
    case "discard":
    case "send": {
      const [item] = live;
      if (item?.draft === undefined) return;
      const { draft } = item;
      const gone = step.do === "send" ? "sent" : "discarded";
      w.texts.push({ body: `${gone} ${w.texts.length}`, over: [draft.body] });
      return say(w, device, item.id, () => ({ gone, words: wordsOf(draft) }) as Partial<DraftItem>);
    }
    case "publish":
      if (device.heard === undefined) return;
      for (const id of device.dirty) {
        const item = device.here.get(id);
        if (item === undefined) continue;
        w.account.set(id, item);
        for (const other of w.devices) other.heard?.push(item);
      }
      return;
    case "hear": {
      const item = device.heard?.shift();
      if (item !== undefined) take(device, item);
      return;
    }
    case "leave":
      device.heard = undefined;
      return;
    case "return":
      if (device.heard !== undefined) return;
      device.heard = [];
      for (const item of w.account.values()) take(device, item);
      return;
  }
}

/** Everybody is there and hears everything, and says what is left to say. */
function settle(w: World): number {
  let rounds = 0;
  for (let i = 0; i < w.devices.length; i++) run(w, { device: i, do: "return" });
  const isBusy = (): boolean =>
    w.devices.some((d) => d.dirty.size > 0 || (d.heard ?? []).length > 0);
  for (; isBusy() && rounds < 50; rounds++)
    for (let i = 0; i < w.devices.length; i++) {
      run(w, { device: i, do: "publish" });
      for (const other of w.devices.keys())
        while ((w.devices[other]?.heard ?? []).length > 0) run(w, { device: other, do: "hear" });
    }
  return rounds;
}

/** What is to agree; who had which words open is a hint that each device gathers. */
function told(items: ReadonlyMap<string, DraftItem>): Record<string, DraftItem> {
  return Object.fromEntries(
    [...items].map(([id, { beside: _beside, ...item }]) => [id, item as DraftItem]),
  );
}

const played = fc.tuple(
  steps,
  fc.array(fc.constantFrom(0, 5000, -5000, 315_360_000_000, -315_360_000_000), {
    minLength: 3,
    maxLength: 3,
  }),
);

test("all devices and the account agree in the end, soon", () => {
  fc.assert(
    fc.property(played, ([list, skews]) => {
      const w = world(skews);
      for (const step of list) run(w, step);
      expect(settle(w)).toBeLessThan(10);
      for (const { here } of w.devices) expect(told(here)).toEqual(told(w.account));
    }),
    { numRuns: 500 },
  );
});

test("words nobody wrote over, threw away or sent are in a draft", () => {
  fc.assert(
    fc.property(played, ([list, skews]) => {
      const w = world(skews);
      for (const step of list) run(w, step);
      settle(w);
      const over = new Set(w.texts.flatMap((text) => text.over));
      const left = w.texts.filter(({ body }) => body.startsWith("text") && !over.has(body));
      const kept = [...w.account.values()].map((item) => item.draft?.body);
      for (const { body } of left) expect(kept).toContain(body);
    }),
    { numRuns: 500 },
  );
});

test("what was sent is never a draft again under its id", () => {
  fc.assert(
    fc.property(played, ([list, skews]) => {
      const w = world(skews);
      const sent = new Set<string>();
      for (const step of list) {
        run(w, step);
        for (const { here } of w.devices)
          for (const item of here.values()) if (item.gone === "sent") sent.add(item.id);
      }
      settle(w);
      for (const id of sent) expect(w.account.get(id)?.gone ?? "sent").toBe("sent");
    }),
    { numRuns: 500 },
  );
});

test("whoever had the words that went beside them learns where, from whatever comes later", () => {
  const item = (body: string, revision: string[]): DraftItem => ({
    id: ID,
    revision: revision as Stamp[],
    stamp: revision.at(-1) as Stamp,
    draft: { ...newDraft(ID, 0), body },
  });
  const one = item("one", ["000000001000devicea"]);
  const two = item("two", ["000000002000deviceb"]);
  const both = joinDrafts(one, two);
  expect(both.copy?.draft.body).toBe("one");
  // The other device resolved it before this one heard of the words that won.
  expect(joinDrafts(both.item, one)).toEqual(both);
  const { draft: _draft, ...known } = both.item;
  const sent: DraftItem = { ...known, gone: "sent", words: wordsOf(newDraft(ID, 0)) };
  expect(joinDrafts(one, sent)).toEqual({ item: sent, copy: both.copy });
});

test("what is thrown away stays so where others only knew of it when they kept their own words beside", () => {
  const [other, mine, end] = ["000000001000devicee", "000000002000deviced", "000000003000deviced"];
  const item = (body: string, stamp: string): DraftItem => ({
    id: ID,
    revision: [stamp as Stamp],
    stamp: stamp as Stamp,
    draft: { ...newDraft(ID, 0), body },
  });
  const joined = joinDrafts(item("other", other), item("mine", mine)).item;
  const discarded: DraftItem = {
    id: ID,
    revision: [end as Stamp],
    stamp: end as Stamp,
    gone: "discarded",
  };
  const ended = joinDrafts(joined, discarded);
  expect(ended).toEqual({
    item: { ...discarded, revision: [other, end], beside: [other] },
  });
});

test("what was sent stays so where another client threw it away in knowledge of that", () => {
  const sent = { id: ID, revision: ["000000001000devicea" as Stamp] };
  const discarded: DraftItem = {
    id: ID,
    revision: [...sent.revision, "000000002000deviceb" as Stamp],
    stamp: "000000002000deviceb" as Stamp,
    gone: "discarded",
  };
  const ended: DraftItem = { ...sent, stamp: sent.revision[0] as Stamp, gone: "sent", words: "w" };
  expect(joinDrafts(discarded, ended)).toEqual({
    item: { ...ended, revision: discarded.revision },
  });
});

/** What devices ever had of the one draft. */
function pastOf([list, skews]: readonly [Step[], number[]]): DraftItem[] {
  const w = world(skews);
  const all = new Set<DraftItem>();
  for (const step of list) {
    run(w, step);
    for (const { here } of w.devices) for (const item of here.values()) all.add(item);
  }
  return [...all].filter(({ id }) => id === ID);
}

function threeOf(
  plays: fc.Arbitrary<[Step[], number[]]>,
): fc.Arbitrary<[DraftItem, DraftItem, DraftItem]> {
  const pasts = plays.map(pastOf).filter((past) => past.length > 0);
  return pasts.chain((past) => {
    const any = fc.constantFrom(...past);
    return fc.tuple(any, any, any);
  });
}

/** What comes of them, joined in this order. */
function joinAll(...list: DraftItem[]): { item: DraftItem; bodies: Set<string> } {
  const bodies = new Set<string>();
  const item = list.reduce((a, b) => {
    const joined = joinDrafts(a, b);
    if (joined.copy !== undefined) bodies.add(joined.copy.draft.body);
    return joined.item;
  });
  if (item.draft !== undefined) bodies.add(item.draft.body);
  return { item, bodies };
}

test("any three of a draft's past are the same in both orders, nothing new when joined again, and can be read", () => {
  fc.assert(
    fc.property(threeOf(played), ([a, b, c]) => {
      const { item } = joinAll(a, b, c);
      expect(joinDrafts(c, joinDrafts(b, a).item).item).toEqual(item);
      for (const each of [joinDrafts(a, b).item, c, item])
        expect(joinDrafts(item, each).item).toEqual(item);
      expect(decodeDraftItem(ID, encodeDraftItem(item))).toEqual({ item });
    }),
    { numRuns: 500 },
  );
});

test("whichever two of three are joined first, the same is known and sent, and words that none of them knew are kept", () => {
  fc.assert(
    fc.property(threeOf(played), (list) => {
      const [a, b, c] = list;
      const [first, second] = [joinAll(a, b, c), joinAll(b, c, a)];
      expect(first.item.revision).toEqual(second.item.revision);
      expect(first.item.gone === "sent").toBe(second.item.gone === "sent");
      for (const { stamp, draft } of list) {
        const isKnown = list.some((e) => e.stamp !== stamp && includes(e.revision, [stamp]));
        if (draft === undefined || isKnown) continue;
        expect(first.bodies).toContain(draft.body);
        expect(second.bodies).toContain(draft.body);
      }
    }),
    { numRuns: 500 },
  );
});

// By clocks that are wrong the words written last are not the latest; and what is thrown away takes words along that were
// under its id just then.
test("whichever two of three are joined first, the same words have the id, by clocks that are right, where none was thrown away", () => {
  const plays = steps.map((list): [Step[], number[]] => [list, [0, 0, 0]]);
  fc.assert(
    fc.property(threeOf(plays), ([a, b, c]) => {
      fc.pre([a, b, c].every(({ gone }) => gone !== "discarded"));
      const [first, second] = [joinAll(a, b, c), joinAll(b, c, a)].map(({ item }) => ({
        ...item,
        beside: undefined,
      }));
      expect(first).toEqual(second);
    }),
    { numRuns: 500 },
  );
});

const stamps = fc.uniqueArray(
  fc.tuple(fc.nat({ max: 6 }), fc.constantFrom("devicea", "deviceb", "devicec")),
  { minLength: 1, maxLength: 4, selector: ([, device]) => device },
);
const items: fc.Arbitrary<DraftItem> = fc
  .tuple(stamps, fc.constantFrom("live", "sent", "discarded"), fc.nat({ max: 3 }))
  .map(([list, kind, which]) => {
    const revision = list.map(([ms, device]) => nextStamp(undefined, ms, device)).sort();
    const stamp = revision[which % revision.length] as Stamp;
    const known = { id: ID, revision, stamp };
    // One stamp is one device's word: the same words wherever it is met.
    return kind === "live"
      ? { ...known, draft: { ...newDraft(ID, 0), body: `words of ${stamp}` } }
      : { ...known, gone: kind as "sent" | "discarded", words: "w" };
  });

test("the join is the same in both orders, and of what it knows nothing new", () => {
  fc.assert(
    fc.property(items, items, (a, b) => {
      const joined = joinDrafts(a, b);
      expect(joinDrafts(b, a)).toEqual(joined);
      expect(joinDrafts(joined.item, a).item).toEqual(joined.item);
      expect(joinDrafts(a, a)).toEqual({ item: a });
    }),
  );
});

test("what was written over in knowledge of it is no draft of its own, in whatever order one hears of it", () => {
  const item = (body: string, stamps: string[]): DraftItem => ({
    id: ID,
    revision: stamps as Stamp[],
    stamp: stamps[0] as Stamp,
    draft: { ...newDraft(ID, 0), body },
  });
  const first = item("first", ["000000001000devicea"]);
  const second = item("second", ["000000003000deviceb", "000000001000devicea"]);
  const other = item("other", ["000000002000devicec"]);
  const known = joinDrafts(joinDrafts(first, other).item, second);
  expect(known.copy?.draft.body).not.toBe("first");
  expect(known.item.draft?.body).toBe("second");
  const late = joinDrafts(joinDrafts(second, other).item, first);
  expect(late).toEqual({ item: joinDrafts(second, other).item });
});
